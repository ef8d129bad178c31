/* SPDX-License-Identifier: MIT */
/* What the four answers share: the task at hand and how texts are rendered for it. */
#ifndef FALLBACK_ANSWER_H
#define FALLBACK_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "fallback/design.h"

struct arena;
struct err;
struct json_object;
struct lexicon;
struct templates;
struct value;

#define MAX_REQUESTS 40

struct task {
	struct arena *a;
	const struct lexicon *l;
	const struct templates *t;
	struct json_object *input;
	const char *name, *brief;
	/* What people asked for at gates so far, oldest first: of earlier stages, then of this one. */
	const char *requests[MAX_REQUESTS];
	size_t n_requests, n_earlier; /* n_earlier: those of earlier stages */
	const char *comment;          /* asked for now, or answered to a question; "" if nothing */
	enum { FEEDBACK_NONE, FEEDBACK_REQUEST, FEEDBACK_TESTS, FEEDBACK_REVIEW, FEEDBACK_CONCERN } feedback;
	const char *said;             /* by the tests, a review or a concern; it is no request */
	/* What came of it, for the hand-over. */
	struct design *design;
	struct value *files;          /* written by this answer, or NULL */
	const char *news;             /* what the feedback has changed, "" if nothing was said */
};

typedef struct value *answer_fn(struct task *t, struct err *e);
answer_fn analyst_answer, architect_answer, developer_answer, tester_answer;
answer_fn security_review, usability_review;

/* The design of the project as the stages before left it, with all that was asked since. */
struct design *task_design(struct task *t);
/* After task_design(): the same without what was asked for now; NULL when nothing was. */
struct design *task_before(struct task *t);
/* The same with the first n requests alone. */
struct design *task_design_of(struct task *t, size_t n);
/* The accepted output of an earlier agent, else NULL. */
struct json_object *task_input(const struct task *t, const char *agent);
/* Renders into the arena; NULL on error. */
const char *task_render(struct task *t, const char *template, const struct value *view, struct err *e);
/* Renders a template whose text is JSON and parses it. */
struct json_object *task_render_json(struct task *t, const char *template, const struct value *view,
				     struct err *e);
/* Fills in the statement of each rule that has none. */
bool task_state_rules(struct task *t, struct design *d, struct err *e);
/* The text of "changes": what was asked, quoted, and what became of it. `before` is the
   design without the newest request, NULL in a first revision. */
const char *task_changes(struct task *t, struct design *before, struct design *after);
/* {path, content} of a rendered template. NULL on error. */
struct value *task_file(struct task *t, const char *path, const char *template, const struct value *view,
			struct err *e);

#endif
