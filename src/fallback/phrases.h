/* SPDX-License-Identifier: MIT */
/* Noun phrases and enumerations inside a sentence. */
#ifndef FALLBACK_PHRASES_H
#define FALLBACK_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "fallback/design.h"

#define MAX_ITEMS 16

struct phrase {
	size_t from, to;    /* tokens; to is one past the last */
	const char *text;   /* lower case, with adjectives, without article: "follow-up date" */
	const char *noun;   /* its nouns alone, singular: "carpet cleaner" */
	const char *head;   /* last noun, singular */
	bool plural, each;  /* each: "each tool", "every tool" */
	bool article;       /* "a", "its", "the" stood before */
	int number;         /* "three tools"; -1 */
	unsigned classes;   /* of the head */
	size_t nested;      /* where a list of its own begins ("with dose and days"), or 0 */
	size_t nested_end;  /* one past its last token */
};

/* A noun phrase that begins at token i (an article may stand first). */
bool phrase_at(struct design *d, const struct sentence *s, size_t i, struct phrase *p);
/* The noun phrase that ends right before token i. */
bool phrase_before(struct design *d, const struct sentence *s, size_t i, struct phrase *p);
/* The first noun phrase at or after i, before a full stop of a clause. */
bool phrase_after(struct design *d, const struct sentence *s, size_t i, struct phrase *p);
/* "a name, a category, its condition and where it is kept" from token i on. Gives the
   number of items; *end is the token behind the last. */
size_t phrase_list(struct design *d, const struct sentence *s, size_t i, struct phrase *items, size_t *end);
/* Whether its head can name something that is kept. */
bool phrase_is_thing(const struct phrase *p);

#endif
