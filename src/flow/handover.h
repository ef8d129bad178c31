/* SPDX-License-Identifier: MIT */
/*
 * What goes with an agent's work when it is handed over: how sure the agent is, its
 * concerns about earlier work, messages, and questions to people. The form is in
 * agents/shared/handover.schema.json, one place for all agents; what follows from it is here.
 */
#ifndef FLOW_HANDOVER_H
#define FLOW_HANDOVER_H

#include <stdbool.h>

struct arena;
struct err;
struct json_object;
struct schema;

enum handover_outcome {
	HANDOVER_PASS,
	HANDOVER_FAIL,     /* a reviewer's verdict */
	HANDOVER_CONCERN,  /* goes back to whom the concerns are about */
	HANDOVER_QUESTION, /* the stage waits for people; the output is not taken */
};

struct handover {
	enum handover_outcome outcome;
	const char *detail;   /* Markdown: questions, concerns, what a review found; NULL of a pass */
	const char *messages; /* JSON [{"to" or "topic", "priority", "body"}]; NULL for none */
	const char *dropped;  /* a line for each thing that was not taken, with the reason; NULL for none */
};

/* `output` fits the agent's schema; `threshold` is the node's confidence; `reviews` when the
   agent delivers a review. Questions come first, then a reviewer's verdict; concerns count only
   below the threshold. */
struct handover handover_read(struct arena *a, struct json_object *output, double threshold, bool reviews);
/* "pass", "fail", "concern"; of a question, which is no outcome, "". */
const char *handover_outcome_name(enum handover_outcome outcome);

/* Puts the shared properties into an agent's own schema. ERR_INVALID when that has one of them. */
bool handover_merge(struct json_object *schema, struct json_object *shared, struct err *e);
/* Reads agents_dir/agent/output.schema.json and the shared form, merged and compiled. Lives as
   long as the arena; the error names the file. */
struct schema *handover_schema(struct arena *a, const char *agents_dir, const char *agent,
			       struct json_object **source, struct err *e);

#endif
