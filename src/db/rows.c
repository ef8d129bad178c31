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
	struct table t;
	Oid *types;
	struct str **bytes; /* by column, then by row: what was decoded; made when first asked for */
};

static void clear(void *res)
{
	PQclear(res);
}

static bool is_whole(Oid type)
{
	return type == OID_INT2 || type == OID_INT4 || type == OID_INT8 || type == OID_OID;
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

/* "2026-01-31 12:00:00.123456+00" → "2026-01-31T12:00:00.123Z". What has another form
   (infinity, a year before Christ) stays as it is. */
static void iso_time(struct arena *a, struct value *v)
{
	const char *s = v->u.text.s, *space = memchr(s, ' ', v->u.text.len);
	size_t len = v->u.text.len;
	if (!space || len < 3 || memcmp(s + len - 3, "+00", 3) != 0)
		return;
	char *out = arena_strndup(a, s, len - 2);
	len -= 3;
	out[space - s] = 'T';
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
	v->u.text.s = out;
	v->u.text.len = len;
}

/* What the server sent in a column, made ready to be shown and read. */
static void fill(const struct rows *r, size_t column, struct value *v)
{
	Oid type = r->types[column];
	enum value_kind kind = kind_of(type);
	for (size_t row = 0; row < r->t.count; row++, v += r->t.columns) {
		const char *s = PQgetvalue(r->res, (int)row, (int)column);
		size_t len = (size_t)PQgetlength(r->res, (int)row, (int)column);
		if (!len && PQgetisnull(r->res, (int)row, (int)column))
			continue; /* V_NULL is 0 */
		v->kind = kind;
		if (kind == V_BOOL) {
			v->u.b = s[0] == 't';
			continue;
		}
		v->u.text.s = s;
		v->u.text.len = len;
		if (type == OID_TIMESTAMPTZ)
			iso_time(r->a, v);
		else if (kind == V_NUMBER && (s[len - 1] < '0' || s[len - 1] > '9'))
			v->kind = V_TEXT; /* NaN and Infinity are no numbers in JSON */
	}
}

struct rows *rows_new(struct arena *a, PGresult *res)
{
	struct rows *r = arena_alloc(a, sizeof(*r));
	size_t count = (size_t)PQntuples(res), columns = (size_t)PQnfields(res);
	struct column *head = arena_array(a, columns, sizeof(*head));
	struct value *cells = arena_array(a, count * columns, sizeof(*cells));
	r->res = res;
	r->a = a;
	r->t = (struct table){ count, columns, head, cells };
	r->types = arena_array(a, columns, sizeof(*r->types));
	r->bytes = arena_array(a, columns, sizeof(*r->bytes));
	for (size_t c = 0; c < columns; c++) {
		const char *name = PQfname(res, (int)c);
		r->types[c] = PQftype(res, (int)c);
		head[c] = (struct column){ name, strlen(name), is_whole(r->types[c]) };
		fill(r, c, cells + c);
	}
	arena_defer(a, clear, res);
	return r;
}

size_t rows_count(const struct rows *r)
{
	return r->t.count;
}

void rows_keep(struct rows *r, size_t n)
{
	if (r->t.count > n)
		r->t.count = n;
}

struct value *rows_value(struct arena *a, const struct rows *r)
{
	return value_rows(a, &r->t);
}

struct value *row_object(struct arena *a, const struct rows *r, size_t row)
{
	return value_at(a, rows_value(a, r), row);
}

/* ---- single columns ---- */

static size_t column(const struct rows *r, size_t row, const char *name)
{
	int c = table_column(&r->t, name, strlen(name));
	if (c < 0 || row >= r->t.count) {
		log_error("a result of %zu rows was asked for column %s of row %zu", r->t.count, name, row);
		abort();
	}
	return (size_t)c;
}

static const struct value *cell(const struct rows *r, size_t row, const char *name)
{
	return &r->t.cells[row * r->t.columns + column(r, row, name)];
}

bool row_null(const struct rows *r, size_t row, const char *name)
{
	return cell(r, row, name)->kind == V_NULL;
}

const char *row_text(const struct rows *r, size_t row, const char *name)
{
	const struct value *v = cell(r, row, name);
	if (v->kind == V_NULL)
		return NULL;
	return v->kind == V_BOOL ? v->u.b ? "t" : "f" : v->u.text.s;
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

static struct str decode(const struct rows *r, struct str hex, const char *name)
{
	size_t n = hex.len / 2 - 1; /* "\x" and two digits a byte */
	char *bytes = arena_alloc(r->a, n + 1);
	if (hex.len < 2 || hex.len % 2 || !hex_decode(hex.s + 2, bytes, n)) {
		log_error("column %s holds bytes that are not in hexadecimal form", name);
		abort();
	}
	return (struct str){ bytes, n };
}

struct str row_bytes(const struct rows *r, size_t row, const char *name)
{
	size_t c = column(r, row, name);
	const char *s = row_text(r, row, name);
	if (!s)
		return (struct str){ NULL, 0 };
	if (r->types[c] != OID_BYTEA)
		return str_from(s);
	if (!r->bytes[c])
		r->bytes[c] = arena_array(r->a, r->t.count, sizeof(struct str));
	if (!r->bytes[c][row].s)
		r->bytes[c][row] = decode(r, str_from(s), name);
	return r->bytes[c][row];
}
