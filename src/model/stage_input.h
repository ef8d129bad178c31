/* SPDX-License-Identifier: MIT */
/*
 * What agents are given for their stages:
 *
 *   {"project": {"name", "brief", "stack"}, "revision": N,
 *    "inputs": {AGENT: its newest output, files with their contents},
 *    "previous": this stage's newest output, or null,
 *    "messages": [{"from", "topic" or null, "body"}],
 *    "feedback": {"kind": "changes"|"tests_failed"|"review"|"concern"|"answer", "stage", "comment",
 *                 "question", "total", "failed", "problem",
 *                 "tests": [{"name", "outcome", "log"}],
 *                 "comments": [{"number", "path" ("": the document), "line", "line_end", "quote", "quoted", "text"}],
 *                 "kept": [{"list", "key", "id"}], "redo": [{"list", "key", "id", "text"}]} or null}
 *
 * Inputs are the outputs of the stages before this one, by position; not those beside it.
 * Of the tests only those that failed, at most 20, each with the last 4,000 characters of
 * its log.
 */
#ifndef MODEL_STAGE_INPUT_H
#define MODEL_STAGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/fileset.h"
#include "model/lease.h"

struct arena;
struct db;
struct err;
struct json_object;

struct stage_input {
	struct json_object *json;
	const char *stack;
	/* The files in `inputs`, of all agents together. */
	struct file_item *files;
	size_t file_count;
};

struct stage_order {
	const struct lease *lease;
	struct arena *a;         /* all of its input goes here */
	struct stage_input out;
	const char *problem;     /* in the arena; NULL: it is loaded */
};

/* For a batch, in a few statements for all of it. Messages that are read are held by the
   lease from now on. False when the database could not be asked; else each order is loaded
   or has its problem. The caller adds "blueprint", who knows where blueprints are. */
bool stage_inputs_load(struct db *db, const char *owner, struct stage_order *orders, size_t n, struct err *e);

#endif
