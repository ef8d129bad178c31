/* SPDX-License-Identifier: MIT */
/* From a schema document to nodes; whatever is not understood is refused. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "flow/canonical.h"
#include "flow/pattern.h"
#include "flow/schema.h"
#include "flow/schema_node.h"

#define WORDS_MAX 600

struct def {
	const char *name;
	struct json_object *source;
	struct node *node;
};

struct compiler {
	struct arena *a;
	struct err *e;
	struct def *defs;
	size_t def_count;
	struct node *root;
	char at[300]; /* pointer into the schema, for messages */
};

struct keyword {
	const char *name;
	bool (*read)(struct compiler *c, struct node *n, struct json_object *v);
};

static bool read_node(struct compiler *c, struct node *n, struct json_object *s);

static bool refuse(struct compiler *c, const char *what)
{
	return err_set(c->e, ERR_INVALID, "schema at \"%s\": %s", c->at, what);
}

/* Compiles a schema below `part` of the present place; NULL on error. */
static struct node *child(struct compiler *c, const char *part, struct json_object *s)
{
	struct node *n = arena_alloc(c->a, sizeof(*n));
	size_t len = strlen(c->at);
	bool ok;

	snprintf(c->at + len, sizeof(c->at) - len, "/%s", part);
	ok = read_node(c, n, s);
	/* A message has its pointer already. */
	c->at[len] = '\0';
	return ok ? n : NULL;
}

/* ---- words for problems ---- */

static const char *list_words(struct compiler *c, const char *const *parts, size_t count, const char *last)
{
	const char *words;
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	for (size_t i = 0; i < count; i++) {
		if (b.len > WORDS_MAX) {
			buf_adds(&b, ", …");
			break;
		}
		if (i)
			buf_adds(&b, i + 1 == count ? last : ", ");
		buf_adds(&b, parts[i]);
	}
	words = arena_strdup(c->a, buf_str(&b));
	buf_release(&b);
	return words;
}

/* ---- keywords ---- */

static bool one_type(struct compiler *c, struct node *n, const char *name, const char **word)
{
	static const struct {
		const char *name;
		enum node_type type;
		const char *word;
	} types[] = {
		{ "null", T_NULL, "null" },
		{ "boolean", T_BOOLEAN, "true or false" },
		{ "integer", T_INTEGER, "a whole number" },
		{ "number", T_NUMBER, "a number" },
		{ "string", T_STRING, "a string" },
		{ "array", T_ARRAY, "an array" },
		{ "object", T_OBJECT, "an object" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (!streq(name, types[i].name))
			continue;
		n->types |= types[i].type;
		*word = types[i].word;
		return true;
	}
	return refuse(c, "type must be null, boolean, integer, number, string, array or object");
}

static bool read_type(struct compiler *c, struct node *n, struct json_object *v)
{
	size_t count = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;
	const char **words = arena_array(c->a, count + 1, sizeof(*words));

	if (json_object_is_type(v, json_type_string)) {
		if (!one_type(c, n, json_object_get_string(v), &words[0]))
			return false;
		n->type_words = words[0];
		return true;
	}
	if (!count)
		return refuse(c, "type must be a name or a list of names");
	for (size_t i = 0; i < count; i++) {
		struct json_object *t = json_object_array_get_idx(v, i);

		if (!json_object_is_type(t, json_type_string))
			return refuse(c, "type must be a name or a list of names");
		if (!one_type(c, n, json_object_get_string(t), &words[i]))
			return false;
	}
	n->type_words = list_words(c, words, count, " or ");
	return true;
}

static bool allow(struct compiler *c, struct node *n, struct json_object **values, size_t count)
{
	if (n->allowed)
		return refuse(c, "enum and const do not go together");
	n->allowed = arena_array(c->a, count, sizeof(*n->allowed));
	n->allowed_count = count;
	for (size_t i = 0; i < count; i++)
		n->allowed[i] = canonical_text(c->a, values[i]);
	n->allowed_words = list_words(c, n->allowed, count, ", ");
	return true;
}

static bool read_enum(struct compiler *c, struct node *n, struct json_object *v)
{
	size_t count = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;
	struct json_object **values = arena_array(c->a, count, sizeof(*values));

	if (!count)
		return refuse(c, "enum must be a list of values");
	for (size_t i = 0; i < count; i++)
		values[i] = json_object_array_get_idx(v, i);
	return allow(c, n, values, count);
}

static bool read_const(struct compiler *c, struct node *n, struct json_object *v)
{
	return allow(c, n, &v, 1);
}

static bool read_properties(struct compiler *c, struct node *n, struct json_object *v)
{
	const char **names;
	size_t i = 0;

	if (!json_object_is_type(v, json_type_object))
		return refuse(c, "properties must be an object");
	n->property_count = (size_t)json_object_object_length(v);
	n->properties = arena_array(c->a, n->property_count, sizeof(*n->properties));
	names = arena_array(c->a, n->property_count, sizeof(*names));
	json_object_object_foreach(v, name, s) {
		struct property *p = &n->properties[i];
		char part[120];

		p->name = names[i++] = arena_strdup(c->a, name);
		snprintf(part, sizeof(part), "properties/%.100s", name);
		p->node = child(c, part, s);
		if (!p->node)
			return false;
	}
	n->property_words = list_words(c, names, n->property_count, ", ");
	return true;
}

static bool read_required(struct compiler *c, struct node *n, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_array))
		return refuse(c, "required must be a list of names");
	n->required_count = json_object_array_length(v);
	n->required = arena_array(c->a, n->required_count, sizeof(*n->required));
	for (size_t i = 0; i < n->required_count; i++) {
		struct json_object *name = json_object_array_get_idx(v, i);

		if (!json_object_is_type(name, json_type_string))
			return refuse(c, "required must be a list of names");
		n->required[i] = arena_strdup(c->a, json_object_get_string(name));
	}
	return true;
}

static bool read_additional(struct compiler *c, struct node *n, struct json_object *v)
{
	n->additional = child(c, "additionalProperties", v);
	return n->additional != NULL;
}

static bool read_items(struct compiler *c, struct node *n, struct json_object *v)
{
	n->items = child(c, "items", v);
	return n->items != NULL;
}

static bool whole(struct compiler *c, struct json_object *v, int64_t *out)
{
	*out = json_object_is_type(v, json_type_int) ? json_object_get_int64(v) : -1;
	return *out >= 0 || refuse(c, "a length or count must be a whole number of at least 0");
}

static bool read_min_items(struct compiler *c, struct node *n, struct json_object *v)
{
	return whole(c, v, &n->min_items);
}

static bool read_max_items(struct compiler *c, struct node *n, struct json_object *v)
{
	return whole(c, v, &n->max_items);
}

static bool read_min_length(struct compiler *c, struct node *n, struct json_object *v)
{
	return whole(c, v, &n->min_length);
}

static bool read_max_length(struct compiler *c, struct node *n, struct json_object *v)
{
	return whole(c, v, &n->max_length);
}

static bool read_unique(struct compiler *c, struct node *n, struct json_object *v)
{
	n->unique = json_object_get_boolean(v);
	return json_object_is_type(v, json_type_boolean) || refuse(c, "uniqueItems must be true or false");
}

static bool read_pattern(struct compiler *c, struct node *n, struct json_object *v)
{
	struct err e = { 0 };

	if (!json_object_is_type(v, json_type_string))
		return refuse(c, "pattern must be a string");
	n->pattern_text = arena_strdup(c->a, json_object_get_string(v));
	n->pattern = pattern_compile(c->a, n->pattern_text, &e);
	return n->pattern || refuse(c, e.msg);
}

static bool limit(struct compiler *c, struct json_object *v, bool *has, long double *value, const char **text)
{
	if (json_object_is_type(v, json_type_int))
		*value = json_object_get_int64(v);
	else if (json_object_is_type(v, json_type_double))
		*value = json_object_get_double(v);
	else
		return refuse(c, "minimum and maximum must be numbers");
	*has = true;
	*text = canonical_text(c->a, v);
	return true;
}

static bool read_minimum(struct compiler *c, struct node *n, struct json_object *v)
{
	return limit(c, v, &n->has_minimum, &n->minimum, &n->minimum_text);
}

static bool read_maximum(struct compiler *c, struct node *n, struct json_object *v)
{
	return limit(c, v, &n->has_maximum, &n->maximum, &n->maximum_text);
}

static bool read_any_of(struct compiler *c, struct node *n, struct json_object *v)
{
	n->any_count = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;
	if (!n->any_count)
		return refuse(c, "anyOf must be a list of schemas");
	n->any_of = arena_array(c->a, n->any_count, sizeof(*n->any_of));
	for (size_t i = 0; i < n->any_count; i++) {
		char part[32];

		snprintf(part, sizeof(part), "anyOf/%zu", i);
		n->any_of[i] = child(c, part, json_object_array_get_idx(v, i));
		if (!n->any_of[i])
			return false;
	}
	return true;
}

static bool read_ref(struct compiler *c, struct node *n, struct json_object *v)
{
	const char *to = json_object_is_type(v, json_type_string) ? json_object_get_string(v) : "";

	if (streq(to, "#"))
		n->ref = c->root;
	for (size_t i = 0; i < c->def_count && strncmp(to, "#/$defs/", 8) == 0; i++)
		if (streq(to + 8, c->defs[i].name))
			n->ref = c->defs[i].node;
	return n->ref || refuse(c, "$ref must be \"#\" or \"#/$defs/NAME\" of a definition that is there");
}

static bool read_defs(struct compiler *c, struct node *n, struct json_object *v)
{
	return n == c->root || refuse(c, "$defs may stand only at the top");
}

static bool ignore(struct compiler *c, struct node *n, struct json_object *v)
{
	return true;
}

static const struct keyword keywords[] = {
	{ "$comment", ignore },
	{ "$defs", read_defs },
	{ "$id", ignore },
	{ "$ref", read_ref },
	{ "$schema", ignore },
	{ "additionalProperties", read_additional },
	{ "anyOf", read_any_of },
	{ "const", read_const },
	{ "default", ignore },
	{ "description", ignore },
	{ "enum", read_enum },
	{ "examples", ignore },
	{ "items", read_items },
	{ "maxItems", read_max_items },
	{ "maxLength", read_max_length },
	{ "maximum", read_maximum },
	{ "minItems", read_min_items },
	{ "minLength", read_min_length },
	{ "minimum", read_minimum },
	{ "pattern", read_pattern },
	{ "properties", read_properties },
	{ "required", read_required },
	{ "title", ignore },
	{ "type", read_type },
	{ "uniqueItems", read_unique },
};

static bool read_node(struct compiler *c, struct node *n, struct json_object *s)
{
	n->min_items = n->max_items = n->min_length = n->max_length = -1;
	if (json_object_is_type(s, json_type_boolean)) {
		n->never = !json_object_get_boolean(s);
		return true;
	}
	if (!json_object_is_type(s, json_type_object))
		return refuse(c, "a schema must be an object, true or false");
	json_object_object_foreach(s, name, v) {
		size_t k = 0;

		while (k < sizeof(keywords) / sizeof(*keywords) && !streq(keywords[k].name, name))
			k++;
		if (k == sizeof(keywords) / sizeof(*keywords)) {
			char what[120];

			snprintf(what, sizeof(what), "the keyword \"%.60s\" is not supported", name);
			return refuse(c, what);
		}
		if (!keywords[k].read(c, n, v))
			return false;
	}
	return true;
}

/* ---- definitions and circles ---- */

static bool read_definitions(struct compiler *c, struct json_object *defs)
{
	size_t i = 0;

	if (!defs)
		return true;
	if (!json_object_is_type(defs, json_type_object))
		return refuse(c, "$defs must be an object");
	c->def_count = (size_t)json_object_object_length(defs);
	c->defs = arena_array(c->a, c->def_count, sizeof(*c->defs));
	json_object_object_foreach(defs, name, s) {
		c->defs[i++] = (struct def){ arena_strdup(c->a, name), s,
					     arena_alloc(c->a, sizeof(struct node)) };
	}
	for (i = 0; i < c->def_count; i++) {
		snprintf(c->at, sizeof(c->at), "/$defs/%s", c->defs[i].name);
		if (!read_node(c, c->defs[i].node, c->defs[i].source))
			return false;
	}
	c->at[0] = '\0';
	return true;
}

/* $ref and anyOf look at the same value again: a circle of them alone never ends. */
static bool free_of_circles(struct compiler *c, struct node *n)
{
	if (n->mark == 2)
		return true;
	if (n->mark == 1)
		return refuse(c, "a $ref leads back to itself without descending");
	n->mark = 1;
	if (n->ref && !free_of_circles(c, (struct node *)n->ref))
		return false;
	for (size_t i = 0; i < n->any_count; i++)
		if (!free_of_circles(c, (struct node *)n->any_of[i]))
			return false;
	n->mark = 2;
	return true;
}

/* Circles pass through the root or a definition: nothing else can be referred to. */
struct schema *schema_compile(struct arena *a, struct json_object *schema, struct err *e)
{
	struct compiler c = { .a = a, .e = e, .root = arena_alloc(a, sizeof(struct node)) };
	struct schema *s = arena_alloc(a, sizeof(*s));

	if (!read_definitions(&c, json_get(schema, "$defs")) || !read_node(&c, c.root, schema) ||
	    !free_of_circles(&c, c.root))
		return NULL;
	for (size_t i = 0; i < c.def_count; i++)
		if (!free_of_circles(&c, c.defs[i].node))
			return NULL;
	s->root = c.root;
	return s;
}
