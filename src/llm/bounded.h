/* SPDX-License-Identifier: MIT */
/* JSON from a hostile server or model: its tree in memory is bounded too. */
#ifndef LLM_BOUNDED_H
#define LLM_BOUNDED_H

#include <stddef.h>

struct arena;
struct err;
struct json_object;

#define LLM_NODES_MAX 100000

/*
 * json_parse() for text that may be 16 MiB of "[1,1,1,…": a node takes about a
 * hundred times its two bytes, so text of over LLM_NODES_MAX values is refused
 * (ERR_TOO_LARGE) before it is read.
 */
struct json_object *llm_json(struct arena *a, const char *s, size_t n, struct err *e);

#endif
