/* SPDX-License-Identifier: MIT */
/* The forms of agents' outputs, read once: what people may approve item by item, and edit. */
#ifndef WEB_OUTPUTS_H
#define WEB_OUTPUTS_H

#include <stddef.h>

#include "flow/items.h"

struct arena;
struct err;
struct json_object;
struct schema;
struct templates;
struct value;

struct output_form {
	const char *agent;
	struct item_list *lists;
	size_t list_count;
	struct json_object *source; /* of the schema; only to be read */
	const struct schema *schema;
};

struct outputs;
/* NULL: a file of agents/ cannot be read; `e` names it. */
const struct outputs *outputs_load(struct arena *a, const char *data_dir, struct err *e);
void outputs_free(const struct outputs *o);
/* NULL: there is no such agent here. */
const struct output_form *outputs_of(const struct outputs *o, const char *agent);
/* The document for people of an output. NULL on error. */
const char *outputs_document(const struct outputs *o, struct arena *a, const char *agent,
			     struct json_object *output, struct err *e);

#endif
