/* SPDX-License-Identifier: MIT */
/* A table in memory behind the rows vtable, as a database result would be. */
#ifndef TESTS_BASE_ROWS_H
#define TESTS_BASE_ROWS_H

#include <string.h>

#include "base/value.h"

#define ROW_COLUMNS 6

struct table {
	size_t rows;
	const char *names[ROW_COLUMNS];
	enum value_kind kinds[ROW_COLUMNS];
	const char *(*cells)[ROW_COLUMNS]; /* NULL is a NULL */
};

static inline size_t table_count(const void *p)
{
	return ((const struct table *)p)->rows;
}

static inline size_t table_columns(const void *p)
{
	return ROW_COLUMNS;
}

static inline const char *table_name(const void *p, size_t column)
{
	return ((const struct table *)p)->names[column];
}

static inline int table_column(const void *p, const char *name, size_t len)
{
	const struct table *t = p;

	for (int i = 0; i < ROW_COLUMNS; i++) {
		if (strlen(t->names[i]) == len && memcmp(t->names[i], name, len) == 0)
			return i;
	}
	return -1;
}

static inline struct cell table_cell(const void *p, size_t row, size_t column)
{
	const struct table *t = p;
	const char *s = t->cells[row][column];

	return (struct cell){ s ? t->kinds[column] : V_NULL, s ? s : "", s ? strlen(s) : 0 };
}

static const struct rows_vtable table_vtable = {
	table_count, table_columns, table_name, table_column, table_cell,
};

#endif
