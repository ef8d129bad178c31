/* SPDX-License-Identifier: MIT */
/* The view as compact JSON, rows straight from their table. */
#include "base/buf.h"
#include "base/json.h"
#include "base/value.h"

#define KEYS 32 /* columns whose keys are made once; those after them are written each time */
#define KEYS_CAP ((size_t)64 << 10)

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

static void make_keys(struct keys *k, const struct table *t)
{
	buf_init(&k->text, KEYS_CAP);
	k->count = t->columns < KEYS ? t->columns : KEYS;
	for (size_t i = 0; i < k->count; i++) {
		if (t->head[i].name[0] != '_')
			put_key(&k->text, t->head[i].name, t->head[i].len);
		k->ends[i] = k->text.len;
	}
	if (!buf_ok(&k->text))
		k->count = 0;
}

static void write_row(const struct table *t, const struct value *row, const struct keys *k, struct buf *out)
{
	size_t start = out->len, from = 0;

	for (size_t i = 0; i < t->columns; i++) {
		if (i < k->count) {
			if (k->ends[i] == from)
				continue;
			buf_add(out, k->text.data + from, k->ends[i] - from);
			from = k->ends[i];
		} else {
			if (t->head[i].name[0] == '_')
				continue;
			put_key(out, t->head[i].name, t->head[i].len);
		}
		value_write_json(&row[i], out);
	}
	/* The first comma is where the row begins. */
	if (out->len == start)
		buf_addc(out, '{');
	else
		out->data[start] = '{';
	buf_addc(out, '}');
}

static void write_rows(const struct table *t, const struct value *row, size_t count, struct buf *out)
{
	struct keys k;

	make_keys(&k, t);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_addc(out, ',');
		write_row(t, row + i * t->columns, &k, out);
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
		write_rows(v->u.rows.t, v->u.rows.t->cells, v->u.rows.t->count, out);
		buf_addc(out, ']');
		break;
	case V_ROW:
		write_rows(v->u.rows.t, v->u.rows.row, 1, out);
		break;
	}
}
