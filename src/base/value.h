/* SPDX-License-Identifier: MIT */
/*
 * The tree that a handler builds and that a template or the JSON writer reads:
 * the view. It lives in an arena and is never freed by itself. Lists may be
 * built of nodes or may be a table: the cells of database rows, without a node
 * for each.
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

struct value {
	enum value_kind kind;
	union {
		bool b;
		int64_t i;
		struct { const char *s; size_t len; } text; /* NUMBER, TEXT, HTML, URL, JSON */
		struct { struct member *first, *last; } object;
		struct { struct item *first, *last; size_t count; } list;
		/* `row` is a V_ROW's first cell. */
		struct { const struct table *t; const struct value *row; } rows;
	} u;
};

/* What V_ROWS shows; src/db makes it. A cell is V_NULL, V_BOOL or one of the texts: a whole number
   is V_NUMBER, since it is written as it came. */
struct column {
	const char *name;
	size_t len;
	bool whole; /* its numbers are V_INT in what value_at() makes */
};
struct table {
	size_t count, columns;
	const struct column *head;
	const struct value *cells; /* row by row */
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
struct value *value_rows(struct arena *a, const struct table *t);
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
/* Where a column of that name stands; -1: there is none. */
int table_column(const struct table *t, const char *name, size_t len);
/* Text of a TEXT, HTML, URL, NUMBER value, else "". */
const char *value_str(const struct value *v);

/* Compact RFC 8259. V_HTML and V_URL are written as strings. Keys that start with
   '_' are for pages only and are left out. */
void value_write_json(const struct value *v, struct buf *out);

#endif
