/* SPDX-License-Identifier: MIT */
/* The view as compact JSON, rows straight from their table. */
#include "base/buf.h"
#include "base/json.h"
#include "base/value.h"

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

static void write_row(const struct rows_vtable *vt, const void *rows, size_t row, struct buf *out)
{
	size_t columns = vt->columns(rows);
	bool first = true;

	buf_addc(out, '{');
	for (size_t i = 0; i < columns; i++) {
		const char *name = vt->name(rows, i);

		if (name[0] == '_')
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		json_write_str(out, name, __builtin_strlen(name));
		buf_addc(out, ':');
		write_cell(vt->cell(rows, row, i), out);
	}
	buf_addc(out, '}');
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
	size_t n;

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
		n = v->u.rows.vt->count(v->u.rows.p);
		buf_addc(out, '[');
		for (size_t i = 0; i < n; i++) {
			if (i)
				buf_addc(out, ',');
			write_row(v->u.rows.vt, v->u.rows.p, i, out);
		}
		buf_addc(out, ']');
		break;
	case V_ROW:
		write_row(v->u.rows.vt, v->u.rows.p, v->u.rows.row, out);
		break;
	}
}
