/* SPDX-License-Identifier: MIT */
/* The answers of Developer and Tester: files rendered from the design. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/files.h"
#include "fallback/view.h"

/* What a module's template sees: the module first, the whole design behind it. */
static struct value *view_for(struct design *d, struct value *whole, const struct rule *module)
{
	if (!module)
		return whole;
	struct value *m = view_module(d, module);
	static const char *const shared[] = { "entities", "first", "first_text", "project" };
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		value_set(d->a, m, shared[i], value_get(whole, shared[i]));
	return m;
}

static struct value *render_files(struct task *t, struct design *d, bool tests, struct err *e)
{
	struct planned_file plan[MAX_PLANNED];
	size_t n = plan_files(d, plan);
	struct value *files = value_list(t->a), *whole = design_view(d), *rules = value_list(t->a);

	for (size_t i = 0; i < d->n_rules; i++)
		value_add(t->a, rules, value_text(t->a, d->rules[i].statement));
	value_set(t->a, whole, "rules", rules);
	for (size_t i = 0; i < n; i++) {
		if (plan[i].test != tests)
			continue;
		struct value *file =
		    task_file(t, plan[i].path, plan[i].template, view_for(d, whole, plan[i].module), e);
		if (!file)
			return NULL;
		value_add(t->a, files, file);
	}
	return files;
}

struct value *developer_answer(struct task *t, struct err *e)
{
	struct design *d = task_design(t), *before = task_before(t);
	struct value *out = value_object(t->a);

	if (!task_state_rules(t, d, e) || (before && !task_state_rules(t, before, e)))
		return NULL;
	struct value *files = t->files = render_files(t, d, false, e);
	if (!files)
		return NULL;
	set_text(t->a, out, "summary",
		 arena_printf(t->a,
			      "A web application with %zu kinds of records and %zu rules, in %zu files; "
			      "Python standard library and SQLite only.",
			      d->n_entities, d->n_rules, value_count(files)));
	value_set(t->a, out, "files", files);
	set_text(t->a, out, "changes", task_changes(t, before, d));
	return out;
}

/* "    def test_x(self):" lines of a file, as full test names. */
static size_t add_covers(struct task *t, struct value *covers, const char *path, const char *content,
			 const char *story)
{
	const char *class = "";
	size_t n = 0;
	struct str rest = str_from(content);

	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		char word[120] = "";
		size_t skip = line.len > 6 && memcmp(line.s, "class ", 6) == 0 ? 6 :
			      line.len > 13 && memcmp(line.s, "    def test_", 13) == 0 ? 8 : 0;
		if (!skip)
			continue;
		size_t len = 0;
		while (skip + len < line.len && line.s[skip + len] != '(' && len < sizeof(word) - 1) {
			word[len] = line.s[skip + len];
			len++;
		}
		word[len] = '\0';
		if (skip == 6) {
			class = arena_strdup(t->a, word);
			continue;
		}
		struct value *v = value_object(t->a);
		size_t stem = strlen(path) - 3;
		char *module = arena_strndup(t->a, path, stem);
		for (char *c = module; *c; c++)
			if (*c == '/')
				*c = '.';
		set_text(t->a, v, "test", arena_printf(t->a, "%s.%s.%s", module, class, word));
		set_text(t->a, v, "story", story);
		value_add(t->a, covers, v);
		n++;
	}
	return n;
}

/* The story that a test file is about: one whose source a rule of the module shares. */
static const char *story_of(struct task *t, struct design *d, const struct rule *module)
{
	struct json_object *stories = json_get_array(task_input(t, "analyst"), "stories");

	for (size_t i = 0; module && stories && i < json_object_array_length(stories); i++) {
		struct json_object *story = json_object_array_get_idx(stories, i);
		for (size_t k = 0; k < d->n_rules; k++)
			if (*d->rules[k].source &&
			    streq(d->rules[k].source, json_get_str(story, "source", "")) &&
			    streq(rule_feature(d, &d->rules[k]), rule_feature(d, module)))
				return arena_strdup(t->a, json_get_str(story, "id", ""));
	}
	return "";
}

struct value *tester_answer(struct task *t, struct err *e)
{
	struct design *d = task_design(t), *before = task_before(t);
	struct planned_file plan[MAX_PLANNED];
	struct value *out = value_object(t->a), *covers = value_list(t->a);
	size_t tests = 0;

	if (!task_state_rules(t, d, e) || (before && !task_state_rules(t, before, e)))
		return NULL;
	struct value *files = t->files = render_files(t, d, true, e);
	if (!files)
		return NULL;
	size_t n = plan_files(d, plan);
	struct item *file = files->u.list.first;
	for (size_t i = 0; i < n; i++) {
		if (!plan[i].test)
			continue;
		tests += add_covers(t, covers, plan[i].path, value_str(value_get(file->v, "content")),
				    story_of(t, d, plan[i].module));
		file = file->next;
	}
	set_text(t->a, out, "summary",
		 arena_printf(t->a,
			      "%zu tests over HTTP; each starts the application with an empty data file.",
			      tests));
	value_set(t->a, out, "files", files);
	value_set(t->a, out, "covers", covers);
	set_text(t->a, out, "changes", task_changes(t, before, d));
	return out;
}
