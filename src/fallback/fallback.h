/* SPDX-License-Identifier: MIT */
/*
 * The agent without a model: reads the same input and answers in the same form as a
 * model would, by word lists, patterns and templates. Deterministic, and it never fails
 * on any brief. Loads the data below the agents folder once; answering does no I/O.
 */
#ifndef FALLBACK_FALLBACK_H
#define FALLBACK_FALLBACK_H

#include <stdbool.h>

struct arena;
struct buf;
struct err;
struct json_object;
struct fallback;

/* NULL when a word list or a template is missing or wrong; free with fallback_free(). */
struct fallback *fallback_load(const char *agents_dir, struct err *e);
void fallback_free(struct fallback *f);

/*
 * Appends the output of `agent` (analyst, architect, developer, tester,
 * security-reviewer, usability-reviewer) as JSON text.
 * `input` is {"project":{"name","brief","stack"}, "blueprint":{…}, "revision":1,
 * "inputs":{"analyst":{…},…}, "previous":{…}|null,
 * "feedback":{"kind":"changes"|"answer"|"tests_failed"|"review"|"concern","comment":"…",
 * "question":"…","tests":[…],"comments":[{"number","text",…}],"redo":[{"text",…}]}|null}; any of it may be missing. Safe to call
 * from several threads, each with its own arena.
 * Errors: ERR_NOT_FOUND for an unknown agent, ERR_INTERNAL for a template that does not render.
 */
bool fallback_answer(const struct fallback *f, struct arena *a, const char *agent, struct json_object *input,
		     struct buf *out, struct err *e);

#endif
