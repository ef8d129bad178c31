/* SPDX-License-Identifier: MIT */
/*
 * A brief taken apart: sentences (bullets and wrapped lines understood) and their
 * words, each with what it probably is. Light work by word lists, endings and
 * neighbours; wrong sometimes, and what builds on it must bear that.
 */
#ifndef FALLBACK_TEXT_H
#define FALLBACK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct lexicon;

#define MAX_SENTENCES 200
#define MAX_TOKENS 160

enum tag { T_NOUN, T_VERB, T_ADJ, T_ADV, T_DET, T_PREP, T_PRON, T_CONJ, T_MODAL, T_NUMBER, T_PUNCT };

struct token {
	const char *text;  /* as written, shortened to 60 bytes */
	const char *word;  /* lower case */
	const char *base;  /* of a verb: borrow; of a noun: its singular */
	unsigned classes;
	enum tag tag;
	int number;        /* of digits or a number word; -1 for none */
	char punct;        /* of T_PUNCT: , ( ) : ; - or another */
	bool plural;       /* of a noun */
};

struct sentence {
	const char *text;  /* one line, trimmed, without marks of Markdown */
	const char *low;   /* lower case, words separated by one space */
	const char *heading; /* the nearest title above it, or "" */
	struct token *tokens;
	size_t n;
	bool is_heading;
};

struct text {
	struct sentence *sentences;
	size_t n;
	const char *title; /* first heading, or "" */
};

/* Appends the sentences of `s` (any bytes) to `t`, up to MAX_SENTENCES in all. */
void text_add(struct text *t, struct arena *a, const struct lexicon *l, const char *s);
/* Whether the lower-case text holds the phrase as whole words. */
bool says(const struct sentence *s, const char *phrase);
/* True when any of the phrases, separated by '|', is said. */
bool says_any(const struct sentence *s, const char *phrases);
/* Index of the first token ≥ from whose base form is one of the words, separated by '|', or -1. */
int find_base(const struct sentence *s, int from, const char *words);
bool is_punct(const struct sentence *s, size_t i, char c);

#endif
