/* SPDX-License-Identifier: MIT */
/*
 * Agents as data: agents/NAME/ with agent.json {title, delivers, subscribes,
 * max_output_tokens}, prompt.prompt.mustache, output.schema.json and document.md.mustache.
 * Templates are read at the start, an agent at its first use.
 */
#ifndef RUNNER_AGENT_H
#define RUNNER_AGENT_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct json_object;
struct schema;
struct templates;

enum delivers { DELIVERS_DOCUMENT, DELIVERS_APPLICATION, DELIVERS_SUITE, DELIVERS_REVIEW };

struct agent {
	const char *name, *title;
	enum delivers delivers;
	int64_t max_output_tokens; /* the configuration may say less */
	const char **topics; /* what it subscribes to */
	size_t topic_count;
	struct json_object *schema_source; /* its own with the shared form of flow/handover.h */
	const char *schema_text; /* the same */
	struct schema *schema;
	const struct templates *templates; /* of all agents: "NAME/prompt", "NAME/document" */
};

struct agents;

/* `data_dir` must outlive it. NULL when a template is wrong. */
struct agents *agents_new(const char *data_dir, struct err *e);
void agents_free(struct agents *s);
/* NULL with a sentence that names the file. The same agent is given again each time. */
const struct agent *agents_get(struct agents *s, const char *name, struct err *e);
/* blueprints/STACK/blueprint.json, owned by `s`; an empty object when there is none. */
struct json_object *agents_blueprint(struct agents *s, const char *stack, struct err *e);

#endif
