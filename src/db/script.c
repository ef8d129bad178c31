/* SPDX-License-Identifier: MIT */
#include "db/script.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "db/conn.h"
#include "db/sqlscan.h"

enum { MAX_SCRIPT = 8 << 20, VERSION_DIGITS = 4 };

static bool is_word(struct str s, const char *word)
{
	return strlen(word) == s.len && strncasecmp(s.s, word, s.len) == 0;
}

static bool check(const struct script *s, struct err *e)
{
	static const char *const control[] = { "begin", "commit", "end",       "rollback",
					       "abort", "start",  "savepoint", "release" };
	struct sql_scan scan;
	struct str token;
	enum sql_token kind;
	bool first = true;

	ptrdiff_t bad = utf8_invalid(s->text.s, s->text.len);
	if (bad >= 0)
		return err_set(e, ERR_INVALID, "%s: byte %td is not valid UTF-8", s->name, bad);
	sql_scan_init(&scan, s->text);
	while ((kind = sql_next(&scan, &token)) != SQL_END) {
		if (kind == SQL_BROKEN)
			return err_set(e, ERR_INVALID, "%s:%d: %s", s->name, scan.token_line, scan.problem);
		for (size_t i = 0; first && kind == SQL_WORD && i < sizeof(control) / sizeof(*control); i++)
			if (is_word(token, control[i]))
				return err_set(e, ERR_INVALID,
					       "%s:%d: %s is not for a script to say: all of it runs in "
					       "one transaction",
					       s->name, scan.token_line, control[i]);
		first = kind == SQL_SEMICOLON;
	}
	return true;
}

bool script_load(struct arena *a, const char *dir, const char *name, struct script *out, struct err *e)
{
	*out = (struct script){ .name = name };
	if (!file_read(a, path_join(a, dir, name), MAX_SCRIPT, &out->text, e))
		return false;
	sha256(out->text.s, out->text.len, out->sha256);
	return check(out, e);
}

/* 0 when the name is not of the form NNNN_name.sql. */
static int64_t version_of(const char *name)
{
	size_t digits = strspn(name, "0123456789");
	size_t rest = strspn(name + digits, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if (digits != VERSION_DIGITS || name[digits] != '_' || rest < 2 ||
	    strcmp(name + digits + rest, ".sql") != 0)
		return 0;
	return strtoll(name, NULL, 10);
}

bool scripts_load(struct arena *a, const char *dir, struct script **out, size_t *count, struct err *e)
{
	const char **names;
	size_t found;

	*count = 0;
	if (!dir_list(a, dir, &names, &found, e))
		return false;
	*out = arena_array(a, found + 1, sizeof(**out));
	for (size_t i = 0; i < found; i++) {
		size_t len = strlen(names[i]);
		if (names[i][0] == '.' || len < 4 || strcmp(names[i] + len - 4, ".sql") != 0)
			continue;
		int64_t version = version_of(names[i]);
		if (version == 0)
			return err_set(e, ERR_INVALID,
				       "%s/%s: such a file is named like 0001_what_it_does.sql", dir,
				       names[i]);
		if (version != (int64_t)*count + 1)
			return err_set(e, ERR_INVALID,
				       "%s/%s: these files are numbered without a gap, and %04zu is next", dir,
				       names[i], *count + 1);
		if (!script_load(a, dir, names[i], &(*out)[*count], e))
			return false;
		(*out)[(*count)++].version = version;
	}
	return true;
}

static int line_of(struct str text, const char *position)
{
	/* Positions count characters from 1. */
	long left = position ? strtol(position, NULL, 10) : 1;
	int line = 1;
	for (size_t i = 0; i < text.len && left > 1; i++) {
		if (((unsigned char)text.s[i] & 0xc0) != 0x80)
			left--;
		if (text.s[i] == '\n')
			line++;
	}
	return line;
}

bool script_run(struct db *db, const struct script *s, struct err *e)
{
	if (!db_ready(db, e))
		return false;
	PGresult *res = db_send(db, s->text.s);
	bool ok = db_result_ok(res);
	if (!ok) {
		const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
		const char *position = res ? PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION) : NULL;
		struct err cause = { 0 };
		db_failed(db, res, s->name, &cause);
		if (!state || err_transient(cause.class))
			err_set(e, cause.class, "%s: %s", s->name, cause.msg);
		else if (position)
			err_set(e, ERR_INVALID,
				"%s:%d: the database refused it with %s; the log has its words", s->name,
				line_of(s->text, position), state);
		else
			err_set(e, ERR_INVALID, "%s: the database refused it with %s; the log has its words",
				s->name, state);
	} else if (PQtransactionStatus(db->conn) != PQTRANS_INTRANS) {
		ok = err_set(e, ERR_INVALID, "%s: it ended the transaction that it runs in", s->name);
	}
	PQclear(res);
	return ok;
}
