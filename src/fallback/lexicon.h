/* SPDX-License-Identifier: MIT */
/*
 * The word lists under agents/analyst/fallback/words: what class a word may be of,
 * what type a field of some name has, what people do with things, odd plurals.
 * Read once, then never changed.
 */
#ifndef FALLBACK_LEXICON_H
#define FALLBACK_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/* A word may be of several classes. */
enum word_class {
	W_DET = 1 << 0, W_PRON = 1 << 1, W_PREP = 1 << 2, W_CONJ = 1 << 3, W_MODAL = 1 << 4,
	W_BE = 1 << 5, W_AUX = 1 << 6, W_ADV = 1 << 7, W_ADJ = 1 << 8, W_NUMBER = 1 << 9,
	W_VERB = 1 << 10, W_KEEP = 1 << 11, W_PEOPLE = 1 << 12, W_DULL = 1 << 13, W_STOP = 1 << 14
};

struct field_kind {
	const char *phrase;  /* "date of birth" */
	const char *type;    /* as in the Architect's output, or "quantities", "names" */
	const char **choices;
	size_t n_choices;
};

struct doing {
	const char *feature; /* lending, booking, … */
	const char *verb;    /* base form, may be of two words; NULL where a noun stands alone */
	const char *noun;    /* what is kept of it */
};

struct lexicon;

/* All memory comes from `a`, which must live as long as the lexicon. */
struct lexicon *lexicon_load(struct arena *a, const char *dir, struct err *e);
/* Bits of enum word_class for a lower-case word, 0 for an unknown one. Inflected verbs
   ("borrows", "adding") have W_VERB; `base` (may be NULL) gets the base form. */
unsigned lexicon_classes(const struct lexicon *l, struct arena *a, const char *word, const char **base);
const struct field_kind *lexicon_field(const struct lexicon *l, const char *phrase);
size_t lexicon_doings(const struct lexicon *l, const struct doing **out);
/* Lower-case nouns; the last word of a phrase changes. */
const char *noun_singular(const struct lexicon *l, struct arena *a, const char *noun);
const char *noun_plural(const struct lexicon *l, struct arena *a, const char *noun);

#endif
