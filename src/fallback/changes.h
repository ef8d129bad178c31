/* SPDX-License-Identifier: MIT */
/* What a request at a gate has changed in a design, said plainly. */
#ifndef FALLBACK_CHANGES_H
#define FALLBACK_CHANGES_H

#include <stddef.h>

#include "fallback/design.h"

struct buf;

/* A bullet for each difference, and for each sentence that led to none. */
void changes_describe(struct buf *out, struct design *before, struct design *after);
/* How many requests a text of changes quotes. */
size_t changes_quotes(const char *changes);

#endif
