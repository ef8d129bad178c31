/* SPDX-License-Identifier: MIT */
/*
 * What an agent is given for one stage:
 *
 *   {"project": {"name", "brief", "stack"}, "blueprint": {…}, "revision": N,
 *    "inputs": {AGENT: its newest output, files with their contents},
 *    "previous": this stage's newest output, or null,
 *    "feedback": {"kind": "changes"|"tests_failed", "stage", "comment",
 *                 "total", "failed", "problem", "tests": [{"name", "outcome", "log"}]} or null}
 *
 * Of the tests only those that failed, at most 20, each with the last 4,000 characters of
 * its log.
 */
#ifndef MODEL_STAGE_INPUT_H
#define MODEL_STAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/fileset.h"

struct arena;
struct db;
struct err;
struct json_object;
struct lease;

struct stage_input {
	struct json_object *json;
	const char *stack;
	/* The files in `inputs`, of all agents together. */
	struct file_item *files;
	size_t file_count;
};

/* All of it in the arena. `blueprint` is set by the caller, who knows where blueprints are. */
bool stage_input_load(struct db *db, struct arena *a, const struct lease *l, struct stage_input *out,
		      struct err *e);

#endif
