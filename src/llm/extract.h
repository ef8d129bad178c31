/* SPDX-License-Identifier: MIT */
/* Finds the JSON in what a model wrote around it. */
#ifndef LLM_EXTRACT_H
#define LLM_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;
struct json_object;

/*
 * The first JSON object in `text`: the whole text, or inside a code fence, or in
 * prose. Strict JSON only; nothing is mended. Time is linear in n: at most 32
 * beginnings are tried. Errors say what was wrong with the best candidate, in
 * words fit for a repair prompt (ERR_MALFORMED). `span` (may be NULL) is where it stood.
 */
struct json_object *llm_extract(struct arena *a, const char *text, size_t n, struct str *span,
				struct err *e);

#endif
