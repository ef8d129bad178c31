/* SPDX-License-Identifier: MIT */
/* Inside llm only: what a server means by an error. */
#ifndef LLM_REFUSAL_H
#define LLM_REFUSAL_H

#include <stddef.h>

#include "llm/answer.h"

/* From the status and the body kept in `an`. */
void refusal_from_status(struct llm_answer *an);
/* From an error object; status 0: it came inside an answer that began well. */
void refusal_from_object(struct llm_answer *an, int status, struct json_object *error);
/* Copies hostile text as one line of clean UTF-8; always terminated. */
void refusal_quote(const char *s, size_t n, char *out, size_t size);

#endif
