/* SPDX-License-Identifier: MIT */
/*
 * The tree that a handler builds and that a template or the JSON writer reads:
 * the view. It lives in an arena and is never freed by itself. Lists may be
 * built of nodes or may point straight at database rows through a small vtable,
 * so that a list page builds no intermediate tree.
 *
 * Text is text: it is escaped wherever it is written. Only V_HTML (made by
 * value_html(), from our own Markdown renderer) passes a {{{raw}}} tag, and only
 * V_URL (made by value_url(), scheme and form checked) may start a URL attribute.
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;
struct json_object;

enum value_kind {
	V_NULL, V_BOOL, V_INT,
	V_NUMBER, /* decimal text, written to JSON as it stands */
	V_TEXT, V_HTML, V_URL, V_OBJECT, V_LIST, V_ROWS,
	V_ROW,    /* one row inside V_ROWS, made while iterating */
	V_JSON    /* text that is valid JSON, written to JSON as it stands */
};

struct value;

/* What V_ROWS needs; the implementation is in src/db. field() returns false when
   there is no such column; a NULL column gives kind V_NULL. */
struct cell {
	enum value_kind kind;
	const char *s; /* not owned; lives as long as the rows */
	size_t len;
};
struct rows_vtable {
	size_t (*count)(const void *rows);
	size_t (*columns)(const void *rows);
	const char *(*name)(const void *rows, size_t column);
	int (*column)(const void *rows, const char *name, size_t len); /* -1: none */
	struct cell (*cell)(const void *rows, size_t row, size_t column);
};

struct value {
	enum value_kind kind;
	union {
		bool b;
		int64_t i;
		struct { const char *s; size_t len; } text; /* NUMBER, TEXT, HTML, URL, JSON */
		struct { struct member *first, *last; } object;
		struct { struct item *first, *last; size_t count; } list;
		struct { const struct rows_vtable *vt; const void *p; size_t row; } rows;
	} u;
};

/* The links of objects and lists, for those who walk a tree. */
struct member {
	const char *key;
	size_t key_len;
	struct value *v;
	struct member *next;
};
struct item {
	struct value *v;
	struct item *next;
};

/* Constructors. Strings are NOT copied: they must live as long as the arena. */
struct value *value_object(struct arena *a);
struct value *value_list(struct arena *a);
struct value *value_text(struct arena *a, const char *s); /* NULL gives V_NULL */
struct value *value_textn(struct arena *a, const char *s, size_t n);
struct value *value_int(struct arena *a, int64_t i);
struct value *value_number(struct arena *a, const char *decimal);
struct value *value_bool(struct arena *a, bool b);
struct value *value_null(struct arena *a);
struct value *value_html(struct arena *a, const char *html, size_t n);
/* http, https, or a path that starts with one '/'; anything else becomes "". */
struct value *value_url(struct arena *a, const char *url);
struct value *value_rows(struct arena *a, const struct rows_vtable *vt, const void *rows);
/* A deep copy of a json-c tree; strings are copied. */
struct value *value_from_json(struct arena *a, struct json_object *j);

/* Setting a key again replaces it. Keys must be literals or live as long as the arena. */
void value_set(struct arena *a, struct value *object, const char *key, struct value *v);
void value_add(struct arena *a, struct value *list, struct value *v);
/* Shorthands, all for objects. */
void set_text(struct arena *a, struct value *o, const char *key, const char *s);
void set_int(struct arena *a, struct value *o, const char *key, int64_t i);
void set_bool(struct arena *a, struct value *o, const char *key, bool b);
void set_url(struct arena *a, struct value *o, const char *key, const char *url);

/* NULL when absent. */
struct value *value_get(const struct value *object, const char *key);
size_t value_count(const struct value *list); /* LIST and ROWS; 0 for others */
/* The i-th element; of ROWS, the row copied into an object. NULL past the end. */
struct value *value_at(struct arena *a, const struct value *list, size_t i);
/* Text of a TEXT, HTML, URL, NUMBER value, else "". */
const char *value_str(const struct value *v);

/* Compact RFC 8259. V_HTML and V_URL are written as strings. Keys that start with
   '_' are for pages only and are left out. */
void value_write_json(const struct value *v, struct buf *out);

#endif
