/* SPDX-License-Identifier: MIT */
/*
 * The compiler of named statements, run at build time:
 *
 *   stmtc STMT_H STMT_TABLE_C FILE.sql…
 *
 * A statement is a line "-- :name run_advance :many", optionally followed on the same
 * line by "-- …" and on the next by comment lines (its documentation), and then exactly
 * one SQL statement with the parameters $1…$n, up to the next :name or the end of the
 * file. Outputs are touched only when they change, so that a comment edited in SQL does
 * not build everything anew.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "db/sqlscan.h"

enum { MAX_FILE = 4 << 20, MAX_OUT = 64 << 20, MAX_NAME = 56, MAX_PARAMS = 64, MAX_STATEMENTS = 4096 };

static const char *const shapes[][2] = {
	{ ":exec", "SHAPE_EXEC" },
	{ ":one", "SHAPE_ONE" },
	{ ":maybe", "SHAPE_MAYBE" },
	{ ":many", "SHAPE_MANY" },
};

struct statement {
	struct str name, sql;
	const char *shape, *file;
	int line, sql_line, params;
	struct buf doc;
};

struct compiler {
	struct arena *a;
	struct statement *list;
	size_t count;
	const char *file; /* being read; without its folder */
	int line;
};

static bool fail(const struct compiler *c, int line, struct err *e, const char *what)
{
	return err_set(e, ERR_INVALID, "%s:%d: %s", c->file, line, what);
}

static bool plain_name(struct str s)
{
	if (s.len == 0 || s.len > MAX_NAME || s.s[0] < 'a' || s.s[0] > 'z')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.s[i];
		if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '_')
			return false;
	}
	return true;
}

/* The next word of a line, cut off its front. */
static struct str word(struct str *line)
{
	*line = str_trim(*line);
	size_t n = 0;
	while (n < line->len && line->s[n] != ' ' && line->s[n] != '\t')
		n++;
	struct str w = { line->s, n };
	line->s += n;
	line->len -= n;
	return w;
}

static bool starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.len >= n && memcmp(s.s, prefix, n) == 0;
}

static void add_doc(struct statement *st, struct str comment)
{
	while (comment.len && comment.s[0] == '-') {
		comment.s++;
		comment.len--;
	}
	comment = str_trim(comment);
	if (st->doc.len)
		buf_addc(&st->doc, ' ');
	for (size_t i = 0; i < comment.len; i++) {
		buf_addc(&st->doc, comment.s[i]);
		/* The text becomes a C comment: neither its end nor another's begin may stand in it. */
		if ((comment.s[i] == '*' || comment.s[i] == '/') && i + 1 < comment.len)
			if (comment.s[i + 1] == '*' || comment.s[i + 1] == '/')
				buf_addc(&st->doc, ' ');
	}
}

/* "-- :name NAME :SHAPE [-- doc]" */
static bool begin(struct compiler *c, struct str line, struct err *e)
{
	if (c->count == MAX_STATEMENTS)
		return fail(c, c->line, e, "too many statements");
	struct statement *st = &c->list[c->count];
	*st = (struct statement){ .file = c->file, .line = c->line };
	buf_init(&st->doc, MAX_FILE);
	word(&line);
	word(&line);
	st->name = word(&line);
	if (!plain_name(st->name) || str_eq(st->name, "count"))
		return fail(c, c->line, e,
			    "a name is lower-case letters, digits and _, at most 56, and not \"count\"");
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].name.len == st->name.len &&
		    !memcmp(c->list[i].name.s, st->name.s, st->name.len))
			return err_set(e, ERR_INVALID, "%s:%d: the name %.*s is taken already at %s:%d",
				       c->file, c->line, (int)st->name.len, st->name.s, c->list[i].file,
				       c->list[i].line);
	struct str shape = word(&line);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (str_eq(shape, shapes[i][0]))
			st->shape = shapes[i][1];
	if (!st->shape)
		return fail(c, c->line, e, "the shape must be :exec, :one, :maybe or :many");
	line = str_trim(line);
	if (line.len && !starts(line, "--"))
		return fail(c, c->line, e, "only a comment may follow the shape");
	if (line.len)
		add_doc(st, line);
	c->count++;
	return true;
}

/* One statement, parameters without gaps; cuts the final semicolon. */
static bool check(struct compiler *c, struct statement *st, struct err *e)
{
	struct sql_scan scan;
	struct str token;
	enum sql_token kind;
	bool seen[MAX_PARAMS + 1] = { false };
	bool any = false, ended = false;
	const char *last = st->sql.s;

	sql_scan_init(&scan, st->sql);
	scan.line = st->sql_line;
	while ((kind = sql_next(&scan, &token)) != SQL_END) {
		if (kind == SQL_BROKEN)
			return fail(c, scan.token_line, e, scan.problem);
		if (ended)
			return fail(c, scan.token_line, e, "a second statement; each needs its own :name");
		if (kind == SQL_SEMICOLON) {
			ended = true;
			continue;
		}
		any = true;
		last = scan.at;
		if (kind == SQL_PARAM) {
			char digits[8];
			int64_t n;
			snprintf(digits, sizeof(digits), "%.*s", (int)token.len, token.s);
			if (token.len >= sizeof(digits) || !parse_i64(digits, 1, MAX_PARAMS, &n))
				return fail(c, scan.token_line, e, "parameters are $1 to $64");
			seen[n] = true;
			if (n > st->params)
				st->params = (int)n;
		}
	}
	if (!any)
		return fail(c, st->line, e, "the statement is empty");
	for (int n = 1; n <= st->params; n++)
		if (!seen[n])
			return err_set(e, ERR_INVALID, "%s:%d: $%d is used but $%d is not", c->file, st->line,
				       st->params, n);
	st->sql.len = (size_t)(last - st->sql.s);
	return true;
}

static bool compile(struct compiler *c, const char *path, struct err *e)
{
	struct str text;
	struct statement *st = NULL;
	bool in_doc = false;

	const char *slash = strrchr(path, '/');
	c->file = slash ? slash + 1 : path;
	c->line = 0;
	if (!file_read(c->a, path, MAX_FILE, &text, e))
		return false;
	ptrdiff_t bad = utf8_invalid(text.s, text.len);
	if (bad >= 0)
		return err_set(e, ERR_INVALID, "%s: byte %td is not valid UTF-8", c->file, bad);
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		struct str bare = str_trim(line);
		c->line++;
		if (starts(bare, "-- :name")) {
			if (st && !check(c, st, e))
				return false;
			if (!begin(c, bare, e))
				return false;
			st = &c->list[c->count - 1];
			in_doc = true;
		} else if (starts(bare, "-- :")) {
			return fail(c, c->line, e, "expected \"-- :name NAME :SHAPE\"");
		} else if (!st) {
			if (bare.len && !starts(bare, "--"))
				return fail(c, c->line, e, "SQL before the first :name");
		} else if (in_doc && (!bare.len || starts(bare, "--"))) {
			if (bare.len)
				add_doc(st, bare);
		} else {
			if (in_doc) {
				st->sql = (struct str){ line.s, 0 };
				st->sql_line = c->line;
				in_doc = false;
			}
			st->sql.len = (size_t)(line.s + line.len - st->sql.s);
		}
	}
	return !st || check(c, st, e);
}

static void put_upper(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_addc(out, s.s[i] >= 'a' && s.s[i] <= 'z' ? (char)(s.s[i] - 'a' + 'A') : s.s[i]);
}

static void put_header(struct compiler *c, struct buf *out)
{
	buf_adds(out, "/* Made by stmtc from sql/queries. */\n"
		      "#ifndef DB_STMT_H\n#define DB_STMT_H\n\nenum stmt {\n");
	for (size_t i = 0; i < c->count; i++) {
		struct statement *st = &c->list[i];
		buf_addf(out, "\t/* %s:%s%s%s */\n\tSTMT_", st->file, &st->shape[sizeof("SHAPE_") - 1],
			 st->doc.len ? ": " : "", buf_str(&st->doc));
		put_upper(out, st->name);
		buf_adds(out, ",\n");
	}
	buf_adds(out, "\tSTMT_COUNT\n};\n\n#endif\n");
}

/* One C string a line; '?' is escaped because of trigraphs. */
static void put_literal(struct buf *out, struct str s)
{
	buf_adds(out, "\t\t\"");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (ch == '\n')
			buf_adds(out, "\\n\"\n\t\t\"");
		else if (ch == '"' || ch == '\\' || ch == '?')
			buf_addf(out, "\\%c", ch);
		else if (ch < 0x20 || ch >= 0x7f)
			buf_addf(out, "\\%03o", ch);
		else
			buf_addc(out, (char)ch);
	}
	buf_addc(out, '"');
}

static void put_table(struct compiler *c, struct buf *out)
{
	buf_adds(out, "/* Made by stmtc from sql/queries. */\n#include \"db/statement.h\"\n\n"
		      "const struct stmt_info stmt_table[] = {\n");
	for (size_t i = 0; i < c->count; i++) {
		struct statement *st = &c->list[i];
		buf_addf(out, "\t{ \"%.*s\", \"%s:%d\",\n", (int)st->name.len, st->name.s, st->file,
			 st->line);
		put_literal(out, st->sql);
		buf_addf(out, ",\n\t\t%s, %d },\n", st->shape, st->params);
	}
	buf_addf(out, "\t{ 0 }\n};\nconst size_t stmt_count = %zu;\n", c->count);
}

static bool write_changed(struct arena *a, const char *path, const struct buf *out, struct err *e)
{
	struct str old;
	if (!buf_ok(out))
		return err_set(e, ERR_TOO_LARGE, "%s: the output is too large", path);
	if (file_exists(path) && file_read(a, path, MAX_OUT, &old, NULL) && old.len == out->len &&
	    memcmp(old.s, out->data, old.len) == 0)
		return true;
	return file_write(path, out->data, out->len, 0644, e);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct buf header, table;

	if (argc < 3) {
		fputs("usage: stmtc STMT_H STMT_TABLE_C FILE.sql...\n", stderr);
		return 2;
	}
	struct compiler c = { .a = arena_new(0) };
	c.list = arena_array(c.a, MAX_STATEMENTS, sizeof(*c.list));
	buf_init(&header, MAX_OUT);
	buf_init(&table, MAX_OUT);
	bool ok = true;
	for (int i = 3; ok && i < argc; i++)
		ok = compile(&c, argv[i], &e);
	if (ok) {
		put_header(&c, &header);
		put_table(&c, &table);
		ok = write_changed(c.a, argv[1], &header, &e) && write_changed(c.a, argv[2], &table, &e);
	}
	if (!ok)
		fprintf(stderr, "%s\n", e.msg);
	for (size_t i = 0; i <= c.count && i < MAX_STATEMENTS; i++)
		buf_release(&c.list[i].doc);
	buf_release(&header);
	buf_release(&table);
	arena_free(c.a);
	return ok ? 0 : 1;
}
