/* SPDX-License-Identifier: MIT */
#include "fallback/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/hours.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/samples.h"

const char *rule_part(const struct rule *r)
{
	const char *dot = strchr(r->kind, '.');
	return dot ? dot + 1 : "other";
}

const char *rule_feature(struct design *d, const struct rule *r)
{
	const char *dot = strchr(r->kind, '.');
	return dot ? arena_strndup(d->a, r->kind, (size_t)(dot - r->kind)) : "other";
}

struct value *view_entity(struct design *d, const struct entity *en)
{
	struct value *v = value_object(d->a);

	set_text(d->a, v, "name", en->name);
	set_text(d->a, v, "plural", en->plural);
	set_text(d->a, v, "label", en->label);
	set_text(d->a, v, "plural_label", en->plural_label);
	set_text(d->a, v, "lower", field_label_lower(d, en->label));
	const char *one = field_label_lower(d, en->label);
	const char *article = strchr("aeiou", one[0]) ? "an" : "a";
	set_text(d->a, v, "one", arena_printf(d->a, "%s %s", article, one));
	set_text(d->a, v, "One", arena_printf(d->a, "A%s %s", article + 1, one));
	set_text(d->a, v, "plural_lower", field_label_lower(d, en->plural_label));
	set_text(d->a, v, "class_name", make_class_name(d->a, en->name));
	return v;
}

static struct value *view_field_name(struct design *d, const struct field *f)
{
	struct value *v = value_object(d->a);

	set_text(d->a, v, "name", f->name);
	set_text(d->a, v, "label", f->label);
	set_text(d->a, v, "lower", field_label_lower(d, f->label));
	return v;
}

static struct value *texts(struct design *d, const char *const *values, size_t n)
{
	struct value *list = value_list(d->a);

	for (size_t i = 0; i < n; i++)
		value_add(d->a, list, value_text(d->a, values[i]));
	return list;
}

/* Addresses of the pages that a rule brings; the second of a kind gets its entity's name. */
static const char *path_of(struct design *d, const struct rule *r)
{
	static const struct { const char *kind, *path;
	} paths[] = {
		{ "lending.overdue", "overdue" },    { "booking.today", "today" },
		{ "reminder.due", "reminders" },     { "billing.revenue", "revenue" },
		{ "export.csv", "export" },	     { "planning.week", "week" },
		{ "planning.shopping", "shopping" }, { "stock.low", "low" },
		{ "sharing.balances", "balances" },  { "board.status", "board" },
		{ "totals.month", "totals" },
	};
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (!streq(paths[i].kind, r->kind))
			continue;
		if (design_rule(d, r->kind, NULL) == r)
			return paths[i].path;
		return arena_printf(d->a, "%s_%s", paths[i].path, r->entity);
	}
	return NULL;
}

static void set_people_and_things(struct design *d, struct value *v, const struct rule *r)
{
	struct entity *en = design_entity(d, r->entity);
	struct entity *item = design_entity(d, r->item), *holder = design_entity(d, r->holder);
	struct field *f = en ? entity_field(en, r->field) : NULL;

	if (en)
		value_set(d->a, v, "entity", view_entity(d, en));
	if (item)
		value_set(d->a, v, "item", view_entity(d, item));
	else if (en && entity_field(en, r->item))
		value_set(d->a, v, "item", view_field_name(d, entity_field(en, r->item)));
	if (holder)
		value_set(d->a, v, "holder", view_entity(d, holder));
	if (!f && item)
		f = entity_field(item, r->field);
	if (f)
		value_set(d->a, v, "field", view_field_name(d, f));
}

static struct value *opening_list(struct design *d, const struct rule *r, struct value *closed)
{
	struct value *list = value_list(d->a);
	bool open[7] = { false };

	for (size_t i = 0; i < r->n_values; i++) {
		int day;
		char opens[6], closes[6];
		if (!hours_read(r->values[i], &day, opens, closes))
			continue;
		struct value *v = value_object(d->a);
		open[day] = true;
		set_int(d->a, v, "day", day);
		set_text(d->a, v, "name", day_name(day));
		set_text(d->a, v, "opens", arena_strdup(d->a, opens));
		set_text(d->a, v, "closes", arena_strdup(d->a, closes));
		value_add(d->a, list, v);
	}
	for (int day = 0; day < 7; day++) {
		if (open[day])
			continue;
		struct value *v = value_object(d->a);
		set_int(d->a, v, "day", day);
		value_add(d->a, closed, v);
	}
	return list;
}

static struct value *view_part(struct design *d, const struct rule *r)
{
	struct value *v = value_object(d->a);

	if (r->number)
		set_int(d->a, v, "number", r->number);
	if (r->n_values)
		value_set(d->a, v, "values", texts(d, r->values, r->n_values));
	if (path_of(d, r))
		set_text(d->a, v, "path", path_of(d, r));
	return v;
}

static void set_booking(struct design *d, struct value *m, const struct rule *r)
{
	struct booking_sample sample = sample_booking(d, r->entity);
	const struct rule *hours = design_rule(d, "booking.hours", r->entity);
	const struct rule *durations = design_rule(d, "booking.durations", r->entity);
	const struct entity *en = design_entity(d, r->entity);
	struct value *start = value_object(d->a), *closed = value_list(d->a);

	set_int(d->a, start, "day", sample.day);
	set_text(d->a, start, "time", sample.time);
	set_int(d->a, start, "minutes", sample.minutes);
	value_set(d->a, m, "start", start);
	set_int(d->a, m, "zero_status", durations ? 422 : 409);
	if (durations)
		set_int(d->a, m, "wrong_minutes", sample.wrong_minutes);
	if (hours) {
		value_set(d->a, m, "openings", opening_list(d, hours, closed));
		value_set(d->a, m, "closed", closed);
		set_bool(d->a, m, "some_closed", value_count(closed) > 0);
		int opens = atoi(sample.time) * 60 + atoi(sample.time + 3);
		if (opens > 0) {
			struct value *early = value_object(d->a);
			set_int(d->a, early, "day", sample.day);
			set_text(d->a, early, "time",
				 arena_printf(d->a, "%02d:%02d", (opens - 1) / 60, (opens - 1) % 60));
			value_set(d->a, m, "early", early);
		}
	}
	/* Whom the booking is for: the first other reference. */
	for (size_t i = 0; i < en->n_fields; i++) {
		struct entity *to = design_entity(d, en->fields[i].references);
		if (to && !streq(to->name, r->item)) {
			value_set(d->a, m, "holder", view_entity(d, to));
			break;
		}
	}
}

static void set_billing(struct design *d, struct value *m, const struct rule *r)
{
	const struct rule *vat = design_rule(d, "billing.vat", r->entity);
	int cents = vat ? (2550 * vat->number + 50) / 100 : 0;

	set_text(d->a, m, "vat_2550", arena_printf(d->a, "%d.%02d", cents / 100, cents % 100));
	set_text(d->a, m, "total_2550",
		 arena_printf(d->a, "%d.%02d", (cents + 2550) / 100, (cents + 2550) % 100));
}

static void set_reminder(struct design *d, struct value *m, const struct rule *r)
{
	struct entity *en = design_entity(d, r->entity);
	bool first = design_rule(d, "reminder.due", NULL) == r;

	set_text(d->a, m, "title",
		 first ? "Reminders" : arena_printf(d->a, "Reminders: %s", en->plural_label));
	for (size_t i = 0; i < en->n_fields; i++)
		if (streq(en->fields[i].type, "boolean") &&
		    strstr("done finished completed returned paid", en->fields[i].name))
			value_set(d->a, m, "done", view_field_name(d, &en->fields[i]));
	struct field *whose = entity_field(en, r->holder);
	if (whose && *whose->references)
		value_set(d->a, m, "holder", view_field_name(d, whose));
}

static void set_planning(struct design *d, struct value *m, const struct rule *r)
{
	const struct rule *shopping = design_rule(d, "planning.shopping", r->entity);
	const struct rule *scaling = design_rule(d, "scaling.amounts", r->item);
	struct entity *en = design_entity(d, r->entity);
	struct entity *lines = shopping ? design_entity(d, shopping->holder) : NULL;

	if (lines)
		value_set(d->a, m, "lines", view_entity(d, lines));
	struct field *f = scaling ? entity_field(en, scaling->field) : NULL;
	if (f)
		value_set(d->a, m, "servings", view_field_name(d, f));
}

struct value *view_module(struct design *d, const struct rule *first)
{
	struct value *m = value_object(d->a);
	const char *feature = rule_feature(d, first);
	size_t before = 0;

	for (const struct rule *r = d->rules; r < first; r++)
		before += streq(rule_feature(d, r), feature) && !streq(r->entity, first->entity);
	const char *suffix = before ? arena_printf(d->a, "_%s", first->entity) : "";
	set_text(d->a, m, "feature", feature);
	set_text(d->a, m, "module", arena_printf(d->a, "%s_rules%s", feature, suffix));
	set_text(d->a, m, "test_module", arena_printf(d->a, "test_%s%s", feature, suffix));
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct rule *r = &d->rules[i];
		if (!streq(rule_feature(d, r), feature) || !streq(r->entity, first->entity))
			continue;
		struct value *part = view_part(d, r);
		set_people_and_things(d, m, r);
		value_set(d->a, m, rule_part(r), part);
		if (path_of(d, r) && !value_get(m, "path"))
			set_text(d->a, m, "path", path_of(d, r));
		if (r->number && !value_get(m, "number"))
			set_int(d->a, m, "number", r->number);
	}
	const struct rule *capacity = design_rule(d, "signup.capacity", first->entity);
	if (capacity) {
		value_set(d->a, m, "fixed", value_bool(d->a, !*capacity->field));
		set_int(d->a, m, "test_places", *capacity->field ? 2 : capacity->number);
	}
	if (streq(feature, "booking"))
		set_booking(d, m, first);
	if (streq(feature, "billing"))
		set_billing(d, m, first);
	if (streq(feature, "reminder"))
		set_reminder(d, m, first);
	if (streq(feature, "planning"))
		set_planning(d, m, design_rule(d, "planning.week", first->entity));
	if (streq(feature, "board")) {
		struct field *f = entity_field(design_entity(d, first->entity), first->field);
		value_set(d->a, m, "values", texts(d, f->choices, f->n_choices));
	}
	return m;
}

struct value *view_rule(struct design *d, const struct rule *r)
{
	struct value *v = view_part(d, r);

	set_people_and_things(d, v, r);
	value_set(d->a, v, arena_printf(d->a, "is_%s_%s", rule_feature(d, r), rule_part(r)),
		  value_bool(d->a, true));
	set_text(d->a, v, "statement", r->statement);
	set_text(d->a, v, "source", r->source);
	if (streq(r->kind, "booking.hours")) {
		struct value *closed = value_list(d->a);
		value_set(d->a, v, "openings", opening_list(d, r, closed));
	}
	if (streq(r->kind, "board.status")) {
		struct field *f = entity_field(design_entity(d, r->entity), r->field);
		if (f)
			value_set(d->a, v, "values", texts(d, f->choices, f->n_choices));
	}
	set_int(d->a, v, "one_more", r->number + 1);
	return v;
}

size_t design_modules(struct design *d, const struct rule **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_rules && n < max; i++) {
		bool seen = streq(d->rules[i].kind, "other");
		for (size_t k = 0; k < n && !seen; k++)
			seen = streq(rule_feature(d, out[k]), rule_feature(d, &d->rules[i])) &&
			       streq(out[k]->entity, d->rules[i].entity);
		if (!seen)
			out[n++] = &d->rules[i];
	}
	return n;
}

static struct value *view_full_field(struct design *d, const struct field *f)
{
	struct value *v = view_field_name(d, f);

	set_text(d->a, v, "type", f->type);
	set_bool(d->a, v, "required", f->required);
	set_bool(d->a, v, "unique", f->unique);
	if (f->n_choices) {
		set_bool(d->a, v, "has_choices", true);
		value_set(d->a, v, "choices", texts(d, f->choices, f->n_choices));
	}
	static const char *const whole[] = { "integer", "money", "boolean", "reference" };
	const char *sql = streq(f->type, "decimal") ? "REAL" : "TEXT";
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (streq(f->type, whole[i]))
			sql = "INTEGER";
	set_text(d->a, v, "sql_type", sql);
	struct entity *to = design_entity(d, f->references);
	set_text(d->a, v, "refers_plural", to ? to->plural : "");
	/* "" keeps an outer value of this name out of sight. */
	set_text(d->a, v, "references", f->references);
	set_text(d->a, v, "default", f->initial);
	set_text(d->a, v, "hint", f->hint);
	set_bool(d->a, v, "later", false);
	return v;
}

/* What only an action fills in is not asked for when a record is new. */
static struct value *view_field_of(struct design *d, const struct entity *en, const struct field *f)
{
	struct value *v = view_full_field(d, f);
	bool lends = design_rule(d, "lending.return", en->name) != NULL;
	bool bills = design_rule(d, "billing.paid", en->name) != NULL;

	set_bool(d->a, v, "later",
		 (lends && (streq(f->name, "returned_on") || streq(f->name, "return_note"))) ||
		     (bills && streq(f->name, "paid_on")));
	return v;
}

struct value *design_view(struct design *d)
{
	struct value *v = value_object(d->a), *entities = value_list(d->a), *tops = value_list(d->a);
	struct value *modules = value_list(d->a);
	const struct rule *firsts[MAX_RULES];
	unsigned hash = 5381;

	set_text(d->a, v, "project", d->title);
	set_text(d->a, v, "purpose", d->purpose);
	for (const char *c = d->title; *c; c++)
		hash = hash * 33 + (unsigned char)*c;
	static const struct { const char *light, *dark;
	} accents[] = {
		{ "1f5fbf", "7fb2ff" }, { "1a6e5a", "6fd3b5" }, { "8a3fa0", "d59ae6" },
		{ "a34a12", "f3a973" }, { "3d5a1e", "b1d384" }, { "9b2c5a", "f19ac0" },
	};
	set_text(d->a, v, "accent", accents[hash % 6].light);
	set_text(d->a, v, "accent_dark", accents[hash % 6].dark);
	for (size_t i = 0; i < d->n_entities; i++) {
		const struct entity *en = &d->entities[i];
		struct value *one = view_entity(d, en), *fields = value_list(d->a);
		for (size_t k = 0; k < en->n_fields; k++)
			value_add(d->a, fields, view_field_of(d, en, &en->fields[k]));
		value_set(d->a, one, "fields", fields);
		set_text(d->a, one, "part_of", en->part_of);
		samples_add(d, one, en);
		value_add(d->a, entities, one);
		if (!*en->part_of)
			value_add(d->a, tops, view_entity(d, en));
	}
	value_set(d->a, v, "entities", entities);
	value_set(d->a, v, "tops", tops);
	const struct entity *first = sample_first(d);
	value_set(d->a, v, "first", view_entity(d, first));
	set_text(d->a, v, "first_text", sample_text_field(first)->name);
	size_t n = design_modules(d, firsts, MAX_RULES);
	for (size_t i = 0; i < n; i++)
		value_add(d->a, modules, view_module(d, firsts[i]));
	value_set(d->a, v, "modules", modules);
	set_bool(d->a, v, "has_rules", d->n_rules > 0);
	return v;
}
