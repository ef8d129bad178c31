/* SPDX-License-Identifier: MIT */
/* Lists that follow from what is kept: reminders, boards, totals, exports; plain limits. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

/* The entity that the words before token `i` name, or a new one: "vaccinations due …". */
static struct entity *what_is_due(struct design *d, const struct sentence *s, size_t i)
{
	struct phrase p;

	while (i > 0) {
		if (phrase_before(d, s, i, &p) && phrase_is_thing(&p) && !lexicon_field(d->l, p.text))
			return design_add(d, p.noun, s->text, 4);
		i--;
	}
	return main_entity(d, NULL);
}

static struct field *date_of(struct design *d, struct entity *en, const struct sentence *s)
{
	static const char *const likely[] = { "due",  "expir", "best_before", "deadline",
					      "next", "until", "renew" };

	/* A date that the sentence itself speaks of: "due for harvest" and "harvest date". */
	for (size_t i = 0; i < en->n_fields; i++)
		for (size_t k = 0; streq(en->fields[i].type, "date") && k < s->n; k++)
			if (s->tokens[k].tag != T_PUNCT && strlen(s->tokens[k].base) > 4 &&
			    !streq(s->tokens[k].base, en->name) &&
			    strncmp(en->fields[i].name, s->tokens[k].base, strlen(s->tokens[k].base)) == 0)
				return &en->fields[i];
	for (size_t k = 0; k < sizeof(likely) / sizeof(*likely); k++)
		for (size_t i = 0; i < en->n_fields; i++)
			if (streq(en->fields[i].type, "date") && strstr(en->fields[i].name, likely[k]))
				return &en->fields[i];
	const char *name = says_any(s, "expire|expires|expiring|expiry") ? "expires on" : "due on";
	return design_field(d, en, name, "date");
}

static bool read_reminder(struct design *d, const struct sentence *s)
{
	int due = find_base(s, 0, "due|expire|expiring|upcoming|deadline|renewal|expiry");
	int number = -1;

	if (due < 0 || design_rule(d, "lending.availability", NULL))
		return false;
	for (size_t i = 0; i + 1 < s->n; i++) {
		int scale = streq(s->tokens[i + 1].base, "week")    ? 7
			    : streq(s->tokens[i + 1].base, "month") ? 30
			    : streq(s->tokens[i + 1].base, "day")   ? 1
								    : 0;
		if (s->tokens[i].number > 0 && scale)
			number = s->tokens[i].number * scale;
	}
	if (number < 0 &&
	    !says_any(s,
		      "reminder|reminders|remind|remind us|this week|next week|next month|overdue|soon|late"))
		return false;
	if (number < 0)
		number = says_any(s, "month") ? 30 : 7;
	struct entity *en = what_is_due(d, s, (size_t)due);
	if (!en || number > 3650)
		return false;
	bool fresh = en->n_fields == 0;
	if (fresh)
		design_field(d, en, "name", "text");
	struct field *f = date_of(d, en, s);
	if (!f)
		return false;
	f->required = true;
	f->type = "date";
	struct rule *r = design_set_rule(d, "reminder.due", en, s->text);
	r->field = f->name;
	r->number = number;
	struct entity *whose = main_entity(d, en);
	if (fresh && whose) {
		/* Something new that falls due belongs to what the brief is about. */
		design_reference(d, en, whose, true);
	}
	for (size_t i = 0; i < en->n_fields; i++)
		if (*en->fields[i].references)
			r->holder = en->fields[i].name;
	return true;
}

static bool read_export(struct design *d, const struct sentence *s)
{
	if (!says_any(s, "export|exports|exported|exporting|csv|download everything|excel|spreadsheet file"))
		return false;
	design_set_rule(d, "export.csv", NULL, s->text);
	return true;
}

/* "open, in progress and done" after "status", "state", "stage" or "from … to … to …" */
static bool read_board(struct design *d, const struct sentence *s)
{
	int word = find_base(s, 0, "status|state|stage|statuses|column");
	struct phrase p;
	struct entity *en = NULL;

	for (size_t i = 0; i < d->n_entities && !en; i++) {
		struct field *f = entity_field(&d->entities[i], "status");
		if (f && f->n_choices > 1 && (word >= 0))
			en = &d->entities[i];
	}
	if (!en) {
		int move = find_base(s, 0, "move|moves|go|pass");
		if (word < 0 && !(move >= 0 && says(s, "from") && says(s, "to")))
			return false;
		for (size_t i = 0; i < s->n && !en; i++)
			if (phrase_at(d, s, i, &p) && !(p.classes & W_PEOPLE))
				en = design_entity_of(d, p.noun);
	}
	if (!en || en->event)
		return false;
	struct field *f = design_field(d, en, "status", "choice");
	if (!f)
		return false;
	/* The names of the steps, if the sentence gives them. */
	const char *names[MAX_CHOICES];
	size_t n = 0, from = 0;
	if (word >= 0)
		from = (size_t)word + 1;
	int start = find_base(s, (int)from, "from");
	if (start >= 0)
		from = (size_t)start + 1;
	const char *current = "";
	for (size_t i = from; i <= s->n && n < MAX_CHOICES; i++) {
		bool stop = i == s->n || is_punct(s, i, ',') || is_punct(s, i, ')') || is_punct(s, i, ':') ||
			    is_punct(s, i, '(') || streq(s->tokens[i].word, "to") ||
			    streq(s->tokens[i].word, "or") || streq(s->tokens[i].word, "and") ||
			    is_punct(s, i, '/') || is_punct(s, i, '-') || is_punct(s, i, '>');
		if (!stop) {
			if (!streq(s->tokens[i].word, "is") && !streq(s->tokens[i].word, "of") &&
			    s->tokens[i].tag != T_DET)
				current = *current ? arena_printf(d->a, "%s %s", current, s->tokens[i].word)
						   : s->tokens[i].word;
			continue;
		}
		if (*current && strlen(current) < 25)
			names[n++] = lower(d->a, make_label(d->a, current));
		current = "";
		if (is_punct(s, i, ')'))
			break;
	}
	if (n >= 2) {
		f->n_choices = n;
		memcpy(f->choices, names, n * sizeof(*names));
	}
	if (f->n_choices < 2)
		return false;
	f->type = "choice";
	struct rule *r = design_set_rule(d, "board.status", en, s->text);
	r->field = f->name;
	return true;
}

static bool read_totals(struct design *d, const struct sentence *s)
{
	if (!says_any(s,
		      "per month|by month|monthly|each month|month by month|monthly total|monthly totals") ||
	    design_rule(d, "billing.lines", NULL))
		return false;
	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		struct field *amount = NULL, *day = NULL;
		for (size_t k = 0; k < en->n_fields; k++) {
			if (streq(en->fields[k].type, "money") && !amount)
				amount = &en->fields[k];
			if (streq(en->fields[k].type, "date") && !day)
				day = &en->fields[k];
		}
		if (!amount)
			continue;
		if (!day)
			day = design_field(d, en, "date", "date");
		if (!day)
			continue;
		amount = entity_field(en, amount->name);
		struct rule *r = design_set_rule(d, "totals.month", en, s->text);
		r->field = amount->name;
		r->item = day->name;
		return true;
	}
	return false;
}

/* "a customer may have at most 5 orders": both known, and one refers to the other. */
static bool read_limit(struct design *d, const struct sentence *s)
{
	size_t at = 0;
	int most = limit_in(s, &at);
	struct phrase p;

	if (most < 1 || most > 60 || at + 1 >= s->n || !phrase_at(d, s, at, &p))
		return false;
	struct entity *en = design_entity_of(d, p.noun);
	if (!en || design_rule(d, "lending.availability", NULL) || design_rule(d, "signup.once", NULL))
		return false;
	for (size_t i = 0; i < at; i++) {
		if (!phrase_at(d, s, i, &p))
			continue;
		struct entity *holder = design_entity_of(d, p.noun);
		i = p.to - 1;
		if (!holder || holder == en)
			continue;
		if (!entity_field(en, holder->name) && en->event)
			continue;
		design_reference(d, en, holder, true);
		struct rule *r = design_set_rule(d, "limit.per_holder", en, s->text);
		r->holder = holder->name;
		r->number = most;
		return true;
	}
	return false;
}

static bool read_unique(struct design *d, const struct sentence *s)
{
	struct phrase p;
	struct field *f = NULL;
	struct entity *owner = NULL;

	if (!says_any(s, "unique|only once|must be different|no two|same name twice"))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		if (!phrase_at(d, s, i, &p))
			continue;
		i = p.to - 1;
		if (!owner)
			owner = design_entity_of(d, p.noun);
		for (size_t k = 0; k < d->n_entities && !f; k++)
			if (!owner || owner == &d->entities[k])
				f = entity_field(&d->entities[k], make_field_name(d->a, p.text));
	}
	if (!f && owner && !owner->event)
		f = design_field(d, owner, "name", "text");
	if (!f || !streq(f->type, "text"))
		return false;
	f->unique = true;
	f->required = true;
	return true;
}

bool read_lists(struct design *d, const struct sentence *s)
{
	bool found = false;

	if (s->is_heading)
		return false;
	found |= read_reminder(d, s);
	found |= read_export(d, s);
	found |= read_board(d, s);
	found |= read_totals(d, s);
	found |= read_limit(d, s);
	found |= read_unique(d, s);
	return found;
}
