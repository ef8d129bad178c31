/* SPDX-License-Identifier: MIT */
/* Numbers that limit, and who and what a sentence is about. */
#include <string.h>

#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

static bool word_is(const struct sentence *s, int i, const char *word)
{
	return i >= 0 && (size_t)i < s->n && streq(s->tokens[i].word, word);
}

static bool is_negative(const struct sentence *s, int before)
{
	static const char *const words[] = { "not", "no", "never", "cannot", "can't", "nobody", "mustn't",
					     "won't", "don't", "doesn't", "shouldn't", "without" };
	for (int i = 0; i < before; i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
			if (word_is(s, i, words[k]))
				return true;
	return false;
}

int limit_in(const struct sentence *s, size_t *at)
{
	for (int i = 0; (size_t)i < s->n; i++) {
		if (s->tokens[i].number < 1)
			continue;
		bool limits =
		    (word_is(s, i - 1, "most") && word_is(s, i - 2, "at")) ||
		    (word_is(s, i - 1, "than") && word_is(s, i - 2, "more") && is_negative(s, i)) ||
		    (word_is(s, i - 1, "to") &&
		     (word_is(s, i - 2, "up") || word_is(s, i - 2, "limit") || word_is(s, i - 2, "limited") ||
		      word_is(s, i - 2, "only"))) ||
		    (word_is(s, i - 1, "of") && (word_is(s, i - 2, "maximum") || word_is(s, i - 2, "limit") ||
						 word_is(s, i - 2, "max"))) ||
		    word_is(s, i - 1, "max") || word_is(s, i - 1, "maximum") || word_is(s, i - 1, "only") ||
		    (word_is(s, i - 1, "to") && find_base(s, 0, "limit") >= 0) ||
		    (word_is(s, i + 1, "at") && word_is(s, i + 2, "most")) ||
		    (word_is(s, i + 2, "at") && word_is(s, i + 3, "most"));
		if (limits) {
			if (at)
				*at = (size_t)i;
			return s->tokens[i].number;
		}
	}
	return -1;
}

struct entity *main_entity(struct design *d, const struct entity *not_this)
{
	struct entity *best = NULL;
	int best_score = -1;

	for (size_t i = 0; i < d->n_entities; i++) {
		struct entity *en = &d->entities[i];
		int score = en->weight + 2 * (int)en->n_fields;
		if (en == not_this || en->person || en->event || *en->part_of)
			continue;
		if (score > best_score) {
			best = en;
			best_score = score;
		}
	}
	return best;
}

struct entity *acting_person(struct design *d, const struct sentence *s, const char *otherwise)
{
	struct entity *best = NULL;
	struct phrase p;

	for (size_t i = 0; s && i < s->n; i++) {
		if (!phrase_at(d, s, i, &p))
			continue;
		struct entity *en = design_entity_of(d, p.noun);
		if (p.classes & W_PEOPLE && !(p.classes & W_DULL))
			return en ? en : design_add(d, p.noun, s->text, 1);
		i = p.to;
	}
	for (size_t i = 0; i < d->n_entities; i++)
		if (d->entities[i].person && (!best || d->entities[i].weight > best->weight))
			best = &d->entities[i];
	return best ? best : design_add(d, otherwise, s ? s->text : "", 4);
}
