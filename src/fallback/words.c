/* SPDX-License-Identifier: MIT */
#include "fallback/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/text.h"

#define MAX_WORD 60

static int number_of(const char *word)
{
	static const struct { const char *word; int value; } numbers[] = {
		{ "one", 1 }, { "two", 2 }, { "three", 3 }, { "four", 4 }, { "five", 5 }, { "six", 6 },
		{ "seven", 7 }, { "eight", 8 }, { "nine", 9 }, { "ten", 10 }, { "eleven", 11 },
		{ "twelve", 12 }, { "dozen", 12 }, { "fifteen", 15 }, { "twenty", 20 }, { "thirty", 30 },
		{ "forty", 40 }, { "fifty", 50 }, { "sixty", 60 }, { "ninety", 90 }, { "hundred", 100 },
	};
	if (isdigit((unsigned char)*word)) {
		char digits[12];
		size_t n = 0;
		for (; *word && n < 9; word++) {
			if (isdigit((unsigned char)*word))
				digits[n++] = *word;
			else if (*word != ',' && *word != '\'')
				break;
		}
		digits[n] = '\0';
		return atoi(digits);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (streq(word, numbers[i].word))
			return numbers[i].value;
	return -1;
}

static bool is_word_byte(const char *s, size_t i, size_t n)
{
	unsigned char c = (unsigned char)s[i];

	if (isalnum(c) || c >= 128)
		return true;
	bool inside =
	    i > 0 && i + 1 < n && isalnum((unsigned char)s[i - 1]) && isalnum((unsigned char)s[i + 1]);
	if (c == '\'' || c == '-')
		return inside;
	if (c == ',' || c == '.' || c == ':')
		return inside && isdigit((unsigned char)s[i - 1]) && isdigit((unsigned char)s[i + 1]);
	return c == '%' && i > 0 && isdigit((unsigned char)s[i - 1]);
}

static void cut_words(struct sentence *s, struct arena *a)
{
	size_t n = strlen(s->text);

	s->tokens = arena_array(a, MAX_TOKENS, sizeof(*s->tokens));
	for (size_t i = 0; i < n && s->n < MAX_TOKENS;) {
		struct token *t = &s->tokens[s->n];
		if (is_word_byte(s->text, i, n)) {
			size_t from = i;
			while (i < n && is_word_byte(s->text, i, n))
				i++;
			size_t len =
			    utf8_prefix(s->text + from, i - from > MAX_WORD ? MAX_WORD : i - from, MAX_WORD);
			t->text = arena_strndup(a, s->text + from, len);
			t->word = lower(a, t->text);
			t->number = number_of(t->word);
			s->n++;
		} else {
			if (!isspace((unsigned char)s->text[i])) {
				t->text = t->word = t->base = arena_strndup(a, s->text + i, 1);
				t->tag = T_PUNCT;
				t->punct = s->text[i];
				t->number = -1;
				s->n++;
			}
			i++;
		}
	}
}

/* "tool's" → "tool", so that the noun is recognised; text keeps the whole. */
static void without_genitive(struct token *t, struct arena *a)
{
	size_t n = strlen(t->word);

	if (n > 2 && streq(t->word + n - 2, "'s") && !streq(t->word, "it's"))
		t->word = arena_strndup(a, t->word, n - 2);
}

static bool ends_like_adverb(const char *w)
{
	size_t n = strlen(w);
	return n > 4 && streq(w + n - 2, "ly");
}

static bool has_modal(const struct sentence *s, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (s->tokens[i].tag == T_MODAL)
			return true;
	return false;
}

/* A word that may be noun or verb is decided by what stands before and behind it. */
static bool reads_as_verb(const struct sentence *s, size_t i)
{
	const struct token *t = &s->tokens[i];
	const struct token *before = i ? &s->tokens[i - 1] : NULL;
	const struct token *after = i + 1 < s->n ? &s->tokens[i + 1] : NULL;

	if (t->number >= 0)
		return false;
	if (before && before->tag == T_ADV && i > 1)
		before = &s->tokens[i - 2];
	if (before && (before->tag == T_MODAL || streq(before->word, "to")))
		return true;
	if (before && (before->tag == T_DET || before->tag == T_ADJ || before->tag == T_NUMBER))
		return false;
	if (before && before->tag == T_PREP)
		return streq(t->word + (strlen(t->word) > 3 ? strlen(t->word) - 3 : 0), "ing") &&
		       after && (after->tag == T_DET || after->classes & W_DET);
	bool object_follows = after && !streq(after->word, "that") &&
			      (after->classes & (W_DET | W_PRON | W_NUMBER) || streq(after->word, "to"));
	if (before && before->punct == '(')
		return false;
	if (before && before->punct == ',')
		return object_follows;
	if (before && before->tag == T_CONJ) /* "search and browse tools", "planting date and harvest date" */
		return object_follows || (i > 1 && s->tokens[i - 2].tag == T_VERB) ||
		       (after && after->classes & (W_PREP | W_ADV) && has_modal(s, i));
	if (!before) /* "Book a room", "Books have a title" */
		return object_follows || (t->word[strlen(t->word) - 1] != 's' && after &&
					  !(after->classes & (W_BE | W_AUX | W_MODAL | W_CONJ | W_VERB)));
	if (before->tag == T_PUNCT || before->tag == T_PRON)
		return object_follows || !after || after->tag != T_PUNCT;
	if (before->tag == T_NOUN)
		return object_follows || (before->plural && after && after->tag != T_PUNCT) ||
		       (!before->plural && t->word[strlen(t->word) - 1] == 's' && after &&
			after->tag != T_PUNCT);
	return before->tag == T_VERB && object_follows;
}

static void give_tag(struct sentence *s, size_t i)
{
	struct token *t = &s->tokens[i];
	unsigned c = t->classes;

	if (t->number >= 0)
		t->tag = T_NUMBER;
	else if (c & W_MODAL)
		t->tag = T_MODAL;
	else if (c & (W_BE | W_AUX))
		t->tag = T_VERB;
	else if (c & W_DET && streq(t->word, "that") && i && s->tokens[i - 1].tag == T_NOUN)
		t->tag = T_PRON; /* "a list that adds up" */
	else if (c & W_DET)
		t->tag = T_DET;
	else if (c & W_PRON)
		t->tag = T_PRON;
	else if (c & W_CONJ)
		t->tag = T_CONJ;
	else if (c & W_PREP)
		t->tag = T_PREP;
	else if (c & W_VERB && reads_as_verb(s, i))
		t->tag = T_VERB;
	else if (c & W_ADJ)
		t->tag = T_ADJ;
	else if (c & W_ADV || ends_like_adverb(t->word))
		t->tag = T_ADV;
	else
		t->tag = T_NOUN;
}

void words_read(struct sentence *s, struct arena *a, const struct lexicon *l)
{
	cut_words(s, a);
	for (size_t i = 0; i < s->n; i++) {
		struct token *t = &s->tokens[i];
		if (t->tag == T_PUNCT)
			continue;
		without_genitive(t, a);
		t->classes = lexicon_classes(l, a, t->word, &t->base);
	}
	for (size_t i = 0; i < s->n; i++) {
		struct token *t = &s->tokens[i];
		if (t->tag == T_PUNCT)
			continue;
		give_tag(s, i);
		if (t->tag == T_NOUN) {
			t->base = noun_singular(l, a, t->word);
			t->plural = !streq(t->base, t->word);
			if (t->plural)
				t->classes |=
				    lexicon_classes(l, a, t->base, NULL) & (W_PEOPLE | W_DULL | W_STOP);
		}
	}
	/* The plain text to look for phrases in. */
	char *low = lower(a, s->text);
	size_t n = 0;
	for (size_t i = 0; low[i]; i++)
		if (!isspace((unsigned char)low[i]) || (n && low[n - 1] != ' '))
			low[n++] = isspace((unsigned char)low[i]) ? ' ' : low[i];
	low[n] = '\0';
	s->low = low;
}
