/* SPDX-License-Identifier: MIT */
/* The view as compact JSON, rows straight from their table. */
#include "base/buf.h"
#include "base/json.h"
#include "base/value.h"

#define KEYS 32 /* columns whose keys are made once; those after them are written each time */
#define KEYS_CAP ((size_t)64 << 10)

static void write_cell(struct cell c, struct buf *out)
{
	switch (c.kind) {
	case V_NULL:
		buf_add(out, "null", 4);
		break;
	case V_BOOL:
		if (c.len && c.s[0] == 't')
			buf_add(out, "true", 4);
		else
			buf_add(out, "false", 5);
		break;
	case V_INT:
	case V_NUMBER:
	case V_JSON:
		buf_add(out, c.s, c.len);
		break;
	default:
		json_write_str(out, c.s, c.len);
	}
}

/* What stands before the columns' values, `,"name":` each, made once for all rows. */
struct keys {
	struct buf text;
	size_t count, ends[KEYS];
};

static void put_key(struct buf *out, const char *name, size_t n)
{
	buf_addc(out, ',');
	json_write_str(out, name, n);
	buf_addc(out, ':');
}

static void make_keys(struct keys *k, const struct rows_vtable *vt, const void *rows)
{
	size_t columns = vt->columns(rows);

	buf_init(&k->text, KEYS_CAP);
	k->count = columns < KEYS ? columns : KEYS;
	for (size_t i = 0; i < k->count; i++) {
		const char *name = vt->name(rows, i);

		if (name[0] != '_')
			put_key(&k->text, name, __builtin_strlen(name));
		k->ends[i] = k->text.len;
	}
	if (!buf_ok(&k->text))
		k->count = 0;
}

static void write_row(const struct rows_vtable *vt, const void *rows, size_t row, const struct keys *k,
		      struct buf *out)
{
	size_t columns = vt->columns(rows), start = out->len, from = 0;

	for (size_t i = 0; i < columns; i++) {
		if (i < k->count) {
			if (k->ends[i] == from)
				continue;
			buf_add(out, k->text.data + from, k->ends[i] - from);
			from = k->ends[i];
		} else {
			const char *name = vt->name(rows, i);

			if (name[0] == '_')
				continue;
			put_key(out, name, __builtin_strlen(name));
		}
		write_cell(vt->cell(rows, row, i), out);
	}
	/* The first comma is where the row begins. */
	if (out->len == start)
		buf_addc(out, '{');
	else
		out->data[start] = '{';
	buf_addc(out, '}');
}

static void write_rows(const struct rows_vtable *vt, const void *rows, size_t row, size_t end, struct buf *out)
{
	struct keys k;

	make_keys(&k, vt, rows);
	for (size_t first = row; row < end; row++) {
		if (row > first)
			buf_addc(out, ',');
		write_row(vt, rows, row, &k, out);
	}
	buf_release(&k.text);
}

static void write_object(const struct value *v, struct buf *out)
{
	bool first = true;

	buf_addc(out, '{');
	for (const struct member *m = v->u.object.first; m; m = m->next) {
		if (m->key[0] == '_')
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		json_write_str(out, m->key, m->key_len);
		buf_addc(out, ':');
		value_write_json(m->v, out);
	}
	buf_addc(out, '}');
}

void value_write_json(const struct value *v, struct buf *out)
{
	switch (v ? v->kind : V_NULL) {
	case V_NULL:
		buf_add(out, "null", 4);
		break;
	case V_BOOL:
		buf_adds(out, v->u.b ? "true" : "false");
		break;
	case V_INT:
		buf_addint(out, v->u.i);
		break;
	case V_NUMBER:
	case V_JSON:
		buf_add(out, v->u.text.s, v->u.text.len);
		break;
	case V_TEXT:
	case V_HTML:
	case V_URL:
		json_write_str(out, v->u.text.s, v->u.text.len);
		break;
	case V_OBJECT:
		write_object(v, out);
		break;
	case V_LIST:
		buf_addc(out, '[');
		for (const struct item *it = v->u.list.first; it; it = it->next) {
			if (it != v->u.list.first)
				buf_addc(out, ',');
			value_write_json(it->v, out);
		}
		buf_addc(out, ']');
		break;
	case V_ROWS:
		buf_addc(out, '[');
		write_rows(v->u.rows.vt, v->u.rows.p, 0, v->u.rows.vt->count(v->u.rows.p), out);
		buf_addc(out, ']');
		break;
	case V_ROW:
		write_rows(v->u.rows.vt, v->u.rows.p, v->u.rows.row, v->u.rows.row + 1, out);
		break;
	}
}
