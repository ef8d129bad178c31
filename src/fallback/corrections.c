/* SPDX-License-Identifier: MIT */
/* What a person asks to change at a gate and that no other reader would see. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

/* "remove the condition", "no category needed", "drop the export" */
static bool read_removal(struct design *d, const struct sentence *s)
{
	int verb = find_base(s, 0, "remove|drop|delete|omit|without|skip");
	struct phrase p;
	bool found = false;

	if (verb < 0 || verb > 4)
		return false;
	for (size_t i = (size_t)verb + 1; i < s->n; i++) {
		if (s->tokens[i].tag == T_VERB && (s->tokens[i].classes & W_VERB) &&
		    !lexicon_field(d->l, s->tokens[i].word)) {
			if (streq(s->tokens[i].base, "export"))
				goto rule;
			continue;
		}
		if (streq(s->tokens[i].word, "export") || streq(s->tokens[i].word, "csv")) {
rule:
			for (size_t k = 0; k < d->n_rules; k++)
				if (streq(d->rules[k].kind, "export.csv")) {
					d->rules[k] = d->rules[--d->n_rules];
					found = true;
				}
			continue;
		}
		if (!phrase_at(d, s, i, &p))
			continue;
		i = p.to - 1;
		struct phrase of;
		struct entity *only =
		    p.to + 1 < s->n && phrase_at(d, s, p.to + 1, &of) ? design_entity_of(d, of.noun) : NULL;
		for (size_t k = 0; k < d->n_entities; k++) {
			struct entity *en = &d->entities[k];
			struct field *f = entity_field(en, make_field_name(d->a, p.text));
			if (!f)
				f = entity_field(en, make_field_name(d->a, p.noun));
			if (!f || *f->references || en->event || (only && only != en))
				continue;
			entity_drop_field(en, f->name);
			found = true;
		}
	}
	return found;
}

/* "limit to two tools", "make it five days": a number for a rule that there is. */
static bool read_new_number(struct design *d, const struct sentence *s)
{
	static const struct { const char *words, *kind; } targets[] = {
		{ "day|week", "lending.days" }, { "day|week", "reminder.due" },
		{ "percent|vat|tax", "billing.vat" },
	};
	size_t at = 0;
	int number = limit_in(s, &at);

	if (number < 1) {
		for (size_t i = 0; i < s->n; i++)
			if (s->tokens[i].number > 0) {
				number = s->tokens[i].number;
				at = i;
			}
	}
	if (number < 1 || number > 3650)
		return false;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		struct rule *r = design_rule(d, targets[i].kind, NULL);
		if (r && find_base(s, 0, targets[i].words) >= 0 &&
		    (!streq(targets[i].kind, "billing.vat") || number <= 100)) {
			r->number =
			    streq(s->tokens[at + 1 < s->n ? at + 1 : at].base, "week") ? number * 7 : number;
			r->source = s->text;
			return true;
		}
	}
	const char *const limits[] = { "lending.limit", "signup.limit", "signup.capacity",
				       "limit.per_holder" };
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rule *r = design_rule(d, limits[i], NULL);
		struct entity *item = r ? design_entity(d, *r->item ? r->item : r->entity) : NULL;
		if (!item || number > 60 || (streq(limits[i], "signup.capacity") && *r->field))
			continue;
		if (says(s, field_label_lower(d, item->label)) ||
		    says(s, field_label_lower(d, item->plural_label)) ||
		    find_base(s, 0, "limit|maximum") >= 0) {
			r->number = number;
			r->source = s->text;
			return true;
		}
	}
	return false;
}

bool read_corrections(struct design *d, const struct sentence *s)
{
	return read_removal(d, s) || read_new_number(d, s);
}
