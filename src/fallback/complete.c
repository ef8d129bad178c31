/* SPDX-License-Identifier: MIT */
/*
 * Makes a design consistent, wherever it comes from: what a rule needs is there and of
 * the right type, references lead somewhere and not in circles, everything has a title.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/hours.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/understand.h"

enum { WEIGHT_ENOUGH = 4, SHORTEST = 30 };

/* What the rules of a feature need: on their entity (E) or item (I), of which type. */
static const struct need {
	const char *feature;
	char on;
	const char *name,
	    *type; /* type "item", "holder", "entity": a reference to it; name "*" is the rule's field */
	bool required;
	const char *initial;
} needs[] = {
	{ "lending", 'E', "", "item", true, "" },
	{ "lending", 'E', "", "holder", true, "" },
	{ "lending", 'E', "borrowed on", "date", false, "today" },
	{ "lending", 'E', "due on", "date", false, "" },
	{ "lending", 'E', "returned on", "date", false, "" },
	{ "lending", 'E', "return note", "longtext", false, "" },
	{ "booking", 'E', "", "item", true, "" },
	{ "booking", 'E', "starts at", "datetime", true, "" },
	{ "booking", 'E', "minutes", "integer", true, "" },
	{ "billing", 'E', "paid on", "date", false, "" },
	{ "billing", 'I', "", "entity", true, "" },
	{ "billing", 'I', "description", "text", true, "" },
	{ "billing", 'I', "quantity", "decimal", true, "" },
	{ "billing", 'I', "price", "money", true, "" },
	{ "scaling", 'E', "*", "integer", true, "" },
	{ "scaling", 'I', "", "entity", true, "" },
	{ "scaling", 'I', "name", "text", true, "" },
	{ "scaling", 'I', "quantity", "decimal", false, "" },
	{ "scaling", 'I', "unit", "text", false, "" },
	{ "planning", 'E', "day", "date", true, "" },
	{ "planning", 'E', "", "item", true, "" },
	{ "signup", 'E', "", "item", true, "" },
	{ "signup", 'E', "", "holder", true, "" },
	{ "signup", 'I', "*", "integer", true, "" },
	{ "stock", 'E', "", "item", true, "" },
	{ "stock", 'E', "direction", "choice", true, "" },
	{ "stock", 'E', "quantity", "integer", true, "" },
	{ "stock", 'I', "minimum", "integer", false, "" },
	{ "sharing", 'E', "", "holder", true, "" },
	{ "sharing", 'E', "*", "money", true, "" },
	{ "reminder", 'E', "*", "date", true, "" },
	{ "board", 'E', "*", "choice", false, "" },
	{ "totals", 'E', "*", "money", false, "" },
	{ "limit", 'E', "", "holder", true, "" },
};

/* Names that a feature computes for an entity and that no field may have. */
static const struct { const char *feature; char on; const char *name;
} computed[] = {
	{ "lending", 'I', "availability" }, { "lending", 'I', "available" },
	{ "lending", 'E', "state" },	    { "lending", 'E', "returned" },
	{ "lending", 'I', "borrowed" },	    { "booking", 'E', "ends_at" },
	{ "booking", 'E', "duration" },	    { "booking", 'E', "end" },
	{ "booking", 'E', "start" },	    { "booking", 'E', "time" },
	{ "booking", 'E', "start_time" },   { "booking", 'E', "end_time" },
	{ "booking", 'E', "date" },	    { "billing", 'E', "net" },
	{ "billing", 'E', "vat" },	    { "billing", 'E', "total" },
	{ "billing", 'E', "state" },	    { "billing", 'E', "paid" },
	{ "billing", 'I', "amount" },	    { "billing", 'E', "status" },
	{ "signup", 'I', "places_left" },   { "stock", 'I', "in_stock" },
	{ "stock", 'I', "level" },	    { "stock", 'I', "stock" },
	{ "stock", 'I', "quantity" },
};

static bool of_feature(const struct rule *r, const char *feature)
{
	size_t n = strlen(feature);
	return strncmp(r->kind, feature, n) == 0 && r->kind[n] == '.';
}

static void ensure_field(struct design *d, struct entity *on, const struct need *need, struct rule *r)
{
	const char *phrase = streq(need->name, "*") ? r->field : need->name;

	if (!*phrase)
		return;
	if (streq(need->name, "minimum") && !streq(r->kind, "stock.low"))
		return;
	const char *name = make_field_name(d->a, phrase);
	struct field *f = entity_field(on, name);
	if (!f && on->n_fields == MAX_FIELDS)
		on->n_fields--;
	if (!f)
		f = design_field(d, on, phrase, need->type);
	if (!f)
		return;
	if (!streq(need->type, "choice") && !streq(need->name, "minutes"))
		f->n_choices = 0;
	f->type = need->type;
	f->references = "";
	f->required = need->required;
	f->unique = false;
	if (*need->initial)
		f->initial = need->initial;
	if (streq(need->name, "direction")) {
		f->choices[0] = "in";
		f->choices[1] = "out";
		f->n_choices = 2;
	}
}

static void ensure_needs(struct design *d, struct rule *r)
{
	struct entity *en = design_entity(d, r->entity);
	struct entity *item = design_entity(d, r->item), *holder = design_entity(d, r->holder);

	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		const struct need *need = &needs[i];
		struct entity *on = need->on == 'E' ? en : item;
		struct entity *to = streq(need->type, "item") ? item : streq(need->type, "holder") ? holder :
				    streq(need->type, "entity") ? en : NULL;
		if (!of_feature(r, need->feature) || !on)
			continue;
		if (*need->name) {
			ensure_field(d, on, need, r);
		} else if (to && to != on) {
			if (on->n_fields == MAX_FIELDS && !entity_field(on, to->name))
				on->n_fields--;
			design_reference(d, on, to, true);
		}
	}
	for (size_t i = 0; i < sizeof(computed) / sizeof(*computed); i++) {
		struct entity *on = computed[i].on == 'E' ? en : item;
		if (of_feature(r, computed[i].feature) && on)
			entity_drop_field(on, computed[i].name);
	}
	/* What is planned may be for more or fewer than the recipe says. */
	const struct rule *scaling = item ? design_rule(d, "scaling.amounts", item->name) : NULL;
	if (of_feature(r, "planning") && en && scaling && !entity_field(en, scaling->field))
		design_field(d, en, scaling->field, "integer");
	if ((of_feature(r, "billing") || of_feature(r, "scaling")) && item && en)
		item->part_of = en->name;
}

static bool has_what_it_needs(struct design *d, struct rule *r)
{
	struct entity *en = design_entity(d, r->entity);
	struct entity *item = design_entity(d, r->item), *holder = design_entity(d, r->holder);
	bool three = en && item && holder && en != item && en != holder && item != holder;

	if (streq(r->kind, "export.csv") || streq(r->kind, "other"))
		return true;
	if (of_feature(r, "lending"))
		return three && ((!streq(r->kind, "lending.limit") && !streq(r->kind, "lending.days")) ||
				 r->number > 0);
	if (of_feature(r, "signup"))
		return three && (streq(r->kind, "signup.once") || r->number > 0 || *r->field);
	if (streq(r->kind, "planning.shopping"))
		return three;
	if (streq(r->kind, "booking.longest"))
		return en && item && en != item && r->number > 0 && r->number <= 1440;
	if (of_feature(r, "booking") || of_feature(r, "billing") || of_feature(r, "stock") ||
	    streq(r->kind, "planning.week"))
		return en && item && en != item;
	if (of_feature(r, "scaling"))
		return en && item && en != item && *r->field;
	if (of_feature(r, "sharing"))
		return en && holder && en != holder && *r->field;
	if (of_feature(r, "limit"))
		return en && holder && en != holder && r->number > 0;
	if (of_feature(r, "reminder"))
		return en && *r->field && r->number > 0;
	if (of_feature(r, "board"))
		return en && entity_field(en, r->field) && entity_field(en, r->field)->n_choices > 1;
	if (of_feature(r, "totals"))
		return en && *r->field && entity_field(en, r->item);
	return false;
}

static void drop_rules(struct design *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_rules; i++)
		if (has_what_it_needs(d, &d->rules[i]))
			d->rules[kept++] = d->rules[i];
	d->n_rules = kept;
}

/* A feature's parts stand on one base rule; without it they would lack what it brings. */
static void add_base_rules(struct design *d)
{
	static const struct { const char *feature, *base;
	} bases[] = {
		{ "lending", "lending.return" },  { "lending", "lending.availability" },
		{ "booking", "booking.overlap" }, { "billing", "billing.lines" },
		{ "billing", "billing.paid" },	  { "signup", "signup.once" },
		{ "stock", "stock.floor" },	  { "planning", "planning.week" },
	};
	for (size_t i = 0, n = d->n_rules; i < n; i++)
		for (size_t k = 0; k < sizeof(bases) / sizeof(*bases); k++) {
			struct rule from = d->rules[i];
			if (!of_feature(&from, bases[k].feature) ||
			    design_rule(d, bases[k].base, from.entity) || d->n_rules == MAX_RULES)
				continue;
			struct rule *base =
			    design_set_rule(d, bases[k].base, design_entity(d, from.entity), "");
			base->item = from.item;
			base->holder = streq(bases[k].feature, "planning") ? "" : from.holder;
		}
}

static int minutes_between(const char *opens, const char *closes)
{
	return (atoi(closes) - atoi(opens)) * 60 + atoi(closes + 3) - atoi(opens + 3);
}

/* Hours in which two of the shortest bookings do not fit would refuse nearly everything. */
static void check_booking(struct design *d, struct rule *r)
{
	struct rule *durations = design_rule(d, "booking.durations", r->entity);
	struct entity *en = design_entity(d, r->entity);
	struct field *minutes = en ? entity_field(en, "minutes") : NULL;
	int shortest = SHORTEST, longest = SHORTEST, best = 0;

	const struct rule *most = design_rule(d, "booking.longest", r->entity);
	if (most)
		longest = most->number;
	if (most && most->number < shortest)
		shortest = most->number;
	if (durations) {
		size_t kept = 0;
		for (size_t i = 0; i < durations->n_values; i++) {
			int value = atoi(durations->values[i]);
			if (value < 1 || value > 1440)
				continue;
			shortest = kept == 0 || value < shortest ? value : shortest;
			longest = value > longest || kept == 0 ? value : longest;
			durations->values[kept++] = arena_printf(d->a, "%d", value);
		}
		durations->n_values = kept;
		if (!kept)
			durations->kind = "dropped";
		if (minutes) {
			minutes->n_choices = kept;
			memcpy(minutes->choices, durations->values, kept * sizeof(char *));
		}
	}
	if (!streq(r->kind, "booking.hours"))
		return;
	size_t kept = 0;
	bool seen[7] = { false };
	for (size_t i = 0; i < r->n_values; i++) {
		int day;
		char opens[6], closes[6];
		if (!hours_read(r->values[i], &day, opens, closes) || seen[day] ||
		    minutes_between(opens, closes) < shortest * 2)
			continue;
		seen[day] = true;
		best = minutes_between(opens, closes) > best ? minutes_between(opens, closes) : best;
		r->values[kept++] = r->values[i];
	}
	r->n_values = kept;
	if (!kept || best < longest)
		r->kind = "dropped";
}

static bool is_referred_to(struct design *d, const char *name)
{
	for (size_t i = 0; i < d->n_entities; i++)
		for (size_t k = 0; k < d->entities[i].n_fields; k++)
			if (streq(d->entities[i].fields[k].references, name) &&
			    !streq(d->entities[i].name, name))
				return true;
	for (size_t i = 0; i < d->n_rules; i++)
		if (streq(d->rules[i].entity, name) || streq(d->rules[i].item, name) ||
		    streq(d->rules[i].holder, name))
			return true;
	return false;
}

static void choose_entities(struct design *d)
{
	size_t kept = 0, best = 0;

	for (size_t i = 1; i < d->n_entities; i++)
		if (d->entities[i].weight > d->entities[best].weight)
			best = i;
	bool any = false;
	for (size_t i = 0; i < d->n_entities; i++)
		any |= d->entities[i].weight >= WEIGHT_ENOUGH || d->entities[i].n_fields > 0;
	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		bool stays = en->weight >= WEIGHT_ENOUGH || en->n_fields > 0 || is_referred_to(d, en->name) ||
			     (!any && i == best);
		if (stays)
			d->entities[kept++] = *en;
	}
	d->n_entities = kept;
	if (!d->n_entities) {
		struct entity *en = design_add(d, "entry", "", WEIGHT_ENOUGH);
		design_field(d, en, "title", "text");
		design_field(d, en, "description", "longtext");
		design_field(d, en, "date", "date");
		design_field(d, en, "done", "boolean");
	}
}

static bool any_text(const struct design *d)
{
	for (size_t i = 0; i < d->n_entities; i++)
		for (size_t k = 0; k < d->entities[i].n_fields; k++)
			if (streq(d->entities[i].fields[k].type, "text"))
				return true;
	return false;
}

static void put_first(struct entity *en, struct field *f)
{
	struct field moved = *f;

	memmove(en->fields + 1, en->fields, (size_t)(f - en->fields) * sizeof(*f));
	en->fields[0] = moved;
}

static struct field *title_of(struct entity *en)
{
	static const char *const titles[] = {
		"name", "title", "subject", "description", "question", "label"
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		struct field *f = entity_field(en, titles[i]);
		if (f && streq(f->type, "text"))
			return f;
	}
	return NULL;
}

static void give_title(struct design *d, struct entity *en)
{
	struct field *f = title_of(en);

	if (en->event)
		return;
	if (!f && !(*en->part_of && en->n_fields > 1)) {
		if (en->n_fields == MAX_FIELDS)
			en->n_fields--;
		entity_drop_field(en, "name");
		f = design_field(d, en, "name", "text");
	}
	if (!f)
		return;
	f->required = true;
	put_first(en, f);
	if (en->person && en->n_fields == 1)
		design_field(d, en, "phone", "text");
	else if (en->n_fields == 1 && !*en->part_of)
		design_field(d, en, "description", "longtext");
}

/* Something that happens happens to what the brief is about. */
static void link_events(struct design *d)
{
	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		struct entity *to = main_entity(d, en);
		size_t references = 0;
		bool books = design_rule(d, "booking.overlap", en->name) != NULL;
		for (size_t k = 0; k < en->n_fields; k++)
			references += *en->fields[k].references != '\0';
		if (!en->event || *en->part_of || !to || references > (books ? 1U : 0U) ||
		    entity_field(en, to->name) || design_rule(d, "sharing.balances", en->name))
			continue;
		design_reference(d, en, to, true);
	}
}

static bool leads_to(struct design *d, const struct entity *from, const char *name, int depth)
{
	for (size_t i = 0; i < from->n_fields; i++) {
		const struct field *f = &from->fields[i];
		struct entity *to = *f->references && f->required ? design_entity(d, f->references) : NULL;
		if (to && (streq(to->name, name) || (depth > 0 && leads_to(d, to, name, depth - 1))))
			return true;
	}
	return false;
}

static void mend_references(struct design *d)
{
	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		for (size_t k = en->n_fields; k-- > 0;)
			if (streq(en->fields[k].type, "reference") &&
			    (!design_entity(d, en->fields[k].references) ||
			     streq(en->fields[k].references, en->name)))
				entity_drop_field(en, en->fields[k].name);
		struct entity *whole = design_entity(d, en->part_of);
		if (*en->part_of && (!whole || whole == en || !entity_field(en, en->part_of) ||
				     streq(whole->part_of, en->name)))
			en->part_of = "";
	}
	for (size_t i = 0; i < d->n_entities; i++)
		for (size_t k = 0; k < d->entities[i].n_fields; k++) {
			struct field *f = &d->entities[i].fields[k];
			struct entity *to = *f->references ? design_entity(d, f->references) : NULL;
			if (to && f->required && leads_to(d, to, d->entities[i].name, MAX_ENTITIES))
				f->required = false;
		}
}

/* A rule that reads a reference relies on it; where a circle was cut it cannot. */
static void check_references(struct design *d)
{
	for (size_t i = 0; i < d->n_rules; i++) {
		struct rule *r = &d->rules[i];
		struct entity *en = design_entity(d, r->entity);
		const char *const to[] = { r->item, r->holder };
		for (size_t k = 0; en && k < 2; k++) {
			struct field *f = entity_field(en, to[k]);
			if (f && *f->references && !f->required && !of_feature(r, "reminder"))
				r->kind = "dropped";
		}
		struct entity *item = design_entity(d, r->item);
		struct field *back = en && item && *item->part_of ? entity_field(item, en->name) : NULL;
		if (back && !back->required)
			r->kind = "dropped";
	}
}

static int place_of(const struct entity *en)
{
	return *en->part_of ? 3 : en->event ? 1 : en->person ? 2 : 0;
}

static void sort_entities(struct design *d)
{
	for (size_t i = 1; i < d->n_entities; i++) {
		struct entity moved = d->entities[i];
		size_t k = i;
		for (; k > 0 && place_of(&d->entities[k - 1]) > place_of(&moved); k--)
			d->entities[k] = d->entities[k - 1];
		d->entities[k] = moved;
	}
}

void design_complete(struct design *d)
{
	choose_entities(d);
	drop_rules(d);
	add_base_rules(d);
	drop_rules(d);
	for (size_t i = 0; i < d->n_rules; i++)
		ensure_needs(d, &d->rules[i]);
	link_events(d);
	mend_references(d);
	check_references(d);
	for (size_t i = 0; i < d->n_rules; i++)
		if (of_feature(&d->rules[i], "booking"))
			check_booking(d, &d->rules[i]);
	for (size_t i = 0; i < d->n_entities; i++)
		give_title(d, &d->entities[i]);
	if (!any_text(d))
		design_field(d, &d->entities[0], "name", "text");
	drop_rules(d);
	sort_entities(d);
}
