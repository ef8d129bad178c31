/* SPDX-License-Identifier: MIT */
/* Counts what would become nodes before anything is allocated. */
#include "llm/bounded.h"

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

/* Every value but the first of its kind follows a comma or an opening bracket. */
static bool too_many_nodes(const char *s, size_t n)
{
	bool quoted = false;
	size_t nodes = 0;

	for (size_t i = 0; i < n; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == ',' || s[i] == '[' || s[i] == '{'))
			nodes++;
	}
	return nodes > LLM_NODES_MAX;
}

struct json_object *llm_json(struct arena *a, const char *s, size_t n, struct err *e)
{
	if (too_many_nodes(s, n)) {
		err_set(e, ERR_TOO_LARGE, "JSON of more than %d values", LLM_NODES_MAX);
		return NULL;
	}
	return json_parse(a, s, n, e);
}
