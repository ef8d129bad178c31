/* SPDX-License-Identifier: MIT */
#include "fallback/answer.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/changes.h"
#include "fallback/view.h"

#define MAX_RENDERED (1024 * 1024)

struct json_object *task_input(const struct task *t, const char *agent)
{
	return json_get(json_get(t->input, "inputs"), agent);
}

struct design *task_design_of(struct task *t, size_t n)
{
	struct json_object *architect = task_input(t, "architect");
	struct design *d = NULL;

	if (architect) {
		/* The accepted design holds what was asked of the Analyst and the Architect. */
		struct json_object *held[] = { task_input(t, "analyst"), architect };
		size_t skip = 0;
		for (size_t i = 0; i < 2; i++)
			skip += changes_quotes(json_get_str(held[i], "changes", ""));
		d = design_from_json(t->a, t->l, t->name, architect);
		if (d) {
			if (skip < n)
				design_apply(d, t->requests + skip, n - skip);
			return d;
		}
	}
	return design_understand(t->a, t->l, t->name, t->brief, t->requests, n);
}

struct design *task_design(struct task *t)
{
	if (*t->comment && t->n_requests < MAX_REQUESTS)
		t->requests[t->n_requests++] = t->comment;
	t->design = task_design_of(t, t->n_requests);
	return t->design;
}

struct design *task_before(struct task *t)
{
	return *t->comment && t->n_requests ? task_design_of(t, t->n_requests - 1) : NULL;
}

const char *task_render(struct task *t, const char *template, const struct value *view, struct err *e)
{
	struct buf b;
	const char *text = NULL;

	buf_init(&b, MAX_RENDERED);
	if (templates_render(t->t, template, view, &b, e))
		text = arena_strndup(t->a, buf_str(&b), b.len);
	buf_release(&b);
	return text;
}

struct json_object *task_render_json(struct task *t, const char *template, const struct value *view,
				     struct err *e)
{
	const char *text = task_render(t, template, view, e);
	struct json_object *o = text ? json_parse(t->a, text, strlen(text), e) : NULL;

	if (text && !o)
		err_prefix(e, "%s", template);
	return o;
}

bool task_state_rules(struct task *t, struct design *d, struct err *e)
{
	for (size_t i = 0; i < d->n_rules; i++) {
		const char *text =
		    task_render(t, "architect/fallback/statement", view_rule(d, &d->rules[i]), e);
		if (!text)
			return false;
		struct str trimmed = str_trim(str_from(text));
		d->rules[i].statement = arena_strndup(t->a, trimmed.s, trimmed.len);
	}
	return true;
}

/* The comment as a block quote, by which later revisions know what was asked for. */
static void add_quote(struct task *t, struct buf *b)
{
	const char *question = json_get_str(json_get(t->input, "feedback"), "question", "");
	struct str rest = str_from(t->comment);

	if (*question) {
		/* One line, so that a question never reads as a request. */
		char *line = arena_strdup(t->a, question);
		for (char *c = line; *c; c++)
			if (*c == '\n')
				*c = ' ';
		buf_addf(b, "Asked: %s\n\n", line);
	}
	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		buf_addf(b, "> %.*s\n", (int)line.len, line.s);
	}
	buf_addc(b, '\n');
}

static void add_news(struct task *t, struct buf *b, struct design *before, struct design *after)
{
	switch (t->feedback) {
	case FEEDBACK_NONE:
		break;
	case FEEDBACK_REQUEST:
		if (before)
			changes_describe(b, before, after);
		break;
	case FEEDBACK_TESTS:
		changes_tests(b);
		break;
	case FEEDBACK_REVIEW:
		changes_review(b, t->said, json_get(t->input, "previous"), t->files);
		break;
	case FEEDBACK_CONCERN:
		changes_concern(b, t->a, t->l, t->said, t->brief);
		break;
	}
}

const char *task_changes(struct task *t, struct design *before, struct design *after)
{
	struct buf b, news;
	const char *previous = json_get_str(json_get(t->input, "previous"), "changes", "");

	if (!*t->comment && t->feedback != FEEDBACK_TESTS && !*t->said)
		return "";
	buf_init(&b, 256 * 1024);
	buf_init(&news, 128 * 1024);
	if (*previous)
		buf_addf(&b, "%s\n\n", previous);
	if (before)
		add_quote(t, &b);
	add_news(t, &news, before, after);
	buf_adds(&b, buf_str(&news));
	t->news = arena_strdup(t->a, buf_str(&news));
	const char *text = arena_strdup(t->a, buf_str(&b));
	buf_release(&news);
	buf_release(&b);
	return text;
}

struct value *task_file(struct task *t, const char *path, const char *template, const struct value *view,
			struct err *e)
{
	const char *content = task_render(t, template, view, e);

	if (!content)
		return NULL;
	struct value *file = value_object(t->a);
	set_text(t->a, file, "path", path);
	set_text(t->a, file, "content", content);
	return file;
}
