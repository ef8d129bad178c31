/* SPDX-License-Identifier: MIT */
/* Lending: something goes out to somebody, for a time, and comes back. */
#include <string.h>

#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

/* "borrows a tool": the first thing behind the verb that is no person. */
static struct entity *object_of(struct design *d, const struct sentence *s, size_t verb)
{
	struct phrase p;

	for (size_t i = verb + 1; i < s->n; i++) {
		if (s->tokens[i].tag == T_PUNCT && s->tokens[i].punct != ',')
			break;
		if (phrase_at(d, s, i, &p)) {
			if (phrase_is_thing(&p) && !(p.classes & W_PEOPLE))
				return design_add(d, p.noun, s->text, 2);
			i = p.to - 1;
		}
	}
	/* "tools that are borrowed" */
	for (size_t i = 0; i < verb; i++)
		if (phrase_at(d, s, i, &p) && phrase_is_thing(&p) && !(p.classes & W_PEOPLE))
			return design_add(d, p.noun, s->text, 2);
	return NULL;
}

static struct entity *begin(struct design *d, const struct sentence *s, const char *noun, struct entity *item)
{
	struct entity *holder = acting_person(d, s, "borrower");
	/* Our own name, so that a brief's "loan" does not clash with words of the code. */
	struct entity *loan = design_add(d, noun, s->text, 4);

	if (!loan || !holder || loan == item || loan == holder || holder == item)
		return NULL;
	loan->event = true;
	loan->n_fields = 0;
	design_reference(d, loan, item, true);
	design_reference(d, loan, holder, true);
	design_field(d, loan, "borrowed on", "date");
	design_field(d, loan, "due on", "date");
	design_field(d, loan, "returned on", "date");
	design_field(d, loan, "return note", "longtext");
	const char *const kinds[] = { "lending.availability", "lending.return", "lending.overdue" };
	for (size_t i = 0; i < 3; i++) {
		struct rule *r = design_set_rule(d, kinds[i], loan, i == 0 ? s->text : "");
		r->item = item->name;
		r->holder = holder->name;
	}
	return loan;
}

static struct rule *lending_rule(struct design *d, const char *kind, const struct rule *base,
				 const struct sentence *s)
{
	struct rule *r = design_set_rule(d, kind, design_entity(d, base->entity), s->text);

	r->item = base->item;
	r->holder = base->holder;
	return r;
}

/* "for up to 14 days", "for two weeks" */
static int days_in(const struct sentence *s)
{
	for (size_t i = 0; i + 1 < s->n; i++) {
		int n = s->tokens[i].number;
		const char *unit = s->tokens[i + 1].base;
		if (n < 1 || s->tokens[i + 1].tag == T_PUNCT)
			continue;
		if (streq(unit, "day"))
			return n;
		if (streq(unit, "week"))
			return n * 7;
		if (streq(unit, "month"))
			return n * 30;
	}
	return -1;
}

bool read_lending(struct design *d, const struct sentence *s)
{
	const struct doing *doings;
	size_t n = lexicon_doings(d->l, &doings);
	struct rule *base = design_rule(d, "lending.availability", NULL);
	bool lends = false, found = false;

	if (s->is_heading)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!streq(doings[i].feature, "lending"))
			continue;
		int verb = find_base(s, 0, doings[i].verb);
		if (strchr(doings[i].verb, ' ') && says(s, doings[i].verb))
			verb = find_base(s, 0, "check|hire");
		if (verb < 0 || s->tokens[verb].tag != T_VERB)
			continue;
		lends = true;
		struct entity *item = base ? NULL : object_of(d, s, (size_t)verb);
		if (item && begin(d, s, doings[i].noun, item))
			found = true;
		base = design_rule(d, "lending.availability", NULL);
	}
	if (!base)
		return found;
	size_t at = 0;
	int days = days_in(s), most = limit_in(s, &at);
	struct entity *item = design_entity(d, base->item);
	bool about_time = most > 0 && at + 1 < s->n && strstr("day week month", s->tokens[at + 1].base);
	/* A sentence about the loans: it lends, or names loans or what is lent. */
	bool about = lends || says_any(s, "loan|loans|overdue|hold|holds|have out|at once|same time") ||
		     (item && (says(s, field_label_lower(d, item->label)) ||
			       says(s, field_label_lower(d, item->plural_label))));
	if (!about)
		return found;
	if (days > 0 && days <= 3650 && (lends || most > 0) && !says_any(s, "reminder|reminders|next")) {
		lending_rule(d, "lending.days", base, s)->number = days;
		found = true;
	}
	if (most > 0 && !about_time && most <= 60) {
		lending_rule(d, "lending.limit", base, s)->number = most;
		found = true;
	}
	if (says_any(s, "overdue|late|too long")) {
		lending_rule(d, "lending.overdue", base, s);
		found = true;
	}
	if (says_any(s, "return|returned|comes back|come back|brought back|brings back|gives back")) {
		lending_rule(d, "lending.return", base, s);
		found = true;
	}
	if (says_any(s, "is out|free|available|already borrowed|already out")) {
		base = lending_rule(d, "lending.availability", base, s);
		found = true;
	}
	return found;
}
