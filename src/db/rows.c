/* SPDX-License-Identifier: MIT */
/* Reading results, by column name or as a list of a view. */
#include "db/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "base/value.h"

/* Type numbers of the server's catalog, fixed for ever. */
enum {
	OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_OID = 26,
	OID_JSON = 114, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_TIMESTAMPTZ = 1184, OID_NUMERIC = 1700,
	OID_JSONB = 3802
};

struct rows {
	PGresult *res;
	struct arena *a;
	size_t count, columns;
	enum value_kind *kinds;
	Oid *types;
	struct str *names; /* a page asks for each column of each row by name */
	/* By column, then by row: texts and bytes that differ from what the server sent. A
	   column's list is made when one of its cells is first read. */
	struct str **made;
};

static void clear(void *res)
{
	PQclear(res);
}

static enum value_kind kind_of(Oid type)
{
	switch (type) {
	case OID_BOOL:
		return V_BOOL;
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_OID:
		return V_INT;
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC:
		return V_NUMBER;
	case OID_JSON:
	case OID_JSONB:
		return V_JSON;
	default:
		return V_TEXT;
	}
}

struct rows *rows_new(struct arena *a, PGresult *res)
{
	struct rows *r = arena_alloc(a, sizeof(*r));
	r->res = res;
	r->a = a;
	r->count = (size_t)PQntuples(res);
	r->columns = (size_t)PQnfields(res);
	r->kinds = arena_array(a, r->columns, sizeof(*r->kinds));
	r->types = arena_array(a, r->columns, sizeof(*r->types));
	r->names = arena_array(a, r->columns, sizeof(*r->names));
	r->made = arena_array(a, r->columns, sizeof(*r->made));
	for (size_t c = 0; c < r->columns; c++) {
		r->types[c] = PQftype(res, (int)c);
		r->names[c] = str_from(PQfname(res, (int)c));
		r->kinds[c] = kind_of(r->types[c]);
	}
	arena_defer(a, clear, res);
	return r;
}

size_t rows_count(const struct rows *r)
{
	return r->count;
}

void rows_keep(struct rows *r, size_t n)
{
	if (r->count > n)
		r->count = n;
}

/* ---- cells ---- */

static struct str *made(const struct rows *r, size_t row, size_t column)
{
	if (!r->made[column])
		r->made[column] = arena_array(r->a, r->count, sizeof(struct str));
	return &r->made[column][row];
}

/* "2026-01-31 12:00:00.123456+00" → "2026-01-31T12:00:00.123Z". What has another form
   (infinity, a year before Christ) stays as it is. */
static struct str iso_time(struct arena *a, struct str s)
{
	const char *space = memchr(s.s, ' ', s.len);
	if (!space || s.len < 3 || memcmp(s.s + s.len - 3, "+00", 3) != 0)
		return s;
	char *out = arena_strndup(a, s.s, s.len - 2);
	size_t len = s.len - 3;
	out[space - s.s] = 'T';
	char *point = memchr(out, '.', len);
	if (point) {
		if ((size_t)(point - out) + 4 < len)
			len = (size_t)(point - out) + 4;
		while (out[len - 1] == '0')
			len--;
		if (out[len - 1] == '.')
			len--;
	}
	out[len++] = 'Z';
	out[len] = '\0';
	return (struct str){ out, len };
}

static struct str text_of(const struct rows *r, size_t row, size_t column)
{
	struct str s = { PQgetvalue(r->res, (int)row, (int)column),
			 (size_t)PQgetlength(r->res, (int)row, (int)column) };
	if (r->types[column] != OID_TIMESTAMPTZ)
		return s;
	struct str *m = made(r, row, column);
	if (!m->s)
		*m = iso_time(r->a, s);
	return *m;
}

static bool is_null(const struct rows *r, size_t row, size_t column)
{
	return PQgetisnull(r->res, (int)row, (int)column);
}

/* ---- the vtable ---- */

static size_t vt_count(const void *rows)
{
	return ((const struct rows *)rows)->count;
}

static size_t vt_columns(const void *rows)
{
	return ((const struct rows *)rows)->columns;
}

static const char *vt_name(const void *rows, size_t column)
{
	return ((const struct rows *)rows)->names[column].s;
}

static int vt_column(const void *rows, const char *name, size_t len)
{
	const struct rows *r = rows;
	for (size_t c = 0; c < r->columns; c++) {
		if (r->names[c].len == len && memcmp(r->names[c].s, name, len) == 0)
			return (int)c;
	}
	return -1;
}

static struct cell vt_cell(const void *rows, size_t row, size_t column)
{
	const struct rows *r = rows;
	if (row >= r->count || column >= r->columns)
		return (struct cell){ .kind = V_NULL };
	struct str s = text_of(r, row, column);
	if (!s.len && is_null(r, row, column))
		return (struct cell){ .kind = V_NULL };
	struct cell cell = { r->kinds[column], s.s, s.len };
	if (cell.kind == V_BOOL) {
		cell.s = s.s[0] == 't' ? "true" : "false";
		cell.len = strlen(cell.s);
	} else if (cell.kind == V_NUMBER && (s.s[s.len - 1] < '0' || s.s[s.len - 1] > '9')) {
		cell.kind = V_TEXT; /* NaN and Infinity are no numbers in JSON */
	}
	return cell;
}

static const struct rows_vtable vtable = { vt_count, vt_columns, vt_name, vt_column, vt_cell };

struct value *rows_value(struct arena *a, const struct rows *r)
{
	return value_rows(a, &vtable, r);
}

struct value *row_object(struct arena *a, const struct rows *r, size_t row)
{
	return value_at(a, rows_value(a, r), row);
}

/* ---- single columns ---- */

static size_t column(const struct rows *r, size_t row, const char *name)
{
	int c = vt_column(r, name, strlen(name));
	if (c < 0 || row >= r->count) {
		log_error("a result of %zu rows was asked for column %s of row %zu", r->count, name, row);
		abort();
	}
	return (size_t)c;
}

bool row_null(const struct rows *r, size_t row, const char *name)
{
	return is_null(r, row, column(r, row, name));
}

const char *row_text(const struct rows *r, size_t row, const char *name)
{
	size_t c = column(r, row, name);
	return is_null(r, row, c) ? NULL : text_of(r, row, c).s;
}

int64_t row_int(const struct rows *r, size_t row, const char *name)
{
	const char *s = row_text(r, row, name);
	return s ? strtoll(s, NULL, 10) : 0;
}

double row_real(const struct rows *r, size_t row, const char *name)
{
	const char *s = row_text(r, row, name);
	return s ? strtod(s, NULL) : 0;
}

bool row_bool(const struct rows *r, size_t row, const char *name)
{
	const char *s = row_text(r, row, name);
	return s && s[0] == 't';
}

struct str row_bytes(const struct rows *r, size_t row, const char *name)
{
	size_t c = column(r, row, name);
	if (is_null(r, row, c))
		return (struct str){ NULL, 0 };
	struct str s = text_of(r, row, c);
	if (r->types[c] != OID_BYTEA)
		return s;
	struct str *m = made(r, row, c);
	if (!m->s) {
		size_t n = s.len / 2 - 1; /* "\x" and two digits a byte */
		char *bytes = arena_alloc(r->a, n + 1);
		if (s.len < 2 || s.len % 2 || !hex_decode(s.s + 2, bytes, n)) {
			log_error("column %s holds bytes that are not in hexadecimal form", name);
			abort();
		}
		*m = (struct str){ bytes, n };
	}
	return *m;
}
