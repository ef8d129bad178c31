/* SPDX-License-Identifier: MIT */
/* Entities, fields and relations: who does what with which thing, and what is noted of it. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

enum { WEIGHT_SEEN = 1, WEIGHT_ACTOR = 2, WEIGHT_RELATED = 3, WEIGHT_KEPT = 4 };

static const struct field_kind *known_field(struct design *d, const struct phrase *p)
{
	const struct field_kind *kind = lexicon_field(d->l, p->text);

	if (!kind)
		kind = lexicon_field(d->l, p->noun);
	return kind ? kind : lexicon_field(d->l, p->head);
}

/* "each visit gets a record": the visit is what happens, the record is how it is kept. */
static bool is_record(const struct phrase *p)
{
	static const char *const words[] = { "record", "entry", "log", "note", "file", "report", "sheet" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (streq(p->head, words[i]))
			return true;
	return false;
}

static struct entity *add_part(struct design *d, struct entity *owner, const struct phrase *item,
			       const struct sentence *s)
{
	struct entity *part = design_entity_of(d, item->noun);

	if (part == owner)
		return NULL;
	part = design_add(d, item->noun, s->text, WEIGHT_KEPT);
	if (!part)
		return NULL;
	/* The list of entities may have moved nothing: it is an array inside the design. */
	if (!*part->part_of && !part->person && part->n_fields == 0)
		part->part_of = owner->name;
	design_reference(d, part, owner, true);
	return part;
}

/* "low, medium or high" */
static size_t choices_in(struct design *d, const struct sentence *s, size_t from, size_t to, const char **out)
{
	const char *current = "";
	size_t n = 0;

	for (size_t i = from; i <= to && i <= s->n && n < MAX_CHOICES; i++) {
		bool stop = i == to || i == s->n || is_punct(s, i, ',') || is_punct(s, i, '/') ||
			    streq(s->tokens[i].word, "or") || streq(s->tokens[i].word, "and");
		if (!stop) {
			current = *current ? arena_printf(d->a, "%s %s", current, s->tokens[i].word)
					   : s->tokens[i].word;
			continue;
		}
		const char *label = lower(d->a, make_label(d->a, current));
		if (*label && strlen(label) < 30)
			out[n++] = label;
		current = "";
	}
	return n;
}

/* Adds the fields (and parts) of an enumeration to an entity. */
static void take_fields(struct design *d, struct entity *owner, const struct sentence *s,
			const struct phrase *items, size_t n);

static void add_nested(struct design *d, struct entity *owner, const struct sentence *s,
		       const struct phrase *item)
{
	struct phrase inner[MAX_ITEMS];
	size_t end;
	size_t n = phrase_list(d, s, item->nested, inner, &end);
	while (n && inner[n - 1].from >= item->nested_end)
		n--;
	if (is_punct(s, item->nested - 1, '(') && !item->plural) {
		/* "status (open, in progress, done)": what may be chosen. */
		const char *choices[MAX_CHOICES];
		size_t n_choices = choices_in(d, s, item->nested, item->nested_end, choices);
		struct field *f = design_field(d, owner, item->text, n_choices > 1 ? "choice" : NULL);
		if (f && n_choices > 1) {
			f->type = "choice";
			f->n_choices = n_choices;
			memcpy(f->choices, choices, n_choices * sizeof(*choices));
		}
		return;
	}
	struct entity *part = add_part(d, owner, item, s);
	if (part) {
		struct phrase title = { .text = "name", .noun = "name", .head = "name", .number = -1 };
		take_fields(d, part, s, &title, 1);
		take_fields(d, part, s, inner, n);
	}
}

static void take_field(struct design *d, struct entity *owner, const struct sentence *s,
		       const struct phrase *item)
{
	const struct field_kind *kind = known_field(d, item);
	struct entity *other = design_entity_of(d, item->noun);

	if (item->number >= 0)
		return; /* "at most 12 participants" is a rule */
	if (item->nested) {
		add_nested(d, owner, s, item);
		return;
	}
	if (kind && streq(kind->type, "quantities")) {
		struct entity *part = add_part(d, owner, item, s);
		if (part) {
			design_field(d, part, "name", "text");
			design_field(d, part, "quantity", "decimal");
			design_field(d, part, "unit", "text");
		}
		return;
	}
	if (kind && !(item->plural && other)) {
		design_field(d, owner, item->text, streq(kind->type, "names") ? "text" : NULL);
		return;
	}
	if (other && other != owner) {
		if (item->plural)
			design_reference(d, other, owner, false);
		else
			design_reference(d, owner, other, true);
		other->weight += WEIGHT_RELATED;
		return;
	}
	if (item->classes & W_PEOPLE && !item->plural) {
		other = design_add(d, item->noun, s->text, WEIGHT_RELATED + 1);
		if (other && other != owner)
			design_reference(d, owner, other, true);
		return;
	}
	if (item->classes & W_DULL)
		return;
	if (item->plural && phrase_is_thing(item)) {
		struct entity *part = add_part(d, owner, item, s);
		if (part)
			design_field(d, part, "name", "text");
		return;
	}
	design_field(d, owner, item->text, NULL);
}

static void take_fields(struct design *d, struct entity *owner, const struct sentence *s,
			const struct phrase *items, size_t n)
{
	/* By name: adding entities does not move them, but a part may be the owner of a cycle. */
	for (size_t i = 0; i < n; i++)
		take_field(d, owner, s, &items[i]);
}

/* Are these what is noted of a thing ("name, price"), or examples of it ("drills, ladders")? */
static bool are_fields(struct design *d, const struct phrase *owner, const struct phrase *items, size_t n)
{
	size_t known = 0, plural = 0;

	for (size_t i = 0; i < n; i++) {
		known += known_field(d, &items[i]) != NULL || items[i].nested;
		plural += items[i].plural;
	}
	return known || (n > 1 && !plural && !owner->plural);
}

static bool are_personal(const struct phrase *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (streq(items[i].head, "email") || streq(items[i].head, "e-mail") ||
		    streq(items[i].head, "phone") || streq(items[i].text, "phone number"))
			return true;
	return false;
}

static void take_examples(struct design *d, struct entity *en, const struct phrase *items)
{
	en->weight += WEIGHT_RELATED;
	struct field *f = design_field(d, en, "category", "text");
	if (f && !*f->hint)
		f->hint = arena_printf(d->a, "for example %s", make_label(d->a, items[0].text));
}

/* "tools: drills, ladders", "pets (species, breed)", "a tool with a name and a price" */
static bool read_enumerations(struct design *d, const struct sentence *s)
{
	struct phrase items[MAX_ITEMS], owner, subject;
	bool found = false;

	for (size_t i = 1; i + 1 < s->n; i++) {
		const struct token *t = &s->tokens[i];
		size_t end;
		bool opens = is_punct(s, i, '(') || is_punct(s, i, ':') || streq(t->word, "with") ||
			     (streq(t->word, "including") || streq(t->word, "namely"));
		if (!opens || !phrase_before(d, s, i, &owner))
			continue;
		size_t n = phrase_list(d, s, i + 1, items, &end);
		bool happens = false;
		if (is_punct(s, i, ':')) {
			/* "Each visit gets a record: …" is about visits. */
			if (!phrase_is_thing(&owner) || is_record(&owner))
				for (size_t k = 0; k < i; k++)
					if (phrase_at(d, s, k, &subject) && phrase_is_thing(&subject)) {
						happens = subject.each && is_record(&owner);
						owner = subject;
						break;
					}
		}
		if (!n || !phrase_is_thing(&owner))
			continue;
		/* "(Mon-Fri 8:30-18:00)" holds no fields. */
		bool numbers = false;
		for (size_t k = i + 1; k < end + 1 && k < s->n; k++)
			numbers |= s->tokens[k].number >= 0;
		if (numbers && is_punct(s, i, '('))
			continue;
		if (known_field(d, &owner) && !design_entity_of(d, owner.noun) && !owner.plural)
			continue; /* "status (open, done)" is read with the list that it stands in */
		bool fields = are_fields(d, &owner, items, n);
		if (streq(t->word, "with") && n == 1 && items[0].classes & W_PEOPLE)
			fields = false;
		/* "participants register for courses with name and e-mail": theirs, not the courses'. */
		struct entity *en =
		    fields && streq(t->word, "with") && are_personal(items, n) && !(owner.classes & W_PEOPLE)
			? acting_person(d, s, owner.noun)
			: design_add(d, owner.noun, s->text, fields ? WEIGHT_KEPT : WEIGHT_SEEN);
		if (!en)
			continue;
		if (happens) {
			struct field *day = design_field(d, en, "day", "date");
			en->event = true;
			if (day)
				day->initial = "today";
		}
		if (fields)
			take_fields(d, en, s, items, n);
		else if (n > 1 && (is_punct(s, i, ':') || is_punct(s, i, '(')))
			take_examples(d, en, items);
		found = true;
		i = end > i ? end - 1 : i;
	}
	return found;
}

/* "owners have pets", "each course has a teacher", "tools need a serial number" */
static bool read_having(struct design *d, const struct sentence *s)
{
	struct phrase owner, items[MAX_ITEMS];
	size_t end;

	for (size_t i = 1; i + 1 < s->n; i++) {
		const char *verb = s->tokens[i].base ? s->tokens[i].base : "";
		size_t subject_end = i;
		if (!streq(verb, "have") && !streq(verb, "has") && !streq(verb, "include") &&
		    !streq(verb, "contain") && !streq(verb, "get") && !streq(verb, "need") &&
		    !streq(s->tokens[i].word, "has") && !streq(verb, "consist") && !streq(verb, "own"))
			continue;
		while (subject_end > 1 && (s->tokens[subject_end - 1].tag == T_MODAL ||
					   s->tokens[subject_end - 1].tag == T_ADV))
			subject_end--;
		if (!phrase_before(d, s, subject_end, &owner) || !phrase_is_thing(&owner))
			continue;
		size_t from = i + 1;
		while (from < s->n && s->tokens[from].tag == T_ADV)
			from++;
		size_t n = phrase_list(d, s, from, items, &end);
		if (!n || s->tokens[from].tag == T_VERB ||
		    (items[0].classes & W_DULL && !known_field(d, &items[0])) ||
		    (is_record(&items[0]) && !items[0].plural) || streq(s->tokens[from].word, "to"))
			continue;
		for (size_t k = 0; k < subject_end; k++)
			if (streq(s->tokens[k].word, "no") || streq(s->tokens[k].word, "not"))
				return false;
		if (subject_end < i && strstr("can't cannot won't not may not", s->tokens[subject_end].word))
			continue;
		struct entity *en = design_add(d, owner.noun, s->text, WEIGHT_RELATED);
		if (!en)
			continue;
		/* "owners have pets": many of them, each with an own record. */
		if (n == 1 && items[0].plural && !known_field(d, &items[0]) && phrase_is_thing(&items[0])) {
			struct entity *many = design_add(d, items[0].noun, s->text, WEIGHT_KEPT);
			if (many && many != en) {
				design_reference(d, many, en, true);
				en->weight += WEIGHT_SEEN;
			}
		} else {
			take_fields(d, en, s, items, n);
		}
		return true;
	}
	return false;
}

/* "the weight of each tool", "a tool's weight", "add a phone number to members" */
static bool read_of(struct design *d, const struct sentence *s)
{
	struct phrase owner, items[MAX_ITEMS], before;
	bool found = false;
	size_t end;

	for (size_t i = 1; i + 1 < s->n; i++) {
		const struct token *t = &s->tokens[i];
		if (strstr(t->text, "'s") && phrase_at(d, s, i + 1, &items[0]) &&
		    design_entity_of(d, t->word) && known_field(d, &items[0])) {
			take_fields(d, design_entity_of(d, t->word), s, items, 1);
			found = true;
		}
		if (!streq(t->word, "of") && !streq(t->word, "to") && !streq(t->word, "for"))
			continue;
		if (!phrase_at(d, s, i + 1, &owner) || !design_entity_of(d, owner.noun) ||
		    !phrase_before(d, s, i, &before))
			continue;
		int verb =
		    find_base(s, 0, "record|add|note|store|keep|track|save|enter|show|want|need|write");
		if (verb < 0 || (size_t)verb > i ||
		    (!streq(t->word, "of") && !streq(s->tokens[verb].base, "add") && !owner.each))
			continue;
		size_t n = phrase_list(d, s, (size_t)verb + 1, items, &end);
		while (n == 0 && (size_t)verb + 1 < i && ++verb)
			n = phrase_list(d, s, (size_t)verb + 1, items, &end);
		if (n && end >= i && (known_field(d, &items[0]) || owner.each || streq(t->word, "to")) &&
		    !design_entity_of(d, items[0].noun)) {
			take_fields(d, design_entity_of(d, owner.noun), s, items, n);
			found = true;
		}
	}
	return found;
}

/* "for each part we keep a number, a name and a price" */
static bool read_each(struct design *d, const struct sentence *s)
{
	struct phrase owner, items[MAX_ITEMS];
	size_t end;

	for (size_t i = 1; i < s->n; i++) {
		if (s->tokens[i - 1].tag != T_PREP || !phrase_at(d, s, i, &owner) || !owner.each ||
		    !phrase_is_thing(&owner))
			continue;
		for (size_t k = 0; k + 1 < s->n; k++) {
			if (s->tokens[k].tag != T_VERB ||
			    !(s->tokens[k].classes & W_KEEP || streq(s->tokens[k].base, "need")))
				continue;
			size_t n = phrase_list(d, s, k + 1, items, &end);
			if (!n || (k < i && !known_field(d, &items[0])))
				continue;
			struct entity *en = design_add(d, owner.noun, s->text, WEIGHT_KEPT);
			if (en)
				take_fields(d, en, s, items, n);
			return en != NULL;
		}
	}
	return false;
}

/* "search tools by category": something to choose by must be a field. */
static bool read_browsing(struct design *d, const struct sentence *s)
{
	int verb = find_base(s, 0, "browse|search|filter|sort|group|find|list");
	struct phrase thing, items[MAX_ITEMS];
	size_t end;

	if (verb < 0)
		return false;
	for (size_t i = (size_t)verb; i + 1 < s->n; i++) {
		if (!streq(s->tokens[i].word, "by"))
			continue;
		for (size_t k = (size_t)verb + 1; k < i; k++) {
			if (!phrase_at(d, s, k, &thing) || !phrase_is_thing(&thing))
				continue;
			struct entity *en = design_add(d, thing.noun, s->text, WEIGHT_RELATED);
			size_t n = phrase_list(d, s, i + 1, items, &end);
			if (en)
				for (size_t m = 0; m < n; m++)
					if (!design_entity_of(d, items[m].noun) && items[m].number < 0)
						design_field(d, en,
							     items[m].plural ? items[m].noun : items[m].text,
							     NULL);
			return en != NULL;
		}
	}
	return false;
}

/* "keep fighting" keeps nothing. */
static bool is_doing(const struct phrase *p)
{
	size_t n = strlen(p->head);
	return !p->article && !p->plural && p->to - p->from == 1 && n > 5 && streq(p->head + n - 3, "ing");
}

/* Verbs and what stands before and behind them. */
static void read_actions(struct design *d, const struct sentence *s)
{
	struct phrase p;

	for (size_t i = 0; i < s->n; i++) {
		const struct token *t = &s->tokens[i];
		if (t->tag != T_VERB || t->classes & (W_BE | W_AUX))
			continue;
		size_t k = i;
		while (k > 0 && (s->tokens[k - 1].tag == T_MODAL || s->tokens[k - 1].tag == T_ADV))
			k--;
		if (k && phrase_before(d, s, k, &p) && phrase_is_thing(&p) &&
		    (p.classes & W_PEOPLE || p.each))
			design_add(d, p.noun, s->text, WEIGHT_ACTOR);
		for (k = i + 1; k < s->n && s->tokens[k].tag == T_ADV; k++)
			;
		/* "keep track of our bees", "a list of plants" */
		if (k + 1 < s->n && s->tokens[k + 1].classes && streq(s->tokens[k + 1].word, "of") &&
		    s->tokens[k].tag == T_NOUN)
			k += 2;
		struct phrase items[MAX_ITEMS];
		size_t end, n = phrase_list(d, s, k, items, &end);
		for (size_t m = 0; m < n; m++) {
			bool kept = t->classes & W_KEEP;
			bool thing = phrase_is_thing(&items[m]) && !is_doing(&items[m]);
			if (thing && known_field(d, &items[m]) && !design_entity_of(d, items[m].noun))
				thing = kept && items[m].plural &&
					!streq(known_field(d, &items[m])->type, "longtext");
			if (thing && (kept || items[m].plural))
				design_add(d, items[m].noun, s->text, kept ? WEIGHT_KEPT : WEIGHT_SEEN);
		}
	}
}

/* "tag them", "with tags" */
static bool read_tags(struct design *d, const struct sentence *s)
{
	int verb = find_base(s, 0, "tag|label");
	struct entity *en = main_entity(d, NULL);
	struct phrase p;

	if (verb < 0 || !en)
		return false;
	if (phrase_after(d, s, (size_t)verb + 1, &p) && design_entity_of(d, p.noun))
		en = design_entity_of(d, p.noun);
	return design_field(d, en, "tags", "tags") != NULL;
}

bool read_things(struct design *d, const struct sentence *s)
{
	struct phrase p;
	bool found = false;

	if (s->is_heading) {
		for (size_t i = 0; i < s->n; i++)
			if (phrase_at(d, s, i, &p)) {
				if (phrase_is_thing(&p))
					design_add(d, p.head, s->text, WEIGHT_SEEN);
				else if (p.to - p.from > 1 && s->tokens[p.to - 2].tag == T_NOUN &&
					 !(s->tokens[p.to - 2].classes & W_DULL))
					design_add(d, s->tokens[p.to - 2].word, s->text, WEIGHT_SEEN);
				i = p.to;
			}
		return false;
	}
	found |= read_enumerations(d, s);
	found |= read_having(d, s);
	found |= read_each(d, s);
	read_actions(d, s);
	found |= read_of(d, s);
	found |= read_browsing(d, s);
	found |= read_tags(d, s);
	return found;
}
