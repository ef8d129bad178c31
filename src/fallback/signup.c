/* SPDX-License-Identifier: MIT */
/* Sign-up: people take part in something that has a number of places. */
#include <string.h>

#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

static const char *const places_words[] = {
	"participant", "attendee", "place", "seat", "spot", "volunteer", "person", "people", "student",
	"child", "player", "guest", "swimmer", "dancer", "runner", "member", "helper", "pupil", "visitor",
};

static bool is_places(const char *noun)
{
	for (size_t i = 0; i < sizeof(places_words) / sizeof(*places_words); i++)
		if (streq(noun, places_words[i]))
			return true;
	return false;
}

static struct rule *begin(struct design *d, const struct sentence *s, struct entity *item, const char *noun)
{
	struct entity *who = acting_person(d, s, "participant");
	struct entity *en = design_add(d, noun, s->text, 4);

	if (!en || !who || !item || item == en || who == en || who == item)
		return NULL;
	en->event = true;
	item->weight += 4;
	who->weight += 4;
	design_reference(d, en, item, true);
	design_reference(d, en, who, true);
	design_field(d, en, "note", "text");
	struct rule *r = design_set_rule(d, "signup.once", en, "");
	r->item = item->name;
	r->holder = who->name;
	return r;
}

static bool read_start(struct design *d, const struct sentence *s)
{
	const struct doing *doings;
	size_t n = lexicon_doings(d->l, &doings);
	struct phrase p;

	for (size_t i = 0; i < n; i++) {
		if (!streq(doings[i].feature, "signup"))
			continue;
		bool pair = strchr(doings[i].verb, ' ') != NULL;
		if (pair && !says(s, doings[i].verb))
			continue;
		int verb = find_base(s, 0, pair ? "sign" : doings[i].verb);
		if (verb < 0 || (s->tokens[verb].tag != T_VERB && !pair))
			continue;
		for (size_t k = (size_t)verb + 1; k < s->n; k++) {
			if (!phrase_at(d, s, k, &p))
				continue;
			k = p.to - 1;
			if (!phrase_is_thing(&p) || p.classes & W_PEOPLE)
				continue;
			/* "register a new book" keeps one; "register for a course" signs up. */
			bool behind_for = p.from && (streq(s->tokens[p.from - 1].word, "for") ||
						     streq(s->tokens[p.from - 1].word, "to") ||
						     streq(s->tokens[p.from - 1].word, "in"));
			if (!behind_for && !streq(doings[i].verb, "join"))
				continue;
			struct entity *item = design_add(d, p.noun, s->text, 4);
			return item && begin(d, s, item, doings[i].noun);
		}
	}
	return false;
}

/* "at most 12 participants", "a maximum number of participants", "each shift needs 3 volunteers" */
static bool read_capacity(struct design *d, const struct sentence *s)
{
	size_t at = 0;
	int most = limit_in(s, &at);
	struct rule *base = design_rule(d, "signup.once", NULL);
	bool full = says_any(
	    s, "full|capacity|maximum number of|max participants|number of places|limited places|how many "
	       "places|"
	       "maximum participants|number of participants|number of seats|places left|waiting list|"
	       "number of volunteers|volunteers needed|people needed|how many people|how many volunteers");
	bool counted = most > 0 && at + 1 < s->n && is_places(s->tokens[at + 1].base);

	if (!counted)
		for (size_t i = 0; base && i + 1 < s->n; i++)
			if (s->tokens[i].number > 0 && is_places(s->tokens[i + 1].base) &&
			    find_base(s, 0, "need|require|take|fit|hold|allow|have|places") >= 0 &&
			    (says_any(s, "each|every|per"))) {
				counted = true;
				most = s->tokens[i].number;
			}
	if (!counted && !full)
		return false;
	if (!base) {
		/* The sentence itself says of what: "a course has at most 12 participants". */
		struct phrase p;
		struct entity *item = NULL;
		for (size_t i = 0; i < s->n && !item; i++)
			if (phrase_at(d, s, i, &p)) {
				if (phrase_is_thing(&p) && !(p.classes & W_PEOPLE) && !is_places(p.head) &&
				    design_entity_of(d, p.noun))
					item = design_entity_of(d, p.noun);
				i = p.to - 1;
			}
		if (!item || !counted || item->event)
			return false;
		base = begin(d, s, item, "registration");
		if (!base)
			return false;
	}
	struct entity *item = design_entity(d, base->item);
	struct rule *r = design_set_rule(d, "signup.capacity", design_entity(d, base->entity), s->text);
	r->item = base->item;
	r->holder = base->holder;
	if (counted && most <= 60 && !full) {
		r->number = most;
		r->field = "";
	} else if (item) {
		struct field *f = NULL;
		for (size_t i = 0; i < item->n_fields; i++)
			if (streq(item->fields[i].type, "integer") &&
			    !strstr("year age price", item->fields[i].name))
				f = &item->fields[i];
		if (!f)
			f = design_field(d, item, "places", "integer");
		if (f) {
			f->required = true;
			f->type = "integer";
			r->field = f->name;
			r->number = 0;
		}
	}
	return true;
}

bool read_signup(struct design *d, const struct sentence *s)
{
	bool found = false;
	size_t at = 0;

	if (s->is_heading || design_rule(d, "lending.availability", NULL))
		return false;
	if (!design_rule(d, "signup.once", NULL))
		found = read_start(d, s);
	found |= read_capacity(d, s);
	struct rule *base = design_rule(d, "signup.once", NULL);
	if (!base)
		return found;
	struct entity *item = design_entity(d, base->item);
	int most = limit_in(s, &at);
	/* "nobody may take more than two shifts" */
	if (item && most > 0 && most <= 60 && at + 1 < s->n &&
	    design_entity_of(d, s->tokens[at + 1].base) == item) {
		struct rule *r = design_set_rule(d, "signup.limit", design_entity(d, base->entity), s->text);
		r->item = base->item;
		r->holder = base->holder;
		r->number = most;
		found = true;
	}
	if (says_any(s, "only once|twice|more than once|same course twice|double")) {
		design_set_rule(d, "signup.once", design_entity(d, base->entity), s->text);
		found = true;
	}
	return found;
}
