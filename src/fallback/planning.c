/* SPDX-License-Identifier: MIT */
/* Amounts that scale, things planned for the days of a week, and one list that adds up. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

/* A list of lines with name and quantity, below something: recipe → ingredient. */
static struct entity *amounts(struct design *d)
{
	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		if (*en->part_of && entity_field(en, "name") && entity_field(en, "quantity") && !en->event)
			return en;
	}
	return NULL;
}

static struct entity *amounts_of(struct design *d, const struct sentence *s)
{
	struct entity *part = amounts(d);
	struct entity *whole = main_entity(d, NULL);

	if (part || !whole)
		return part;
	part = design_add(d, "ingredient", s->text, 4);
	if (!part || part == whole)
		return NULL;
	part->part_of = whole->name;
	design_reference(d, part, whole, true);
	design_field(d, part, "name", "text");
	design_field(d, part, "quantity", "decimal");
	design_field(d, part, "unit", "text");
	return part;
}

static bool read_scaling(struct design *d, const struct sentence *s)
{
	int verb = find_base(s, 0, "scale|scaling|rescale|multiply");
	struct phrase p;

	if (verb < 0 || says_any(s, "economies of scale|large scale"))
		return false;
	struct entity *part = amounts_of(d, s);
	if (!part)
		return false;
	struct entity *whole = design_entity(d, part->part_of);
	const char *unit = "servings";
	for (size_t i = 0; i < s->n; i++)
		if (phrase_at(d, s, i, &p) && strstr("serving portion", p.head))
			unit = p.head[0] == 's' ? "servings" : "portions";
	struct field *f = whole ? design_field(d, whole, unit, "integer") : NULL;
	if (!f)
		return false;
	f->required = true;
	f->type = "integer";
	struct rule *r = design_set_rule(d, "scaling.amounts", whole, s->text);
	r->item = part->name;
	r->field = f->name;
	return true;
}

static bool read_week(struct design *d, const struct sentence *s)
{
	int verb = find_base(s, 0, "plan|planning|planner|schedule");
	struct phrase p;
	const char *noun = NULL;

	if (verb < 0 || !says_any(s, "week|weekly|week's|each day|per day|calendar") ||
	    design_rule(d, "booking.overlap", NULL))
		return false;
	struct entity *item = main_entity(d, NULL);
	if (!item)
		return false;
	for (size_t i = (size_t)verb + 1; i < s->n && !noun; i++)
		if (phrase_at(d, s, i, &p) && !(p.classes & (W_DULL | W_PEOPLE)))
			noun = p.noun;
	if (!noun)
		noun = item->label;
	const char *name = arena_printf(d->a, "planned %s", noun_singular(d->l, d->a, lower(d->a, noun)));
	struct entity *plan = design_add(d, name, s->text, 5);
	if (!plan || plan == item)
		return false;
	plan->event = true;
	struct field *day = design_field(d, plan, "day", "date");
	if (!day)
		return false;
	day->required = true;
	design_reference(d, plan, item, true);
	struct rule *r = design_set_rule(d, "planning.week", plan, s->text);
	r->item = item->name;
	return true;
}

static bool read_shopping(struct design *d, const struct sentence *s)
{
	if (!says_any(s, "shopping list|shopping lists|grocery list|adds up|add up|combined list|one "
			 "list|adding up|packing list"))
		return false;
	struct rule *week = design_rule(d, "planning.week", NULL);
	struct entity *part = amounts_of(d, s);
	if (!week || !part || !streq(part->part_of, week->item))
		return false;
	struct rule *r = design_set_rule(d, "planning.shopping", design_entity(d, week->entity), s->text);
	r->item = week->item;
	r->holder = part->name;
	return true;
}

bool read_planning(struct design *d, const struct sentence *s)
{
	if (s->is_heading)
		return false;
	bool scaling = read_scaling(d, s);
	bool week = read_week(d, s);
	return read_shopping(d, s) || scaling || week;
}
