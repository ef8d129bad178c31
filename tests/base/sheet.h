/* SPDX-License-Identifier: MIT */
/* A table written down as text, made into what a database result would be. */
#ifndef TESTS_BASE_SHEET_H
#define TESTS_BASE_SHEET_H

#include <string.h>

#include "base/value.h"

#define ROW_COLUMNS 6
#define ROWS_MAX 50

struct sheet {
	size_t rows;
	const char *names[ROW_COLUMNS];
	enum value_kind kinds[ROW_COLUMNS]; /* V_INT: a column of whole numbers */
	const char *(*texts)[ROW_COLUMNS]; /* NULL is a NULL */
	struct table table;
	struct column head[ROW_COLUMNS];
	struct value cells[ROWS_MAX * ROW_COLUMNS];
};

static inline struct value sheet_cell(enum value_kind kind, const char *s)
{
	struct value v = { .kind = !s ? V_NULL : kind == V_INT ? V_NUMBER : kind };

	if (v.kind == V_BOOL) {
		v.u.b = s[0] == 't';
	} else if (s) {
		v.u.text.s = s;
		v.u.text.len = strlen(s);
	}
	return v;
}

static inline const struct table *sheet_table(struct sheet *s)
{
	for (size_t c = 0; c < ROW_COLUMNS; c++) {
		s->head[c] = (struct column){ s->names[c], strlen(s->names[c]), s->kinds[c] == V_INT };
		for (size_t r = 0; r < s->rows; r++)
			s->cells[r * ROW_COLUMNS + c] = sheet_cell(s->kinds[c], s->texts[r][c]);
	}
	s->table = (struct table){ s->rows, ROW_COLUMNS, s->head, s->cells };
	return &s->table;
}

#endif
