/* SPDX-License-Identifier: MIT */
#include "web/edit_form.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "flow/schema.h"
#include "http/request.h"

enum { ELEMENTS = 300, DEPTH = 12, LINE_POINTS = 200 };

/* ---- where ---- */

/* The next part of a pointer, with its escapes undone; NULL at the end. */
static const char *next_part(struct arena *a, const char **pointer)
{
	if (**pointer != '/')
		return NULL;
	size_t n = strcspn(*pointer + 1, "/");
	char *part = arena_strndup(a, *pointer + 1, n), *to = part;
	for (const char *p = part; *p; p++)
		*to++ = p[0] == '~' && (p[1] == '0' || p[1] == '1') ? (*++p == '1' ? '/' : '~') : *p;
	*to = '\0';
	*pointer += 1 + n;
	return part;
}

struct json_object *json_at(struct arena *a, struct json_object *whole, const char *pointer)
{
	const char *part;
	int64_t at;

	while (whole && (part = next_part(a, &pointer))) {
		if (!json_object_is_type(whole, json_type_array))
			whole = json_get(whole, part);
		else if (parse_i64(part, 0, INT32_MAX, &at) && (size_t)at < json_object_array_length(whole))
			whole = json_object_array_get_idx(whole, (size_t)at);
		else
			whole = NULL;
	}
	return *pointer ? NULL : whole;
}

static struct json_object *resolved(struct json_object *root, struct json_object *s)
{
	const char *ref;

	for (int i = 0; i < DEPTH && s && (ref = json_get_str(s, "$ref", NULL)); i++)
		s = strncmp(ref, "#/$defs/", 8) == 0 ? json_get(json_get(root, "$defs"), ref + 8) : NULL;
	return s;
}

struct json_object *schema_at(struct arena *a, struct json_object *root, const char *pointer)
{
	struct json_object *s = root;
	const char *part;

	while (s && (part = next_part(a, &pointer)))
		s = resolved(root, streq(json_get_str(s, "type", ""), "array") ? json_get(s, "items") :
				   json_get(json_get(s, "properties"), part));
	return s;
}

bool edit_is_text(struct json_object *root, const char *member)
{
	static const char *const others[] = { "confidence", "concerns", "messages", "questions", "answers",
					      "files",	    "changes",	"findings", "verdict" };
	struct json_object *s = resolved(root, json_get(json_get(root, "properties"), member));

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (streq(member, others[i]))
			return false;
	s = s && streq(json_get_str(s, "type", ""), "array") ? resolved(root, json_get(s, "items")) : s;
	return s && (!streq(json_get_str(s, "type", ""), "object") ||
		     !streq(json_get_str(resolved(root, json_get(json_get(root, "properties"), member)), "type", ""), "array"));
}

/* ---- as fields ---- */

struct walk {
	struct arena *a;
	struct json_object *root;
	const struct problems *wrong;
	struct value *out;
};

static const char *words(struct arena *a, const char *name)
{
	char *text = arena_strdup(a, name);

	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = ' ';
	if (*text)
		*text = (char)toupper((unsigned char)*text);
	return text;
}

static const char *child(struct arena *a, const char *pointer, const char *name)
{
	const char *escaped = "";

	for (const char *p = name; *p; p++)
		escaped = *p == '~' ? arena_printf(a, "%s~0", escaped) : *p == '/' ? arena_printf(a, "%s~1", escaped) :
								     arena_printf(a, "%s%c", escaped, *p);
	return arena_printf(a, "%s/%s", pointer, escaped);
}

static const char *problem_at(const struct walk *w, const char *pointer)
{
	for (size_t i = 0; w->wrong && i < w->wrong->count; i++)
		if (streq(w->wrong->list[i].pointer, pointer))
			return arena_printf(w->a, "It %s.", w->wrong->list[i].sentence);
	return NULL;
}

static struct value *add(struct walk *w, const char *pointer, const char *label, struct json_object *s)
{
	struct value *f = value_object(w->a);

	set_text(w->a, f, "name", arena_printf(w->a, "_%s", pointer));
	set_text(w->a, f, "label", label);
	set_text(w->a, f, "hint", s ? json_get_str(s, "description", NULL) : NULL);
	set_text(w->a, f, "error", problem_at(w, pointer));
	set_int(w->a, f, "no", (int64_t)value_count(w->out) + 1);
	value_add(w->a, w->out, f);
	return f;
}

static void kind(struct walk *w, struct value *f, const char *is)
{
	struct value *v = value_object(w->a);

	set_bool(w->a, v, is, true);
	value_set(w->a, f, "_is", v);
}

static void choice(struct walk *w, struct value *f, struct json_object *among, const char *now)
{
	static const char *const yes_no[] = { "true", "false" };
	struct value *options = value_list(w->a);
	size_t n = among ? json_object_array_length(among) : 2;

	for (size_t i = 0; i < n; i++) {
		const char *text = among ? json_object_get_string(json_object_array_get_idx(among, i)) : yes_no[i];
		struct value *o = value_object(w->a);
		set_text(w->a, o, "value", text ? text : "");
		set_bool(w->a, o, "_chosen", streq(text, now));
		value_add(w->a, options, o);
	}
	value_set(w->a, f, "options", options);
	kind(w, f, "choice");
}

static void walk(struct walk *w, struct json_object *s, struct json_object *v, const char *pointer,
		 const char *label, int depth);

static void walk_object(struct walk *w, struct json_object *s, struct json_object *v, const char *pointer,
			const char *label, int depth)
{
	struct json_object *properties = json_get(s, "properties");

	if (depth) {
		struct value *head = add(w, pointer, label, NULL);
		kind(w, head, "group");
		set_bool(w->a, head, "sub", depth > 1);
	}
	if (!json_object_is_type(properties, json_type_object))
		return;
	json_object_object_foreach(properties, name, of)
	{
		if (*pointer || edit_is_text(w->root, name))
			walk(w, of, json_get(v, name), child(w->a, pointer, name), words(w->a, name), depth + 1);
	}
}

static void walk_array(struct walk *w, struct json_object *s, struct json_object *v, const char *pointer,
		       const char *label, int depth)
{
	struct json_object *items = json_get(s, "items");
	size_t n = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;
	bool room = (int64_t)n < json_get_int(s, "maxItems", ELEMENTS) && n < ELEMENTS;

	struct value *head = add(w, pointer, label, s);
	kind(w, head, "group");
	for (size_t i = 0; i < n + room; i++) {
		size_t before = value_count(w->out);
		walk(w, items, i < n ? json_object_array_get_idx(v, i) : NULL, arena_printf(w->a, "%s/%zu", pointer, i),
		     i < n ? arena_printf(w->a, "%s %zu", label, i + 1) : arena_printf(w->a, "%s: another", label), depth + 1);
		for (struct item *f = i == n ? w->out->u.list.first : NULL; f; f = f->next)
			if (before)
				before--;
			else
				set_bool(w->a, f->v, "new", true);
	}
}

static void walk(struct walk *w, struct json_object *s, struct json_object *v, const char *pointer,
		 const char *label, int depth)
{
	s = resolved(w->root, s);
	if (!s || depth > DEPTH)
		return;
	const char *type = json_get_str(s, "type", "");
	if (streq(type, "object")) {
		walk_object(w, s, v, pointer, label, depth);
		return;
	}
	if (streq(type, "array")) {
		walk_array(w, s, v, pointer, label, depth);
		return;
	}
	struct value *f = add(w, pointer, label, s);
	const char *text = !v ? "" : json_object_is_type(v, json_type_string) ? json_object_get_string(v) : json_text(w->a, v);
	set_text(w->a, f, "text", text);
	if (json_get_array(s, "enum") || streq(type, "boolean"))
		choice(w, f, json_get_array(s, "enum"), text);
	else if (!streq(type, "string"))
		kind(w, f, "number");
	else
		kind(w, f, (json_get_int(s, "maxLength", INT64_MAX) > LINE_POINTS && !json_get_str(s, "pattern", NULL)) ||
				   strpbrk(text, "\r\n") ? "area" : "line");
	size_t rows = strlen(text) / 80 + 1;
	for (const char *c = text; *c; c++)
		rows += *c == '\n';
	set_int(w->a, f, "rows", (int64_t)(rows > 16 ? 16 : rows < 2 ? 2 : rows));
	/* What belongs together stands beside each other. */
	set_bool(w->a, f, "part", depth > 2);
}

struct value *edit_fields(struct arena *a, struct json_object *root, const char *pointer, struct json_object *v,
			  const struct problems *wrong)
{
	struct walk w = { a, root, wrong, value_list(a) };
	const char *last = strrchr(pointer, '/');

	walk(&w, schema_at(a, root, pointer), v, pointer, words(a, last ? last + 1 : ""), 0);
	return w.out;
}

/* ---- and back ---- */

struct reading {
	struct arena *a;
	struct json_object *root;
	const struct request *req;
};

/* Browsers send every line's end as CRLF. */
static const char *plain_lines(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, strlen(s) + 1), *to = out;

	for (const char *p = s; *p; p++)
		if (p[0] != '\r')
			*to++ = *p;
		else if (p[1] != '\n')
			*to++ = '\n';
	*to = '\0';
	return out;
}

static bool was_sent(const struct reading *r, const char *pointer)
{
	size_t n = strlen(pointer);

	for (size_t i = 0; i < r->req->form_count; i++) {
		const char *name = r->req->form[i].name;
		if (name[0] == '_' && strncmp(name + 1, pointer, n) == 0 && (name[n + 1] == '\0' || name[n + 1] == '/'))
			return true;
	}
	return false;
}

/* Emptied: no text is left in it. What is chosen from a list does not count. */
static bool is_blank(const struct reading *r, struct json_object *s, struct json_object *v)
{
	s = resolved(r->root, s);
	if (!v || !s || json_get_array(s, "enum"))
		return true;
	if (json_object_is_type(v, json_type_string))
		return str_trim(str_from(json_object_get_string(v))).len == 0;
	if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(v); i++)
			if (!is_blank(r, json_get(s, "items"), json_object_array_get_idx(v, i)))
				return false;
		return true;
	}
	if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach(v, name, member)
		{
			if (!is_blank(r, json_get(json_get(s, "properties"), name), member))
				return false;
		}
		return true;
	}
	return json_object_is_type(v, json_type_boolean);
}

/* Owned by the caller, as all that follows. */
static struct json_object *typed(const struct reading *r, struct json_object *s, struct json_object *old,
				 const char *pointer, int depth);

static struct json_object *typed_object(const struct reading *r, struct json_object *s, struct json_object *old,
					const char *pointer, int depth)
{
	struct json_object *out = json_object_new_object(), *properties = json_get(s, "properties");

	/* In the order that it has, so that what is not touched is the same text. */
	if (json_object_is_type(old, json_type_object)) {
		json_object_object_foreach(old, name, member)
		{
			struct json_object *v = typed(r, json_get(properties, name), member, child(r->a, pointer, name), depth + 1);
			json_object_object_add(out, name, v);
		}
	}
	if (json_object_is_type(properties, json_type_object)) {
		json_object_object_foreach(properties, name, of)
		{
			struct json_object *v = json_object_object_get_ex(out, name, NULL) ? NULL :
						typed(r, of, NULL, child(r->a, pointer, name), depth + 1);
			if (v)
				json_object_object_add(out, name, v);
		}
	}
	return out;
}

static struct json_object *typed_array(const struct reading *r, struct json_object *s, struct json_object *old,
				       const char *pointer, int depth)
{
	size_t n = json_object_is_type(old, json_type_array) ? json_object_array_length(old) : 0;
	struct json_object *out = json_object_new_array(), *items = json_get(s, "items");

	for (size_t i = 0; i <= n || i < ELEMENTS; i++) {
		const char *at = arena_printf(r->a, "%s/%zu", pointer, i);
		bool sent = was_sent(r, at);
		if (i >= n && !sent)
			break;
		struct json_object *v = typed(r, items, i < n ? json_object_array_get_idx(old, i) : NULL, at, depth + 1);
		if (sent && is_blank(r, items, v))
			json_object_put(v);
		else
			json_object_array_add(out, v);
	}
	return out;
}

/* A number when it reads as one; else the text as typed, which the schema then refuses. */
static struct json_object *typed_number(const struct reading *r, const char *text)
{
	struct err ignored = { 0 };
	const char *one = arena_printf(r->a, "[%s]", text);
	struct json_object *list = json_parse(r->a, one, strlen(one), &ignored);
	struct json_object *v = json_object_is_type(list, json_type_array) && json_object_array_length(list) == 1 ?
				json_object_array_get_idx(list, 0) : NULL;

	if (json_object_is_type(v, json_type_int) || json_object_is_type(v, json_type_double))
		return json_object_get(v);
	return json_object_new_string(text);
}

static struct json_object *typed(const struct reading *r, struct json_object *s, struct json_object *old,
				 const char *pointer, int depth)
{
	s = resolved(r->root, s);
	const char *type = s ? json_get_str(s, "type", "") : "";
	if (!s || depth > DEPTH || !was_sent(r, pointer))
		return json_object_get(old);
	if (streq(type, "object"))
		return typed_object(r, s, old, pointer, depth);
	if (streq(type, "array"))
		return typed_array(r, s, old, pointer, depth);
	const char *text = request_form(r->req, arena_printf(r->a, "_%s", pointer));
	if (!text)
		return json_object_get(old);
	if (streq(type, "boolean") && (streq(text, "true") || streq(text, "false")))
		return json_object_new_boolean(streq(text, "true"));
	if (streq(type, "integer") || streq(type, "number"))
		return typed_number(r, text);
	text = plain_lines(r->a, text);
	if (json_object_is_type(old, json_type_string) && streq(plain_lines(r->a, json_object_get_string(old)), text))
		return json_object_get(old);
	return json_object_new_string(text);
}

struct json_object *edit_typed(struct arena *a, struct json_object *root, const char *pointer,
			       struct json_object *old, const struct request *req)
{
	const struct reading r = { a, root, req };
	struct json_object *v = typed(&r, schema_at(a, root, pointer), old, pointer, 0);

	return v ? json_own(a, v) : NULL;
}
