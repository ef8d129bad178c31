/* SPDX-License-Identifier: MIT */
/* Words of one sentence: cutting, numbers, and what each word probably is. */
#ifndef FALLBACK_WORDS_H
#define FALLBACK_WORDS_H

struct arena;
struct lexicon;
struct sentence;

/* Fills in tokens, n and low from text. */
void words_read(struct sentence *s, struct arena *a, const struct lexicon *l);

#endif
