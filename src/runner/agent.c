/* SPDX-License-Identifier: MIT */
#include "runner/agent.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "flow/handover.h"

enum { MAX_AGENTS = 64, MAX_BLUEPRINTS = 64 };

struct blueprint {
	const char *stack;
	struct json_object *json;
};

struct agents {
	struct arena *a;
	const char *data_dir;
	struct templates *templates;
	struct agent list[MAX_AGENTS];
	size_t count;
	struct blueprint blueprints[MAX_BLUEPRINTS];
	size_t blueprint_count;
};

struct agents *agents_new(const char *data_dir, struct err *e)
{
	struct arena *a = arena_new(0);
	struct templates *templates = templates_load(path_join(a, data_dir, "agents"), e);

	if (!templates) {
		arena_free(a);
		return NULL;
	}
	struct agents *s = arena_alloc(a, sizeof(*s));
	s->a = a;
	s->data_dir = data_dir;
	s->templates = templates;
	return s;
}

void agents_free(struct agents *s)
{
	if (!s)
		return;
	templates_free(s->templates);
	arena_free(s->a);
}

/* Names come from the database; one that is not plain never becomes part of a path. */
static bool plain(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n <= 60 && s[n] == '\0' && s[0] != '-';
}

static bool read_topics(struct agents *s, struct agent *g, struct json_object *list, struct err *e)
{
	size_t n = list ? json_object_array_length(list) : 0;
	const char **topics = arena_array(s->a, n, sizeof(*topics));

	for (size_t i = 0; i < n; i++) {
		struct json_object *t = json_object_array_get_idx(list, i);
		topics[i] = json_object_is_type(t, json_type_string) ? json_object_get_string(t) : "";
		if (!plain(topics[i]) || strlen(topics[i]) > 40 || topics[i][0] < 'a' || topics[i][0] > 'z')
			return err_set(e, ERR_INVALID, "\"subscribes\" must be a list of short words");
	}
	g->topics = topics;
	g->topic_count = n;
	return true;
}

static bool read_agent(struct agents *s, struct agent *g, struct err *e)
{
	static const char *const kinds[] = { "document", "application", "suite", "review" };
	const char *dir = path_join(s->a, path_join(s->a, s->data_dir, "agents"), g->name);
	struct json_object *j = json_load(s->a, path_join(s->a, dir, "agent.json"), 64 << 10, e);
	size_t k = 0;

	if (!j)
		return false;
	g->title = json_get_str(j, "title", g->name);
	g->max_output_tokens = json_get_int(j, "max_output_tokens", INT64_MAX);
	while (k < 4 && !streq(json_get_str(j, "delivers", ""), kinds[k]))
		k++;
	if (k == 4)
		return err_set(e, ERR_INVALID,
			       "%s/agent.json: \"delivers\" must be document, application, suite or review",
			       dir);
	g->delivers = (enum delivers)k;
	g->templates = s->templates;
	for (size_t i = 0; i < 2; i++) {
		const char *name = arena_printf(s->a, "%s/%s", g->name, i ? "document" : "prompt");
		if (!templates_has(s->templates, name))
			return err_set(e, ERR_INVALID, "there is no template agents/%s.%s.mustache", name,
				       i ? "md" : "prompt");
	}
	if (!read_topics(s, g, json_get_array(j, "subscribes"), e))
		return err_prefix(e, "%s/agent.json", dir);
	const char *agents = path_join(s->a, s->data_dir, "agents");
	g->schema = handover_schema(s->a, agents, g->name, &g->schema_source, e);
	g->schema_text = g->schema ? json_text(s->a, g->schema_source) : NULL;
	return g->schema != NULL;
}

const struct agent *agents_get(struct agents *s, const char *name, struct err *e)
{
	for (size_t i = 0; i < s->count; i++)
		if (streq(s->list[i].name, name))
			return &s->list[i];
	if (!plain(name) || s->count == MAX_AGENTS) {
		err_set(e, ERR_INVALID, "\"%.60s\" cannot be the name of an agent", name);
		return NULL;
	}
	struct agent *g = &s->list[s->count];
	*g = (struct agent){ .name = arena_strdup(s->a, name) };
	if (!read_agent(s, g, e))
		return NULL;
	s->count++;
	return g;
}

struct json_object *agents_blueprint(struct agents *s, const char *stack, struct err *e)
{
	for (size_t i = 0; i < s->blueprint_count; i++)
		if (streq(s->blueprints[i].stack, stack))
			return s->blueprints[i].json;
	if (!plain(stack) || s->blueprint_count == MAX_BLUEPRINTS) {
		err_set(e, ERR_INVALID, "\"%.60s\" cannot be the name of a stack", stack);
		return NULL;
	}
	const char *dir = path_join(s->a, path_join(s->a, s->data_dir, "blueprints"), stack);
	const char *file = path_join(s->a, dir, "blueprint.json");
	struct json_object *j = file_exists(file) ? json_load(s->a, file, 1 << 20, e)
						  : json_own(s->a, json_object_new_object());
	if (j)
		s->blueprints[s->blueprint_count++] = (struct blueprint){ arena_strdup(s->a, stack), j };
	return j;
}
