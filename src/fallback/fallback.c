/* SPDX-License-Identifier: MIT */
#include "fallback/fallback.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/answers.h"
#include "fallback/envelope.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"

struct fallback {
	struct arena *a;
	struct lexicon *l;
	struct templates *t;
};

enum { MAX_BRIEF = 200 * 1024, MAX_NAME = 80, MAX_COMMENT = 20000 };

struct fallback *fallback_load(const char *agents_dir, struct err *e)
{
	struct fallback *f = calloc(1, sizeof(*f));

	if (!f) {
		err_set(e, ERR_INTERNAL, "no memory for the fallback");
		return NULL;
	}
	f->a = arena_new(0);
	f->l = lexicon_load(f->a, path_join(f->a, agents_dir, "analyst/fallback/words"), e);
	f->t = f->l ? templates_load(agents_dir, e) : NULL;
	if (!f->t) {
		fallback_free(f);
		return NULL;
	}
	return f;
}

void fallback_free(struct fallback *f)
{
	if (!f)
		return;
	if (f->t)
		templates_free(f->t);
	arena_free(f->a);
	free(f);
}

/* "> " begins a line of an output's changes that quotes what a person asked for. */
static void add_quoted(struct task *t, struct json_object *output)
{
	struct str rest = str_from(json_get_str(output, "changes", ""));
	const char *quote = "";

	while (rest.len || *quote) {
		struct str line = rest.len ? str_cut(&rest, '\n') : STR("");
		if (line.len > 1 && line.s[0] == '>') {
			quote = arena_printf(t->a, "%s%s%.*s", quote, *quote ? "\n" : "", (int)(line.len - 1),
					     line.s + 1);
			continue;
		}
		if (*quote && t->n_requests < MAX_REQUESTS)
			t->requests[t->n_requests++] = quote;
		quote = "";
	}
}

static const char *clean_name(struct arena *a, const char *name)
{
	size_t n = utf8_prefix(name, strlen(name), MAX_NAME);
	char *clean = arena_strndup(a, name, n);

	for (char *c = clean; *c; c++)
		if ((unsigned char)*c < 32)
			*c = ' ';
	return str_trim(str_from(clean)).len ? clean : "";
}

static void read_feedback(struct task *t, struct json_object *feedback)
{
	static const struct { const char *kind; int is; } kinds[] = {
		{ "changes", FEEDBACK_REQUEST },   { "answer", FEEDBACK_REQUEST },
		{ "tests_failed", FEEDBACK_TESTS }, { "review", FEEDBACK_REVIEW },
		{ "concern", FEEDBACK_CONCERN },
	};
	const char *text = json_get_str(feedback, "comment", "");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (streq(json_get_str(feedback, "kind", ""), kinds[i].kind))
			t->feedback = kinds[i].is;
	if (t->feedback == FEEDBACK_REQUEST)
		text = answers_asked(t, text);
	text = arena_strndup(t->a, text, utf8_prefix(text, strlen(text), MAX_COMMENT));
	if (t->feedback == FEEDBACK_REQUEST)
		t->comment = text;
	else if (t->feedback != FEEDBACK_NONE)
		t->said = text;
}

static void begin(struct task *t, const struct fallback *f, struct arena *a, const char *agent,
		  struct json_object *input)
{
	static const char *const stages[] = { "analyst", "architect", "developer", "tester" };
	struct json_object *project = json_get(input, "project");
	const char *brief = json_get_str(project, "brief", "");

	*t = (struct task){ .a = a, .l = f->l, .t = f->t, .input = input };
	t->comment = t->said = t->news = "";
	t->name = clean_name(a, json_get_str(project, "name", ""));
	t->brief = arena_strndup(
	    a, brief, utf8_prefix(brief, strlen(brief) > MAX_BRIEF ? MAX_BRIEF : strlen(brief), MAX_BRIEF));
	for (size_t i = 0; i < 4 && !streq(stages[i], agent); i++)
		add_quoted(t, task_input(t, stages[i]));
	t->n_earlier = t->n_requests;
	add_quoted(t, json_get(input, "previous"));
	read_feedback(t, json_get(input, "feedback"));
}

bool fallback_answer(const struct fallback *f, struct arena *a, const char *agent, struct json_object *input,
		     struct buf *out, struct err *e)
{
	static const struct { const char *name; answer_fn *answer; } agents[] = {
		{ "analyst", analyst_answer }, { "architect", architect_answer },
		{ "developer", developer_answer }, { "tester", tester_answer },
		{ "security-reviewer", security_review }, { "usability-reviewer", usability_review },
	};
	struct task t;

	for (size_t i = 0; i < sizeof(agents) / sizeof(*agents); i++) {
		if (!streq(agents[i].name, agent))
			continue;
		begin(&t, f, a, agent, input);
		struct value *answer = agents[i].answer(&t, e);
		if (!answer)
			return err_prefix(e, "fallback of the %s", agent);
		envelope_add(&t, agent, answer);
		value_write_json(answer, out);
		return buf_ok(out) || err_set(e, ERR_TOO_LARGE, "the answer of the %s does not fit", agent);
	}
	return err_set(e, ERR_NOT_FOUND, "there is no fallback for an agent \"%s\"", agent);
}
