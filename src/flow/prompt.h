/* SPDX-License-Identifier: MIT */
/*
 * What a model is told. The words are in agents/NAME/prompt.prompt.mustache, which is
 * rendered with the stage's input. What stands before its first line "=== BEGIN DATA" are
 * our instructions and becomes the system's message; the data, which others wrote, becomes
 * the user's.
 */
#ifndef FLOW_PROMPT_H
#define FLOW_PROMPT_H

#include <stdbool.h>

#include "base/str.h"

struct arena;
struct err;
struct json_object;
struct templates;

/* `templates` has "NAME/prompt"; `input` is the stage's input, and gets previous_text: the
   text of `previous`. */
bool prompt_make(struct arena *a, const struct templates *templates, const char *name,
		 struct json_object *input, struct str *system, struct str *user, struct err *e);
/* Asks for the same output again, with these problems mended. */
const char *prompt_repair(struct arena *a, const char *problems);

#endif
