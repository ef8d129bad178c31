/* SPDX-License-Identifier: MIT */
/* Bookings: something or somebody is taken for a time, inside opening hours, never twice. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/hours.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

static bool is_event_noun(struct design *d, const char *noun)
{
	const struct doing *doings;
	size_t n = lexicon_doings(d->l, &doings);

	for (size_t i = 0; i < n; i++)
		if (streq(doings[i].feature, "event") && streq(doings[i].noun, noun))
			return true;
	return false;
}

/* Fills in the entity of the bookings; `holder` may be NULL. */
static void begin(struct design *d, const struct sentence *s, struct entity *en, struct entity *item)
{
	static const char *const names[] = { "starts at", "minutes" };

	if (!en || !item || en == item)
		return;
	item->weight += 4;
	en->event = true;
	en->weight += 4;
	for (size_t i = 0; i < 2; i++) {
		struct field *f = design_field(d, en, names[i], i ? "integer" : "datetime");
		if (f)
			f->required = true;
	}
	design_reference(d, en, item, true);
	design_field(d, en, "note", "longtext");
	const char *const kinds[] = { "booking.overlap", "booking.today" };
	for (size_t i = 0; i < 2; i++) {
		struct rule *r = design_set_rule(d, kinds[i], en, "");
		r->item = item->name;
	}
}

/* Whom or what the time is taken from: "with a vet", "a meeting room", else the first that fits. */
static struct entity *taken(struct design *d, const struct sentence *s, size_t from, const struct entity *en)
{
	struct phrase p;

	for (size_t i = from; i + 1 < s->n; i++)
		if ((streq(s->tokens[i].word, "with") || streq(s->tokens[i].word, "per")) &&
		    phrase_at(d, s, i + 1, &p) && p.classes & W_PEOPLE)
			return design_add(d, p.noun, s->text, 4);
	for (size_t i = from; i + 1 < s->n; i++)
		if ((streq(s->tokens[i].word, "for") || streq(s->tokens[i].word, "of") ||
		     streq(s->tokens[i].word, "in")) &&
		    phrase_at(d, s, i + 1, &p) && design_entity_of(d, p.noun) &&
		    design_entity_of(d, p.noun) != en && !(p.classes & W_PEOPLE))
			return design_entity_of(d, p.noun);
	return NULL;
}

static bool read_start(struct design *d, const struct sentence *s)
{
	const struct doing *doings;
	size_t n = lexicon_doings(d->l, &doings);
	struct phrase p;

	for (size_t i = 0; i < n; i++) {
		if (!streq(doings[i].feature, "booking"))
			continue;
		for (int verb = -1; (verb = find_base(s, verb + 1, doings[i].verb)) >= 0;) {
			if (s->tokens[verb].tag != T_VERB || !phrase_after(d, s, (size_t)verb + 1, &p) ||
			    !(phrase_is_thing(&p) || is_event_noun(d, p.head)))
				continue;
			if (is_event_noun(d, p.head)) {
				struct entity *en = design_add(d, p.noun, s->text, 4);
				struct entity *item = taken(d, s, p.to, en);
				if (!item)
					item = main_entity(d, en);
				if (!item)
					item = acting_person(d, s, "host");
				begin(d, s, en, item);
				struct phrase who;
				if (en && phrase_before(d, s, (size_t)verb, &who) && who.classes & W_PEOPLE &&
				    !(who.classes & W_DULL)) {
					struct entity *for_whom = design_add(d, who.noun, s->text, 4);
					if (for_whom && for_whom != item && for_whom != en)
						design_reference(d, en, for_whom, true);
				}
				return en != NULL;
			}
			if (p.classes & W_PEOPLE)
				continue;
			struct entity *item = design_add(d, p.noun, s->text, 4);
			struct entity *en = design_add(d, doings[i].noun, s->text, 4);
			begin(d, s, en, item);
			struct entity *who = acting_person(d, s, "visitor");
			if (en && who && who != item)
				design_reference(d, en, who, true);
			return en != NULL;
		}
	}
	return false;
}

static struct rule *booking_rule(struct design *d, const char *kind, struct entity *en,
				 const struct sentence *s)
{
	struct rule *r = design_set_rule(d, kind, en, s->text);

	r->item = design_rule(d, "booking.overlap", en->name)->item;
	return r;
}

/* "15, 30 or 60 minutes", "half an hour" are durations that may be chosen. */
static bool read_durations(struct design *d, const struct sentence *s, struct entity *en)
{
	for (size_t i = 1; i < s->n; i++) {
		const char *unit = s->tokens[i].base;
		int scale = streq(unit, "minute") || streq(unit, "min") ? 1 : streq(unit, "hour") ? 60 : 0;
		if (!scale || s->tokens[i - 1].number < 1 ||
		    says_any(s, "per second|response|before|in advance"))
			continue;
		int values[MAX_CHOICES];
		size_t n = 0;
		for (size_t k = i; k-- > 0 && n < MAX_CHOICES;) {
			const struct token *t = &s->tokens[k];
			if (t->number > 0 && t->number * scale <= 1440)
				values[n++] = t->number * scale;
			else if (!(t->punct == ',' || t->tag == T_CONJ))
				break;
		}
		size_t at;
		if (n == 0)
			continue;
		bool most = n == 1 && limit_in(s, &at) > 0 && at + 1 == i;
		if (n == 1 && !most && !says_any(s, "slots|slot|each|last|always|take|takes|exactly|long"))
			continue;
		struct rule *r = booking_rule(d, most ? "booking.longest" : "booking.durations", en, s);
		if (most) {
			r->number = values[0];
			return true;
		}
		r->n_values = 0;
		while (n-- > 0)
			r->values[r->n_values++] = arena_printf(d->a, "%d", values[n]);
		return true;
	}
	return false;
}

bool read_booking(struct design *d, const struct sentence *s)
{
	struct rule *base = design_rule(d, "booking.overlap", NULL);
	bool found = false;

	if (s->is_heading)
		return false;
	if (!base || (!says(s, base->entity) && find_base(s, 0, "book|reserve") >= 0))
		found = read_start(d, s);
	base = design_rule(d, "booking.overlap", NULL);
	if (!base)
		return false;
	struct entity *en = design_entity(d, base->entity);
	if (found || says(s, field_label_lower(d, en->label)) ||
	    says(s, field_label_lower(d, en->plural_label)))
		found |= read_durations(d, s, en);
	if (says_any(s, "at once|same time|overlap|overlapping|double-book|double-booked|double booked|twice "
			"at|clash|"
			"already booked|already taken|in parallel|double booking|double bookings|overlaps")) {
		struct rule *r = design_set_rule(d, "booking.overlap", en, s->text);
		struct phrase p;
		/* "a vet can't have two appointments at once" says whose time it is. */
		if (phrase_at(d, s, 0, &p) && design_entity_of(d, p.noun) &&
		    design_entity_of(d, p.noun) != en && entity_field(en, design_entity_of(d, p.noun)->name))
			r->item = design_entity_of(d, p.noun)->name;
		found = true;
	}
	const char *hours[MAX_CHOICES];
	size_t n = hours_in(d->a, s->low, hours, MAX_CHOICES);
	if (n) {
		struct rule *r = booking_rule(d, "booking.hours", en, s);
		memcpy(r->values, hours, n * sizeof(*hours));
		r->n_values = n;
		found = true;
	}
	if (says_any(s, "today|today's|day's list|daily list|per day|day list|daily schedule|schedule of the "
			"day|day view")) {
		booking_rule(d, "booking.today", en, s);
		found = true;
	}
	return found;
}
