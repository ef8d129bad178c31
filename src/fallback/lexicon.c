/* SPDX-License-Identifier: MIT */
#include "fallback/lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "fallback/nouns.h"

#define MAX_FILE (256 * 1024)

struct word {
	const char *text;
	unsigned classes;
	const char *base; /* of an irregular verb form */
};

struct lexicon {
	struct word *words;
	size_t n_words;
	struct field_kind *fields;
	size_t n_fields;
	struct doing *doings;
	size_t n_doings;
	struct plurals plurals;
};

static const struct { const char *name; unsigned class; } classes[] = {
	{ "det", W_DET }, { "pron", W_PRON }, { "prep", W_PREP }, { "conj", W_CONJ },
	{ "modal", W_MODAL }, { "be", W_BE }, { "aux", W_AUX }, { "adv", W_ADV },
	{ "adj", W_ADJ }, { "number", W_NUMBER }, { "verb", W_VERB },
	{ "keep_verb", W_KEEP | W_VERB }, { "people", W_PEOPLE }, { "dull", W_DULL },
	{ "stop", W_STOP }, { "irregular_verb", W_VERB },
};

struct reader {
	struct arena *a;
	struct lexicon *l;
	size_t cap_words, cap_fields, cap_doings;
};

static int compare_words(const void *x, const void *y)
{
	return strcmp(((const struct word *)x)->text, ((const struct word *)y)->text);
}

static int compare_fields(const void *x, const void *y)
{
	return strcmp(((const struct field_kind *)x)->phrase, ((const struct field_kind *)y)->phrase);
}

/* Makes room for one more; an arena never gives back, so it doubles. */
static void *grow(struct arena *a, void *old, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return old;
	size_t wanted = *cap ? *cap * 2 : 256;
	void *bigger = arena_array(a, wanted, size);
	if (n)
		memcpy(bigger, old, n * size);
	*cap = wanted;
	return bigger;
}

static void read_word(struct reader *r, struct str text, unsigned class)
{
	struct lexicon *l = r->l;
	struct str rest = text;
	struct str form = str_cut(&rest, ':');

	l->words = grow(r->a, l->words, l->n_words, &r->cap_words, sizeof(*l->words));
	l->words[l->n_words++] = (struct word){
		.text = arena_strndup(r->a, form.s, form.len), .classes = class,
		.base = rest.len ? arena_strndup(r->a, rest.s, rest.len) : NULL };
}

static void read_classes(struct reader *r, struct str name, struct str rest)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (!str_eq(name, classes[i].name))
			continue;
		while (rest.len) {
			struct str word = str_cut(&rest, ' ');
			if (word.len)
				read_word(r, word, classes[i].class);
		}
		return;
	}
}

static void read_field(struct reader *r, struct str type, struct str text)
{
	struct lexicon *l = r->l;
	struct str rest = text;
	struct str phrase = str_trim(str_cut(&rest, '='));

	l->fields = grow(r->a, l->fields, l->n_fields, &r->cap_fields, sizeof(*l->fields));
	struct field_kind *kind = &l->fields[l->n_fields++];
	*kind = (struct field_kind){ .phrase = arena_strndup(r->a, phrase.s, phrase.len),
				     .type = arena_strndup(r->a, type.s, type.len) };
	if (!rest.len)
		return;
	kind->choices = arena_array(r->a, 12, sizeof(char *));
	while (rest.len && kind->n_choices < 12) {
		struct str choice = str_trim(str_cut(&rest, '|'));
		kind->choices[kind->n_choices++] = arena_strndup(r->a, choice.s, choice.len);
	}
}

static void read_fields(struct reader *r, struct str type, struct str rest)
{
	while (rest.len) {
		struct str phrase = str_trim(str_cut(&rest, ','));
		if (phrase.len)
			read_field(r, type, phrase);
	}
}

static void read_doings(struct reader *r, struct str feature, struct str rest)
{
	struct lexicon *l = r->l;

	while (rest.len) {
		struct str noun = str_trim(str_cut(&rest, ','));
		struct str tail = noun;
		struct str verb = str_trim(str_cut(&tail, '='));
		if (!noun.len)
			continue;
		l->doings = grow(r->a, l->doings, l->n_doings, &r->cap_doings, sizeof(*l->doings));
		struct doing *d = &l->doings[l->n_doings++];
		d->feature = arena_strndup(r->a, feature.s, feature.len);
		tail = str_trim(tail);
		if (tail.len) {
			d->verb = arena_strndup(r->a, verb.s, verb.len);
			noun = tail;
		}
		d->noun = arena_strndup(r->a, noun.s, noun.len);
	}
}

static void read_plural(struct reader *r, struct str line)
{
	struct str rest = line;
	struct str singular = str_cut(&rest, ' ');

	rest = str_trim(rest);
	plurals_add(&r->l->plurals, arena_strndup(r->a, singular.s, singular.len),
		    arena_strndup(r->a, rest.s, rest.len));
}

typedef void line_fn(struct reader *r, struct str name, struct str rest);

/* Lines of "name: rest"; empty ones and those that begin with # are skipped. */
static bool read_lines(struct reader *r, const char *dir, const char *name, line_fn *fn, struct err *e)
{
	struct str text;

	if (!file_read(r->a, path_join(r->a, dir, name), MAX_FILE, &text, e))
		return false;
	while (text.len) {
		struct str line = str_trim(str_cut(&text, '\n'));
		if (!line.len || line.s[0] == '#')
			continue;
		if (!fn) {
			read_plural(r, line);
			continue;
		}
		struct str rest = line;
		struct str head = str_trim(str_cut(&rest, ':'));
		fn(r, head, str_trim(rest));
	}
	return true;
}

struct lexicon *lexicon_load(struct arena *a, const char *dir, struct err *e)
{
	struct lexicon *l = arena_alloc(a, sizeof(*l));
	struct reader r = { .a = a, .l = l };

	if (!read_lines(&r, dir, "grammar.txt", read_classes, e) ||
	    !read_lines(&r, dir, "fields.txt", read_fields, e) ||
	    !read_lines(&r, dir, "doing.txt", read_doings, e) ||
	    !read_lines(&r, dir, "plurals.txt", NULL, e))
		return NULL;
	if (!l->n_words || !l->n_fields || !l->n_doings) {
		err_set(e, ERR_INTERNAL, "%s: the word lists are empty; install the agents folder again",
			dir);
		return NULL;
	}
	qsort(l->words, l->n_words, sizeof(*l->words), compare_words);
	qsort(l->fields, l->n_fields, sizeof(*l->fields), compare_fields);
	return l;
}

/* All classes that the lists give this very form. */
static unsigned exact(const struct lexicon *l, const char *word, const char **base)
{
	struct word key = { .text = word };
	const struct word *hit = bsearch(&key, l->words, l->n_words, sizeof(key), compare_words);
	unsigned found = 0;

	if (!hit)
		return 0;
	while (hit > l->words && streq(hit[-1].text, word))
		hit--;
	for (; hit < l->words + l->n_words && streq(hit->text, word); hit++) {
		found |= hit->classes;
		if (hit->base && base)
			*base = hit->base;
	}
	return found;
}

/* Tries the word without `suffix` and with `instead`; true when that is a verb. */
static bool is_verb_less(const struct lexicon *l, struct arena *a, const char *word, const char *suffix,
			 const char *instead, const char **base, unsigned *keep)
{
	size_t n = strlen(word), s = strlen(suffix);

	if (n <= s + 1 || !streq(word + n - s, suffix))
		return false;
	char *stem = arena_printf(a, "%.*s%s", (int)(n - s), word, instead);
	unsigned found = exact(l, stem, NULL);
	/* planning → plann → plan */
	if (!(found & W_VERB) && !*instead && *suffix != 's') {
		size_t m = strlen(stem);
		if (m > 2 && stem[m - 1] == stem[m - 2]) {
			stem[m - 1] = '\0';
			found = exact(l, stem, NULL);
		}
	}
	if (!(found & W_VERB))
		return false;
	*base = stem;
	*keep = found & W_KEEP;
	return true;
}

unsigned lexicon_classes(const struct lexicon *l, struct arena *a, const char *word, const char **base)
{
	static const struct { const char *suffix, *instead; } forms[] = {
		{ "ies", "y" }, { "ied", "y" }, { "es", "" }, { "s", "" }, { "es", "e" },
		{ "ing", "" }, { "ing", "e" }, { "ed", "" }, { "ed", "e" },
	};
	const char *stem = NULL;
	unsigned keep = 0;
	unsigned found = exact(l, word, &stem);

	if (!(found & W_VERB) && !(found & (W_PREP | W_DET | W_PRON | W_AUX | W_BE))) {
		for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
			if (is_verb_less(l, a, word, forms[i].suffix, forms[i].instead, &stem, &keep)) {
				found |= W_VERB | keep;
				break;
			}
		}
	}
	if (base)
		*base = stem ? stem : word;
	return found;
}

const struct field_kind *lexicon_field(const struct lexicon *l, const char *phrase)
{
	struct field_kind key = { .phrase = phrase };
	return bsearch(&key, l->fields, l->n_fields, sizeof(key), compare_fields);
}

size_t lexicon_doings(const struct lexicon *l, const struct doing **out)
{
	*out = l->doings;
	return l->n_doings;
}

const char *noun_singular(const struct lexicon *l, struct arena *a, const char *noun)
{
	return plurals_singular(&l->plurals, a, noun);
}

const char *noun_plural(const struct lexicon *l, struct arena *a, const char *noun)
{
	return plurals_plural(&l->plurals, a, noun);
}
