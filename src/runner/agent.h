/* SPDX-License-Identifier: MIT */
/*
 * Agents as data: agents/NAME/ with agent.json (title, produces), prompt.md,
 * output.schema.json and document.md.mustache. Read once at their first use.
 */
#ifndef RUNNER_AGENT_H
#define RUNNER_AGENT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct json_object;
struct schema;
struct templates;

enum produces { PRODUCES_DOCUMENT, PRODUCES_APPLICATION, PRODUCES_SUITE };

struct agent {
	const char *name, *title, *prompt;
	enum produces produces;
	struct json_object *schema_source;
	struct schema *schema;
	struct templates *templates; /* has "document" */
};

struct agents;

/* `data_dir` must outlive it. */
struct agents *agents_new(const char *data_dir);
void agents_free(struct agents *s);
/* NULL with a sentence that names the file. The same agent is given again each time. */
const struct agent *agents_get(struct agents *s, const char *name, struct err *e);
/* blueprints/STACK/blueprint.json, owned by `s`; an empty object when there is none. */
struct json_object *agents_blueprint(struct agents *s, const char *stack, struct err *e);

#endif
