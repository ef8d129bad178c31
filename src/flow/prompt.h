/* SPDX-License-Identifier: MIT */
/*
 * What a model is told. The words are in agents/NAME/prompt.md; here they are put
 * together with the stage's input, which is data: it is handed over as one JSON
 * document, so that nothing in a brief can pass for an instruction of ours by its form.
 */
#ifndef FLOW_PROMPT_H
#define FLOW_PROMPT_H

struct arena;
struct json_object;

const char *prompt_user(struct arena *a, struct json_object *input);
/* Asks for the same output again, with these problems mended. */
const char *prompt_repair(struct arena *a, const char *problems);

#endif
