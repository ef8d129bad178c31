/* SPDX-License-Identifier: MIT */
/* Building and reading the view. */
#include "base/value.h"

#include <string.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/str.h"

static struct value *new_value(struct arena *a, enum value_kind kind)
{
	struct value *v = arena_alloc(a, sizeof(*v));

	v->kind = kind;
	return v;
}

static struct value *new_text(struct arena *a, enum value_kind kind, const char *s, size_t n)
{
	struct value *v = new_value(a, kind);

	v->u.text.s = s;
	v->u.text.len = n;
	return v;
}

struct value *value_object(struct arena *a)
{
	return new_value(a, V_OBJECT);
}

struct value *value_list(struct arena *a)
{
	return new_value(a, V_LIST);
}

struct value *value_text(struct arena *a, const char *s)
{
	return s ? new_text(a, V_TEXT, s, strlen(s)) : value_null(a);
}

struct value *value_textn(struct arena *a, const char *s, size_t n)
{
	return new_text(a, V_TEXT, s, n);
}

struct value *value_int(struct arena *a, int64_t i)
{
	struct value *v = new_value(a, V_INT);

	v->u.i = i;
	return v;
}

struct value *value_number(struct arena *a, const char *decimal)
{
	return decimal ? new_text(a, V_NUMBER, decimal, strlen(decimal)) : value_null(a);
}

struct value *value_bool(struct arena *a, bool b)
{
	struct value *v = new_value(a, V_BOOL);

	v->u.b = b;
	return v;
}

struct value *value_null(struct arena *a)
{
	return new_value(a, V_NULL);
}

struct value *value_html(struct arena *a, const char *html, size_t n)
{
	return new_text(a, V_HTML, html, n);
}

static bool starts_with(const char *s, const char *prefix)
{
	for (; *prefix; s++, prefix++) {
		char c = *s >= 'A' && *s <= 'Z' ? (char)(*s + 'a' - 'A') : *s;

		if (c != *prefix)
			return false;
	}
	return true;
}

static bool url_safe(const char *url)
{
	/* Browsers drop tabs and newlines and read '\' as '/': "/\t/evil" leaves the site. */
	for (const char *p = url; *p; p++) {
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
			return false;
	}
	if (url[0] == '/')
		return url[1] != '/';
	if (starts_with(url, "http://"))
		url += 7;
	else if (starts_with(url, "https://"))
		url += 8;
	else
		return false;
	return *url && !strchr("/?#:@", *url);
}

struct value *value_url(struct arena *a, const char *url)
{
	if (!url || !url_safe(url))
		url = "";
	return new_text(a, V_URL, url, strlen(url));
}

struct value *value_rows(struct arena *a, const struct table *t)
{
	struct value *v = new_value(a, V_ROWS);

	v->u.rows.t = t;
	return v;
}

struct value *value_from_json(struct arena *a, struct json_object *j)
{
	struct value *v;
	const char *s;
	size_t n;

	switch (json_object_get_type(j)) {
	case json_type_boolean:
		return value_bool(a, json_object_get_boolean(j));
	case json_type_int:
		return value_int(a, json_object_get_int64(j));
	case json_type_double:
		return value_number(a, arena_strdup(a, json_object_to_json_string(j)));
	case json_type_string:
		n = (size_t)json_object_get_string_len(j);
		s = arena_strndup(a, json_object_get_string(j), n);
		return value_textn(a, s, n);
	case json_type_array:
		v = value_list(a);
		n = json_object_array_length(j);
		for (size_t i = 0; i < n; i++)
			value_add(a, v, value_from_json(a, json_object_array_get_idx(j, i)));
		return v;
	case json_type_object:
		v = value_object(a);
		json_object_object_foreach(j, key, child)
			value_set(a, v, arena_strdup(a, key), value_from_json(a, child));
		return v;
	case json_type_null:
		break;
	}
	return value_null(a);
}

static struct member *find(const struct value *object, const char *key, size_t n)
{
	if (!object || object->kind != V_OBJECT)
		return NULL;
	for (struct member *m = object->u.object.first; m; m = m->next) {
		if (m->key_len == n && memcmp(m->key, key, n) == 0)
			return m;
	}
	return NULL;
}

void value_set(struct arena *a, struct value *object, const char *key, struct value *v)
{
	size_t n = strlen(key);
	struct member *m = find(object, key, n);

	if (!v)
		v = value_null(a);
	if (m) {
		m->v = v;
		return;
	}
	m = arena_alloc(a, sizeof(*m));
	*m = (struct member){ .key = key, .key_len = n, .v = v };
	if (object->u.object.last)
		object->u.object.last->next = m;
	else
		object->u.object.first = m;
	object->u.object.last = m;
}

void value_add(struct arena *a, struct value *list, struct value *v)
{
	struct item *it = arena_alloc(a, sizeof(*it));

	it->v = v ? v : value_null(a);
	if (list->u.list.last)
		list->u.list.last->next = it;
	else
		list->u.list.first = it;
	list->u.list.last = it;
	list->u.list.count++;
}

void set_text(struct arena *a, struct value *o, const char *key, const char *s)
{
	value_set(a, o, key, value_text(a, s));
}

void set_int(struct arena *a, struct value *o, const char *key, int64_t i)
{
	value_set(a, o, key, value_int(a, i));
}

void set_bool(struct arena *a, struct value *o, const char *key, bool b)
{
	value_set(a, o, key, value_bool(a, b));
}

void set_url(struct arena *a, struct value *o, const char *key, const char *url)
{
	value_set(a, o, key, value_url(a, url));
}

struct value *value_get(const struct value *object, const char *key)
{
	struct member *m = find(object, key, strlen(key));

	return m ? m->v : NULL;
}

size_t value_count(const struct value *list)
{
	if (list && list->kind == V_LIST)
		return list->u.list.count;
	if (list && list->kind == V_ROWS)
		return list->u.rows.t->count;
	return 0;
}

int table_column(const struct table *t, const char *name, size_t len)
{
	for (size_t c = 0; c < t->columns; c++) {
		if (t->head[c].len == len && memcmp(t->head[c].name, name, len) == 0)
			return (int)c;
	}
	return -1;
}

static struct value *copy_row(struct arena *a, const struct table *t, const struct value *row)
{
	struct value *o = value_object(a), *v;
	int64_t i;

	for (size_t c = 0; c < t->columns; c++) {
		if (t->head[c].whole && row[c].kind == V_NUMBER &&
		    parse_i64(row[c].u.text.s, INT64_MIN, INT64_MAX, &i)) {
			v = value_int(a, i);
		} else {
			v = arena_alloc(a, sizeof(*v));
			*v = row[c];
		}
		value_set(a, o, t->head[c].name, v);
	}
	return o;
}

struct value *value_at(struct arena *a, const struct value *list, size_t i)
{
	if (i >= value_count(list))
		return NULL;
	if (list->kind == V_LIST) {
		const struct item *it = list->u.list.first;

		while (i-- > 0)
			it = it->next;
		return it->v;
	}
	return copy_row(a, list->u.rows.t, list->u.rows.t->cells + i * list->u.rows.t->columns);
}

const char *value_str(const struct value *v)
{
	if (v && (v->kind == V_TEXT || v->kind == V_HTML || v->kind == V_URL || v->kind == V_NUMBER))
		return v->u.text.s;
	return "";
}
