/* SPDX-License-Identifier: MIT */
/* The Architect's answer: the design itself, its addresses, tables and files. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/design_json.h"
#include "fallback/files.h"
#include "fallback/view.h"

/* Ids of the Analyst's stories that come from the same sentence. */
static struct value *stories_of(struct task *t, const char *source, const char *label)
{
	struct json_object *stories = json_get_array(task_input(t, "analyst"), "stories");
	struct value *list = value_list(t->a);

	for (size_t i = 0; stories && i < json_object_array_length(stories) && value_count(list) < 10; i++) {
		struct json_object *story = json_object_array_get_idx(stories, i);
		const char *from = json_get_str(story, "source", "");
		bool named = *label && strstr(json_get_str(story, "title", ""), label);
		if ((*source && streq(from, source)) || named)
			value_add(t->a, list,
				  value_text(t->a, arena_strdup(t->a, json_get_str(story, "id", ""))));
	}
	return list;
}

static void add_route(struct task *t, struct value *list, const char *method, const char *path,
		      const char *purpose, struct value *stories)
{
	struct value *v = value_object(t->a);

	set_text(t->a, v, "method", method);
	set_text(t->a, v, "path", path);
	set_text(t->a, v, "purpose", purpose);
	value_set(t->a, v, "stories", stories);
	value_add(t->a, list, v);
}

static void add_entity_routes(struct task *t, struct design *d, struct value *list, const struct entity *en)
{
	const char *one = field_label_lower(d, en->label), *many = field_label_lower(d, en->plural_label);
	const char *base = arena_printf(t->a, "/api/%s", en->plural),
		   *single = arena_printf(t->a, "%s/{id}", base);
	struct value *stories = stories_of(t, en->source, many);

	add_route(t, list, "GET", base, arena_printf(t->a, "Search and browse %s, 50 a page", many), stories);
	add_route(t, list, "POST", base, arena_printf(t->a, "Add: %s", one), stories);
	add_route(t, list, "GET", single, arena_printf(t->a, "Read one: %s", one), stories);
	add_route(t, list, "PUT", single, arena_printf(t->a, "Change: %s", one), stories);
	add_route(t, list, "DELETE", single, arena_printf(t->a, "Remove: %s; refused while in use", one),
		  stories);
	add_route(t, list, "GET", arena_printf(t->a, "/%s", en->plural),
		  arena_printf(t->a, "Pages: list, form and detail of %s", many), stories);
}

static void add_rule_routes(struct task *t, struct design *d, struct value *list, const struct rule *r)
{
	static const struct { const char *kind, *method, *format;
	} routes[] = {
		{ "lending.return", "POST", "/api/%s/{id}/return" },
		{ "billing.paid", "POST", "/api/%s/{id}/pay" },
		{ "scaling.amounts", "GET", "/api/%s/{id}/scaled" },
		{ "board.status", "POST", "/api/%s/{id}/next" },
	};
	const struct entity *en = design_entity(d, r->entity);
	const char *path = value_str(value_get(view_rule(d, r), "path"));
	struct value *stories = stories_of(t, r->source, "");

	for (size_t i = 0; en && i < sizeof(routes) / sizeof(*routes); i++)
		if (streq(routes[i].kind, r->kind)) {
			const char *at = strstr(routes[i].format, "%s");
			add_route(t, list, routes[i].method,
				  arena_printf(t->a, "%.*s%s%s", (int)(at - routes[i].format),
					       routes[i].format, en->plural, at + 2),
				  r->statement, stories);
		}
	if (!*path)
		return;
	add_route(t, list, "GET", arena_printf(t->a, "/%s", path), r->statement, stories);
	if (!streq(r->kind, "export.csv"))
		add_route(t, list, "GET", arena_printf(t->a, "/api/%s", path), r->statement, stories);
}

static struct value *write_api(struct task *t, struct design *d)
{
	struct value *list = value_list(t->a);

	add_route(t, list, "GET", "/health", "Says that the application is up", value_list(t->a));
	for (size_t i = 0; i < d->n_entities; i++)
		add_entity_routes(t, d, list, &d->entities[i]);
	for (size_t i = 0; i < d->n_rules; i++)
		add_rule_routes(t, d, list, &d->rules[i]);
	return list;
}

static struct value *write_files(struct task *t, struct design *d)
{
	struct planned_file files[MAX_PLANNED];
	size_t n = plan_files(d, files);
	struct value *list = value_list(t->a);

	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(t->a);
		set_text(t->a, v, "path", files[i].path);
		set_text(t->a, v, "purpose", files[i].purpose);
		value_add(t->a, list, v);
	}
	return list;
}

struct value *architect_answer(struct task *t, struct err *e)
{
	struct design *d = task_design(t), *before = task_before(t);
	struct value *entities = value_list(t->a), *rules = value_list(t->a);

	if (!task_state_rules(t, d, e) || (before && !task_state_rules(t, before, e)))
		return NULL;
	struct value *view = design_view(d);
	struct json_object *frame = task_render_json(t, "architect/fallback/frame", view, e);
	const char *schema = task_render(t, "architect/fallback/schema", view, e);
	if (!frame || !schema)
		return NULL;
	struct value *out = value_from_json(t->a, frame);
	set_text(t->a, out, "purpose", d->purpose);
	for (size_t i = 0; i < d->n_entities; i++)
		value_add(t->a, entities, design_write_entity(d, &d->entities[i]));
	for (size_t i = 0; i < d->n_rules; i++) {
		struct value *rule = design_write_rule(d, &d->rules[i]);
		value_set(t->a, rule, "stories", stories_of(t, d->rules[i].source, ""));
		value_add(t->a, rules, rule);
	}
	value_set(t->a, out, "entities", entities);
	value_set(t->a, out, "rules", rules);
	value_set(t->a, out, "api", write_api(t, d));
	set_text(t->a, out, "schema", schema);
	value_set(t->a, out, "files", write_files(t, d));
	set_text(t->a, out, "changes", task_changes(t, before, d));
	return out;
}
