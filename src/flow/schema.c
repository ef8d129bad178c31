/* SPDX-License-Identifier: MIT */
/* Checking a value against a compiled schema, and saying what is wrong with it. */
#include "flow/schema.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "flow/canonical.h"
#include "flow/pattern.h"
#include "flow/schema_node.h"

#define PATTERN_BYTES (64u << 10)
#define POINTER_MAX (4u << 10)
#define SHOWN 60
#define VALUE_MAX ((size_t)128 << 20)
/* Nested anyOf can look at a value again and again; this many looks are enough for any
   honest value. */
#define STEPS_MAX 1000000
/* … and the same for what is said of forms that are not told in the end. */
#define WORDS_MAX (8u << 20)

struct check {
	struct arena *a;
	struct problems *out;
	struct buf pointer;
	long steps;
	size_t words; /* bytes of problems so far */
};

static bool visit(struct check *c, const struct node *n, struct json_object *v);

/* What was cut to fit may end within a character. */
static const char *whole_characters(struct arena *a, const char *s)
{
	size_t n = strlen(s);
	ptrdiff_t bad = utf8_invalid(s, n);

	return arena_strndup(a, s, bad < 0 ? n : (size_t)bad);
}

static void __attribute__((format(printf, 2, 3))) complain(struct check *c, const char *fmt, ...)
{
	struct problem *p;
	va_list ap;
	char text[1200];

	if (c->out->count == SCHEMA_PROBLEMS_MAX) {
		c->out->more = true;
		return;
	}
	p = &c->out->list[c->out->count++];
	if (c->words > WORDS_MAX) {
		*p = (struct problem){ "", "has more problems than can be told" };
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->words += strlen(text) + c->pointer.len;
	p->pointer = whole_characters(c->a, buf_str(&c->pointer));
	p->sentence = whole_characters(c->a, text);
}

static size_t push(struct check *c, const char *part)
{
	size_t before = c->pointer.len;

	buf_addc(&c->pointer, '/');
	for (; *part; part++) {
		if (*part == '~')
			buf_adds(&c->pointer, "~0");
		else if (*part == '/')
			buf_adds(&c->pointer, "~1");
		else
			buf_addc(&c->pointer, *part);
	}
	return before;
}

static size_t push_index(struct check *c, size_t i)
{
	size_t before = c->pointer.len;

	buf_addc(&c->pointer, '/');
	buf_addint(&c->pointer, (int64_t)i);
	return before;
}

/* A pointer too long to keep is cut, not lost: the buffer forgets its overflow. */
static void pop(struct check *c, size_t before)
{
	c->pointer.len = before;
	c->pointer.overflow = false;
	if (c->pointer.data)
		c->pointer.data[before] = '\0';
}

/* ---- what a value is ---- */

static unsigned type_of(struct json_object *v)
{
	double d;

	switch (json_object_get_type(v)) {
	case json_type_null:
		return T_NULL;
	case json_type_boolean:
		return T_BOOLEAN;
	case json_type_int:
		return T_INTEGER | T_NUMBER;
	case json_type_double:
		d = json_object_get_double(v);
		return d == floor(d) ? T_INTEGER | T_NUMBER : T_NUMBER;
	case json_type_string:
		return T_STRING;
	case json_type_array:
		return T_ARRAY;
	case json_type_object:
		return T_OBJECT;
	}
	return 0;
}

static const char *type_word(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "true or false";
	case json_type_string:
		return "a string";
	case json_type_array:
		return "an array";
	case json_type_object:
		return "an object";
	default:
		return "a number";
	}
}

/* As much of a value as a sentence bears. */
static const char *shown(struct check *c, struct json_object *v)
{
	const char *s, *text;
	size_t n, cut;
	struct buf b;

	if (json_object_is_type(v, json_type_array) || json_object_is_type(v, json_type_object))
		return type_word(v);
	if (!json_object_is_type(v, json_type_string))
		return canonical_text(c->a, v);
	s = json_object_get_string(v);
	n = (size_t)json_object_get_string_len(v);
	cut = utf8_prefix(s, n, SHOWN);
	buf_init(&b, 8 * SHOWN);
	json_write_str(&b, s, cut);
	text = arena_printf(c->a, "%s%s", buf_str(&b), cut < n ? "…" : "");
	buf_release(&b);
	return text;
}

/* ---- the keywords, by type of value ---- */

static bool check_allowed(struct check *c, const struct node *n, struct json_object *v)
{
	bool found = false;
	struct buf text;

	buf_init(&text, VALUE_MAX);
	canonical_write(c->a, &text, v);
	for (size_t i = 0; i < n->allowed_count && !found; i++)
		found = strcmp(buf_str(&text), n->allowed[i]) == 0;
	buf_release(&text);
	if (!found)
		complain(c, n->allowed_count == 1 ? "must be %s, and is %s" : "must be one of %s; it is %s",
			 n->allowed_words, shown(c, v));
	return found;
}

static bool check_string(struct check *c, const struct node *n, struct json_object *v)
{
	const char *s = json_object_get_string(v);
	size_t bytes = (size_t)json_object_get_string_len(v), len;
	bool ok = true;

	if (n->min_length >= 0 || n->max_length >= 0) {
		len = utf8_length(s, bytes);
		if (n->min_length >= 0 && len < (size_t)n->min_length) {
			complain(c, "must have at least %lld characters, and has %zu",
				 (long long)n->min_length, len);
			ok = false;
		}
		if (n->max_length >= 0 && len > (size_t)n->max_length) {
			complain(c, "must have at most %lld characters, and has %zu",
				 (long long)n->max_length, len);
			ok = false;
		}
	}
	if (n->pattern && bytes > PATTERN_BYTES) {
		complain(c, "is too long to be held against a pattern: %zu bytes", bytes);
		ok = false;
	} else if (n->pattern && (strlen(s) != bytes || !pattern_matches(n->pattern, s))) {
		complain(c, "must match the pattern %s; it is %s", n->pattern_text, shown(c, v));
		ok = false;
	}
	return ok;
}

static bool check_number(struct check *c, const struct node *n, struct json_object *v)
{
	long double x = json_object_is_type(v, json_type_int) ? (long double)json_object_get_int64(v)
							     : (long double)json_object_get_double(v);
	bool ok = true;

	if (n->has_minimum && x < n->minimum) {
		complain(c, "must be at least %s, and is %s", n->minimum_text, shown(c, v));
		ok = false;
	}
	if (n->has_maximum && x > n->maximum) {
		complain(c, "must be at most %s, and is %s", n->maximum_text, shown(c, v));
		ok = false;
	}
	return ok;
}

struct indexed {
	const char *text;
	size_t index;
};

static int by_text(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Sorted, equal ones are neighbours. */
static bool check_unique(struct check *c, struct json_object *v)
{
	size_t count = json_object_array_length(v);
	struct indexed *list = arena_array(c->a, count, sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i] = (struct indexed){ canonical_text(c->a, json_object_array_get_idx(v, i)), i };
	if (count > 1)
		qsort(list, count, sizeof(*list), by_text);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(list[i - 1].text, list[i].text) != 0)
			continue;
		complain(c, "must have items that all differ; items %zu and %zu are equal", list[i - 1].index,
			 list[i].index);
		return false;
	}
	return true;
}

static bool check_array(struct check *c, const struct node *n, struct json_object *v)
{
	size_t count = json_object_array_length(v);
	bool ok = true;

	if (n->min_items >= 0 && count < (size_t)n->min_items) {
		complain(c, "must have at least %lld items, and has %zu", (long long)n->min_items, count);
		ok = false;
	}
	if (n->max_items >= 0 && count > (size_t)n->max_items) {
		complain(c, "must have at most %lld items, and has %zu", (long long)n->max_items, count);
		ok = false;
	}
	if (n->unique && !check_unique(c, v))
		ok = false;
	for (size_t i = 0; n->items && i < count; i++) {
		size_t before = push_index(c, i);

		if (!visit(c, n->items, json_object_array_get_idx(v, i)))
			ok = false;
		pop(c, before);
		if (c->out->more)
			break;
	}
	return ok;
}

static const struct node *property(const struct node *n, const char *name)
{
	for (size_t i = 0; i < n->property_count; i++)
		if (strcmp(n->properties[i].name, name) == 0)
			return n->properties[i].node;
	return NULL;
}

static bool check_member(struct check *c, const struct node *n, const char *name, struct json_object *v)
{
	const struct node *p = property(n, name);
	size_t before;
	bool ok;

	if (!p)
		p = n->additional;
	if (!p)
		return true;
	before = push(c, name);
	if (p == n->additional && p->never) {
		complain(c, "is not a member that may be here%s%s",
			 n->property_count ? "; allowed are: " : "",
			 n->property_count ? n->property_words : "");
		ok = false;
	} else {
		ok = visit(c, p, v);
	}
	pop(c, before);
	return ok;
}

static bool check_object(struct check *c, const struct node *n, struct json_object *v)
{
	bool ok = true;

	for (size_t i = 0; i < n->required_count; i++) {
		if (json_object_object_get_ex(v, n->required[i], NULL))
			continue;
		complain(c, "lacks the required member \"%s\"", n->required[i]);
		ok = false;
	}
	json_object_object_foreach(v, name, member) {
		if (!check_member(c, n, name, member))
			ok = false;
		if (c->out->more)
			break;
	}
	return ok;
}

static bool of_another_type(const struct node *n, struct json_object *v)
{
	for (; n; n = n->ref)
		if (n->types && !(n->types & type_of(v)))
			return true;
	return false;
}

/* Of the forms that all fail, that of the value's type with the fewest problems is told:
   it is what was most likely meant. */
static bool check_any(struct check *c, const struct node *n, struct json_object *v)
{
	struct problem lists[2][SCHEMA_PROBLEMS_MAX];
	struct problems best = { 0 }, now, *outer = c->out;
	int use = 0;

	for (size_t i = 0; i < n->any_count; i++) {
		bool ok;

		now = (struct problems){ .list = lists[use] };
		c->out = &now;
		ok = visit(c, n->any_of[i], v);
		c->out = outer;
		if (ok)
			return true;
		if (!of_another_type(n->any_of[i], v) && (!best.list || now.count < best.count)) {
			best = now;
			use = !use;
		}
	}
	complain(c, "fits none of the %zu forms that are allowed here%s", n->any_count,
		 best.count ? "; for the nearest:" : "");
	for (size_t i = 0; i < best.count; i++) {
		if (outer->count == SCHEMA_PROBLEMS_MAX) {
			outer->more = true;
			break;
		}
		outer->list[outer->count++] = best.list[i];
	}
	return false;
}

static bool check_kind(struct check *c, const struct node *n, struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_string:
		return check_string(c, n, v);
	case json_type_int:
	case json_type_double:
		return check_number(c, n, v);
	case json_type_array:
		return check_array(c, n, v);
	case json_type_object:
		return check_object(c, n, v);
	default:
		return true;
	}
}

static bool visit(struct check *c, const struct node *n, struct json_object *v)
{
	bool ok = true;

	if (++c->steps > STEPS_MAX) {
		if (c->steps == STEPS_MAX + 1)
			complain(c, "is too large and nested to be checked");
		return false;
	}
	if (n->never) {
		complain(c, "may not be here");
		return false;
	}
	if (n->types && !(n->types & type_of(v))) {
		complain(c, "must be %s, and is %s", n->type_words, type_word(v));
		return false;
	}
	if (n->allowed && !check_allowed(c, n, v))
		ok = false;
	if (!check_kind(c, n, v))
		ok = false;
	if (n->ref && !visit(c, n->ref, v))
		ok = false;
	if (n->any_count && !check_any(c, n, v))
		ok = false;
	return ok;
}

bool schema_validate(const struct schema *s, struct json_object *value, struct arena *a,
		     struct problems *out)
{
	struct check c = { .a = a, .out = out };
	bool ok;

	*out = (struct problems){ .list = arena_array(a, SCHEMA_PROBLEMS_MAX, sizeof(struct problem)) };
	buf_init(&c.pointer, POINTER_MAX);
	ok = visit(&c, s->root, value);
	buf_release(&c.pointer);
	return ok;
}

const char *problems_text(struct arena *a, const struct problems *p)
{
	const char *text;
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	for (size_t i = 0; i < p->count; i++)
		buf_addf(&b, "- %s: %s\n", *p->list[i].pointer ? p->list[i].pointer : "(the whole)",
			 p->list[i].sentence);
	if (p->more)
		buf_adds(&b, "- and more of the like\n");
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}
