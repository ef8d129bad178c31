/* SPDX-License-Identifier: MIT */
/* Stock: things come in and go out, and never more than there are. */
#include <string.h>

#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

static struct rule *begin(struct design *d, const struct sentence *s)
{
	struct entity *item = main_entity(d, NULL);
	struct phrase p;

	/* What the sentence itself names comes first: "stock of spare parts". */
	for (size_t i = 0; i < s->n; i++) {
		if (!phrase_at(d, s, i, &p))
			continue;
		struct entity *named = design_entity_of(d, p.noun);
		if (named && !named->person && !named->event && !*named->part_of) {
			item = named;
			break;
		}
		i = p.to - 1;
	}
	if (!item)
		item = design_add(d, "article", s->text, 4);
	struct entity *en = design_add(d, "stock movement", s->text, 4);
	if (!item || !en || en == item)
		return NULL;
	en->event = true;
	item->weight += 4;
	entity_drop_field(item, "stock");
	entity_drop_field(item, "quantity");
	design_reference(d, en, item, true);
	struct field *f = design_field(d, en, "direction", "choice");
	if (f) {
		f->required = true;
		f->choices[0] = "in";
		f->choices[1] = "out";
		f->n_choices = 2;
	}
	f = design_field(d, en, "quantity", "integer");
	if (f)
		f->required = true;
	f = design_field(d, en, "day", "date");
	if (f)
		f->initial = "today";
	design_field(d, en, "note", "text");
	struct rule *r = design_set_rule(d, "stock.floor", en, s->text);
	r->item = item->name;
	return r;
}

bool read_stock(struct design *d, const struct sentence *s)
{
	struct rule *base = design_rule(d, "stock.floor", NULL);
	bool found = false;

	if (s->is_heading)
		return false;
	if (!base &&
	    says_any(
		s,
		"in stock|stock levels|stock level|out of stock|stock|quantity on hand|on hand|stocktaking|"
		"goods in|comes in|running low|run low|warehouse") &&
	    !design_rule(d, "lending.availability", NULL)) {
		base = begin(d, s);
		found = base != NULL;
	}
	if (!base)
		return false;
	if (says_any(s, "low|reorder|re-order|minimum|below|running out|runs out|warn")) {
		struct rule *r = design_set_rule(d, "stock.low", design_entity(d, base->entity), s->text);
		struct entity *item = design_entity(d, base->item);
		r->item = base->item;
		if (item) {
			entity_drop_field(item, "minimum_stock");
			entity_drop_field(item, "minimum");
			entity_drop_field(item, "reorder_level");
			struct field *f = design_field(d, item, "minimum", "integer");
			if (f)
				f->hint = "warn when there are fewer";
		}
		found = true;
	}
	if (says_any(s, "below zero|negative|more than there|more than is|not enough|than are in stock|than "
			"we have")) {
		base->source = s->text;
		found = true;
	}
	return found;
}
