/* SPDX-License-Identifier: MIT */
/* What became of feedback, said plainly: what a request has changed in a design, and what a
   failed suite, a review or a concern could not change. */
#ifndef FALLBACK_CHANGES_H
#define FALLBACK_CHANGES_H

#include <stddef.h>

#include "fallback/design.h"

struct arena;
struct buf;
struct json_object;
struct lexicon;
struct value;

/* A bullet for each difference, and for each sentence that led to none. */
void changes_describe(struct buf *out, struct design *before, struct design *after);
void changes_tests(struct buf *out);
/* A bullet for each finding of a review: whether its file has been written anew. `files` are
   those of this answer; NULL when it has none. */
void changes_review(struct buf *out, const char *review, struct json_object *previous,
		    const struct value *files);
/* A bullet for each concern: the sentence of the brief that answers it, if one does. */
void changes_concern(struct buf *out, struct arena *a, const struct lexicon *l, const char *concerns,
		     const char *brief);
/* How many requests a text of changes quotes. */
size_t changes_quotes(const char *changes);

#endif
