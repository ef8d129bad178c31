/* SPDX-License-Identifier: MIT */
/* Log lines in the database. What a line quotes may be of any kind: bytes that are not UTF-8 become '?'. */
#include "model/member.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

static const char *readable(struct arena *a, const char *text)
{
	size_t n = strlen(text);
	ptrdiff_t bad = utf8_invalid(text, n);

	if (bad < 0)
		return text;
	char *copy = arena_strndup(a, text, n);
	for (size_t at = 0; bad >= 0; bad = utf8_invalid(copy + at, n - at)) {
		at += (size_t)bad;
		copy[at++] = '?';
	}
	return copy;
}

bool log_lines_store(struct db *db, const struct log_line *lines, size_t n, struct err *e)
{
	enum { STAGE, AGENT, LEVEL, TEXT, TEXTS };
	struct arena *a = arena_new(0);
	int64_t *at = arena_array(a, n, sizeof(*at)), *run = arena_array(a, n, sizeof(*run));
	const char **col[TEXTS];

	for (size_t c = 0; c < TEXTS; c++)
		col[c] = arena_array(a, n, sizeof(**col));
	for (size_t i = 0; i < n; i++) {
		at[i] = lines[i].at_ms;
		run[i] = lines[i].run;
		col[STAGE][i] = lines[i].stage;
		col[AGENT][i] = lines[i].agent;
		col[LEVEL][i] = lines[i].level;
		col[TEXT][i] = readable(a, lines[i].text);
	}
	bool ok = n == 0 || db_exec(db, STMT_LOG_LINES_STORE,
				    P(p_int_array(at, n), p_int_array(run, n),
				      p_text_array(col[STAGE], n), p_text_array(col[AGENT], n),
				      p_text_array(col[LEVEL], n), p_text_array(col[TEXT], n)),
				    e);
	arena_free(a);
	return ok;
}
