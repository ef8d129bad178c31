/* SPDX-License-Identifier: MIT */
/*
 * The items of outputs, such as stories: what people approve, send back or write one by one, and what
 * of them must come back as it was. Which lists of an output have items is said by agent.json:
 *
 *   "items": [{"list": "stories", "key": "id", "title": "title", "one": "story", "many": "stories"}]
 */
#ifndef FLOW_ITEMS_H
#define FLOW_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct json_object;

struct item_list {
	const char *list, *key, *title, *one, *many;
};

/* No "items": none. The words live as long as `agent`. */
bool items_read(struct arena *a, struct json_object *agent, struct item_list **out, size_t *count,
		struct err *e);

/* What a stage's input demands of its output: the items of `previous` that `feedback` names in "kept",
   copied, and how many comments are to be answered. */
struct demands {
	struct json_object *kept; /* [{list, key, id, at, value}], or NULL */
	size_t comments;
};
struct demands demands_read(struct arena *a, struct json_object *input);
/* Kept items are put where the output has others of their name; those that it lacks, where they were. */
void demands_keep(const struct demands *d, struct json_object *output);
/* NULL, or for the model which comments are not answered. */
const char *demands_unanswered(const struct demands *d, struct arena *a, struct json_object *output);

#endif
