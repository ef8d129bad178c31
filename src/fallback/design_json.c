/* SPDX-License-Identifier: MIT */
/* A design as the Architect's output has it, written and read back; what is read may
   come from anybody, so every name and label is made safe again. */
#include <string.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/design_json.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/understand.h"

enum { MAX_NUMBER = 3650, MAX_COUNT = 60, MAX_TEXT = 400 };

static const char *const types[] = {
	"text",	    "longtext", "integer", "decimal",	"money", "date",
	"datetime", "boolean",	"choice",  "reference", "tags",	 "email",
};

static const char *const kinds[] = {
	"lending.availability", "lending.limit",     "lending.days",	 "lending.return",  "lending.overdue",
	"booking.overlap",	"booking.durations", "booking.longest",	 "booking.hours",   "booking.today",
	"signup.once",		"signup.capacity",   "signup.limit",	 "billing.lines",   "billing.vat",
	"billing.paid",		"billing.revenue",   "sharing.balances", "scaling.amounts", "planning.week",
	"planning.shopping",	"stock.floor",	     "stock.low",	 "reminder.due",    "board.status",
	"totals.month",		"limit.per_holder",  "export.csv",
};

static const char *one_of(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (streq(text, list[i]))
			return list[i];
	return NULL;
}

struct value *design_write_entity(struct design *d, const struct entity *en)
{
	struct value *v = value_object(d->a), *fields = value_list(d->a);

	set_text(d->a, v, "name", en->name);
	set_text(d->a, v, "plural", en->plural);
	set_text(d->a, v, "label", en->label);
	set_text(d->a, v, "plural_label", en->plural_label);
	set_text(d->a, v, "kind",
		 *en->part_of ? "part"
		 : en->event  ? "event"
		 : en->person ? "person"
			      : "thing");
	set_text(d->a, v, "part_of", en->part_of);
	for (size_t i = 0; i < en->n_fields; i++) {
		const struct field *f = &en->fields[i];
		struct value *one = value_object(d->a), *choices = value_list(d->a);
		set_text(d->a, one, "name", f->name);
		set_text(d->a, one, "label", f->label);
		set_text(d->a, one, "type", f->type);
		set_bool(d->a, one, "required", f->required);
		set_bool(d->a, one, "unique", f->unique);
		for (size_t k = 0; k < f->n_choices; k++)
			value_add(d->a, choices, value_text(d->a, f->choices[k]));
		value_set(d->a, one, "choices", choices);
		set_text(d->a, one, "references", f->references);
		set_text(d->a, one, "initial", f->initial);
		set_text(d->a, one, "hint", f->hint);
		value_add(d->a, fields, one);
	}
	value_set(d->a, v, "fields", fields);
	set_text(d->a, v, "source", en->source);
	return v;
}

struct value *design_write_rule(struct design *d, const struct rule *r)
{
	struct value *v = value_object(d->a), *values = value_list(d->a);

	set_text(d->a, v, "id", arena_printf(d->a, "R%d", (int)(r - d->rules) + 1));
	set_text(d->a, v, "kind", r->kind);
	set_text(d->a, v, "statement", r->statement);
	set_text(d->a, v, "entity", r->entity);
	set_text(d->a, v, "item", r->item);
	set_text(d->a, v, "holder", r->holder);
	set_text(d->a, v, "field", r->field);
	set_int(d->a, v, "number", r->number);
	for (size_t i = 0; i < r->n_values; i++)
		value_add(d->a, values, value_text(d->a, r->values[i]));
	value_set(d->a, v, "values", values);
	set_text(d->a, v, "source", r->source);
	return v;
}

/* Shortened text that lives in the arena. */
static const char *text_of(struct design *d, struct json_object *o, const char *key)
{
	const char *s = json_get_str(o, key, "");
	size_t n = utf8_prefix(s, strlen(s), MAX_TEXT);

	return arena_strndup(d->a, s, n);
}

static void read_field(struct design *d, struct entity *en, struct json_object *o)
{
	const char *type = one_of(json_get_str(o, "type", "text"), types, sizeof(types) / sizeof(*types));
	const char *label = make_label(d->a, text_of(d, o, "label"));
	struct field *f = design_field(d, en, text_of(d, o, "name"), type ? type : "text");
	struct json_object *choices = json_get_array(o, "choices");

	if (!f)
		return;
	if (*label)
		f->label = label;
	f->required = json_get_bool(o, "required", false);
	f->unique = json_get_bool(o, "unique", false) && streq(f->type, "text");
	f->n_choices = 0;
	for (size_t i = 0; choices && i < json_object_array_length(choices) && f->n_choices < MAX_CHOICES;
	     i++) {
		struct json_object *c = json_object_array_get_idx(choices, i);
		const char *text = json_object_is_type(c, json_type_string) ? json_object_get_string(c) : "";
		bool plain = *text && streq(lower(d->a, make_label(d->a, text)), lower(d->a, text));
		if (plain && (streq(f->type, "choice") ||
			      (streq(f->type, "integer") && strspn(text, "0123456789") == strlen(text) &&
			       strlen(text) < 6)))
			f->choices[f->n_choices++] = arena_strdup(d->a, text);
	}
	if (streq(f->type, "choice") && !f->n_choices)
		f->type = "text";
	f->references = streq(f->type, "reference") ? make_name(d->a, text_of(d, o, "references")) : "";
	/* The application calls a reference as what it refers to. */
	if (*f->references && !streq(f->references, f->name) && entity_field(en, f->references))
		en->n_fields--;
	else if (*f->references)
		f->name = f->references;
	f->initial = streq(json_get_str(o, "initial", ""), "today") && streq(f->type, "date") ? "today" : "";
	f->hint = text_of(d, o, "hint");
}

static void read_entity(struct design *d, struct json_object *o)
{
	const char *name = make_name(d->a, text_of(d, o, "name"));
	const char *kind = json_get_str(o, "kind", "thing");
	struct json_object *fields = json_get_array(o, "fields");

	if (!*name || design_entity(d, name))
		return;
	struct entity *en = design_add(d, name, text_of(d, o, "source"), 8);
	if (!en)
		return;
	const char *label = make_label(d->a, text_of(d, o, "label"));
	const char *plural_label = make_label(d->a, text_of(d, o, "plural_label"));
	en->name = name;
	en->label = *label ? label : make_label(d->a, name);
	en->plural_label = *plural_label ? plural_label : make_label(d->a, en->plural);
	en->person = streq(kind, "person");
	en->event = streq(kind, "event");
	en->part_of = make_name(d->a, text_of(d, o, "part_of"));
	for (size_t i = 0; fields && i < json_object_array_length(fields); i++)
		read_field(d, en, json_object_array_get_idx(fields, i));
}

static void read_rule(struct design *d, struct json_object *o)
{
	const char *kind = one_of(json_get_str(o, "kind", ""), kinds, sizeof(kinds) / sizeof(*kinds));
	struct entity *en = design_entity(d, make_name(d->a, text_of(d, o, "entity")));
	struct json_object *values = json_get_array(o, "values");

	if (!kind || (!en && !streq(kind, "export.csv")))
		return;
	struct rule *r = design_set_rule(d, kind, streq(kind, "export.csv") ? NULL : en, "");
	r->source = text_of(d, o, "source");
	r->statement = text_of(d, o, "statement");
	r->item = make_name(d->a, text_of(d, o, "item"));
	if (streq(kind, "totals.month")) /* the field with the date */
		r->item = make_field_name(d->a, text_of(d, o, "item"));
	r->holder = make_name(d->a, text_of(d, o, "holder"));
	r->field = make_field_name(d->a, text_of(d, o, "field"));
	int64_t number = json_get_int(o, "number", 0);
	bool is_count = strstr("lending.limit signup.capacity signup.limit limit.per_holder", kind) != NULL;
	bool is_percent = streq(kind, "billing.vat");
	r->number = number > 0 && number <= (is_count	  ? MAX_COUNT
					     : is_percent ? 100
							  : MAX_NUMBER)
			? (int)number
			: 0;
	for (size_t i = 0; values && i < json_object_array_length(values) && r->n_values < MAX_CHOICES; i++) {
		struct json_object *value = json_object_array_get_idx(values, i);
		if (json_object_is_type(value, json_type_string) &&
		    strlen(json_object_get_string(value)) < 40)
			r->values[r->n_values++] = arena_strdup(d->a, json_object_get_string(value));
	}
}

bool design_read_json(struct design *d, struct json_object *output)
{
	struct json_object *entities = json_get_array(output, "entities");
	struct json_object *rules = json_get_array(output, "rules");

	for (size_t i = 0; entities && i < json_object_array_length(entities); i++)
		read_entity(d, json_object_array_get_idx(entities, i));
	if (!d->n_entities)
		return false;
	for (size_t i = 0; rules && i < json_object_array_length(rules); i++)
		read_rule(d, json_object_array_get_idx(rules, i));
	d->purpose = text_of(d, output, "purpose");
	if (!*d->title)
		d->title = "Record keeper";
	design_complete(d);
	return true;
}
