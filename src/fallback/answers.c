/* SPDX-License-Identifier: MIT */
#include "fallback/answers.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/changes.h"

enum { LONGEST_ANSWER = 4000, MAX_DESCRIBED = 30 };

static struct json_object *said(const struct task *t, const char *list)
{
	return json_get_array(json_get(t->input, "feedback"), list);
}

static const char *with_paragraph(struct arena *a, const char *text, const char *more)
{
	return !*more ? text : *text ? arena_printf(a, "%s\n\n%s", text, more) : more;
}

const char *answers_asked(struct task *t, const char *comment)
{
	static const char *const lists[] = { "comments", "redo" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct json_object *list = said(t, lists[i]);
		for (size_t k = 0; list && k < json_object_array_length(list); k++)
			comment = with_paragraph(t->a, comment,
						 json_get_str(json_object_array_get_idx(list, k), "text", ""));
	}
	return comment;
}

/* What this comment alone makes of the design without all that is asked for now. */
static const char *described(struct task *t, const char *text)
{
	size_t last = t->n_requests - 1;
	const char *all = t->requests[last];
	struct err ignored = { 0 };
	struct buf b;

	struct design *before = task_design_of(t, last);
	t->requests[last] = text;
	struct design *after = task_design_of(t, last + 1);
	t->requests[last] = all;
	if (!task_state_rules(t, before, &ignored) || !task_state_rules(t, after, &ignored))
		return "";
	buf_init(&b, 64 * 1024);
	changes_describe(&b, before, after);
	struct str words = str_trim(str_from(buf_str(&b)));
	const char *answer = arena_strndup(t->a, words.s, utf8_prefix(words.s, words.len, LONGEST_ANSWER));
	buf_release(&b);
	return answer;
}

void answers_add(struct task *t, struct value *answer)
{
	struct json_object *comments = said(t, "comments");
	struct value *list = value_list(t->a);
	bool asked = t->design && *t->comment && t->n_requests && t->requests[t->n_requests - 1] == t->comment;

	for (size_t i = 0; comments && i < json_object_array_length(comments); i++) {
		struct json_object *c = json_object_array_get_idx(comments, i);
		const char *text = asked && i < MAX_DESCRIBED ? described(t, json_get_str(c, "text", "")) : "";
		struct value *one = value_object(t->a);
		set_int(t->a, one, "comment", json_get_int(c, "number", 0));
		set_text(t->a, one, "text",
			 *text ? text : "Without a language model nothing was changed for this line alone.");
		value_add(t->a, list, one);
	}
	value_set(t->a, answer, "answers", list);
}
