/* SPDX-License-Identifier: MIT */
/* The form for a new project, and its submission by form or by JSON. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/project.h"
#include "web/app.h"
#include "web/handlers.h"

#define WORKFLOW "sdlc"
#define STACK "python-stdlib"
#define CAP_MAX INT64_C(1000000000000) /* a million dollars in micro-dollars */

static const struct field fields[] = {
	FIELD_TEXT("name", struct submission, name, 1, 120, REQUIRED, "Name"),
	FIELD_TEXT("brief", struct submission, brief, 1, 200000, REQUIRED | MULTILINE, "Brief"),
	FIELD_TEXT("workflow", struct submission, workflow, 1, 100, 0, "Workflow"),
	FIELD_TEXT("stack", struct submission, stack, 1, 100, 0, "Stack"),
	FIELD_MONEY("cap_usd", struct submission, cap_micro, CAP_MAX, 0, "Spend cap"),
	FIELD_INT("priority", struct submission, priority, -10, 10, 0, "Priority"),
	FIELD_TEXT("submit_key", struct submission, key, 8, 200, 0, "Form"),
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *typed(const struct exchange *x, const char *name, const char *otherwise)
{
	const char *s = x->problems ? value_str(value_get(value_get(x->problems, "typed"), name)) : "";
	return *s ? s : otherwise;
}

/* Scripts may say any number from -10 to 10; people choose among three. */
static struct value *priorities(struct arena *a, const char *chosen)
{
	static const struct { const char *value, *text; } known[] = {
		{ "0", "Normal" }, { "10", "Urgent" }, { "-10", "Whenever" },
	};
	struct value *list = value_list(a);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct value *v = value_object(a);
		set_text(a, v, "value", known[i].value);
		set_text(a, v, "text", known[i].text);
		set_bool(a, v, "selected", streq(known[i].value, chosen));
		value_add(a, list, v);
	}
	return list;
}

static bool show_form(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	const struct app *app = app_of(x);
	struct value *workflows, *stacks = value_list(a), *v = value_object(a);
	if (!workflow_choices(x->db, a, typed(x, "workflow", WORKFLOW), &workflows, e))
		return false;
	for (size_t i = 0; i < app->stack_count; i++) {
		struct value *s = value_object(a);
		set_text(a, s, "id", app->stacks[i].id);
		set_text(a, s, "title", app->stacks[i].title);
		set_text(a, s, "description", app->stacks[i].description);
		set_bool(a, s, "checked", streq(app->stacks[i].id, typed(x, "stack", STACK)));
		value_add(a, stacks, s);
	}
	value_set(a, v, "_priorities", priorities(a, typed(x, "priority", "0")));
	set_text(a, v, "submit_key", typed(x, "submit_key", token_new(a)));
	value_set(a, v, "workflows", workflows);
	value_set(a, v, "stacks", stacks);
	x->view = v;
	x->template_ = "project_new";
	app_title(x, "New project", "projects");
	return true;
}

bool page_project_new(struct exchange *x, struct err *e)
{
	return show_form(x, e);
}

static bool stack_known(const struct app *app, const char *id)
{
	for (size_t i = 0; i < app->stack_count; i++)
		if (streq(app->stacks[i].id, id))
			return true;
	return false;
}

static bool workflow_known(struct exchange *x, const char *name, bool *known, struct err *e)
{
	struct value *list;
	*known = false;
	if (!workflow_choices(x->db, x->arena, name, &list, e))
		return false;
	for (size_t i = 0; i < value_count(list) && !*known; i++) {
		const struct value *checked = value_get(value_at(x->arena, list, i), "checked");
		*known = checked && checked->kind == V_BOOL && checked->u.b;
	}
	return true;
}

/* False with ERR_INVALID when the person must mend something, with another class when we must. */
static bool submission_read(struct exchange *x, struct submission *s, struct err *e)
{
	bool known, ok = form_read(x, fields, FIELDS, s, &x->problems, e);
	if (!s->workflow)
		s->workflow = WORKFLOW;
	if (!s->stack)
		s->stack = STACK;
	if (!workflow_known(x, s->workflow, &known, e))
		return false;
	if (!known)
		form_problem(x, &x->problems, "workflow", "Workflow: there is none of this name.");
	if (!stack_known(app_of(x), s->stack))
		form_problem(x, &x->problems, "stack", "Stack: there is none of this name.");
	size_t n = value_count(value_get(x->problems, "errors"));
	if (n && ok)
		err_set(e, ERR_INVALID, n == 1 ? "One field needs another value." : "Two fields need another value.");
	return ok && !n;
}

/* The key of a form, of an Idempotency-Key, or a fresh one: what is sent twice makes one project. A form
   that was sent, gone back to, changed and sent again makes another: nothing typed is lost. */
static const char *submit_key(struct exchange *x, const struct submission *s)
{
	const char *header = x->req->header(x->req, "idempotency-key"), *all;
	if (!s->key)
		return header ? arena_printf(x->arena, "key:%s", header) : token_new(x->arena);
	all = arena_printf(x->arena, "%s\n%s\n%s\n%" PRId64 "\n%" PRId64 "\n%s", s->name, s->workflow, s->stack,
			   s->cap_micro, s->priority, s->brief);
	return arena_printf(x->arena, "%s %s", s->key, sha256_hex(x->arena, all, strlen(all)));
}

bool project_create(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	struct submission s = { .cap_micro = -1 };
	struct err shown = { 0 };
	int64_t id, run_id;
	bool created;
	if (!submission_read(x, &s, e)) {
		if (e->class != ERR_INVALID || (!request_wants_json(x->req) && !show_form(x, &shown)))
			x->problems = NULL;
		return false;
	}
	s.key = submit_key(x, &s);
	if (!project_submit(x->db, a, x->who.account_id, &s, &id, &run_id, &created, e)) {
		x->problems = NULL;
		return false;
	}
	const char *run = arena_printf(a, "/runs/%" PRId64, run_id);
	if (!request_wants_json(x->req))
		return app_redirect(x, run);
	x->view = value_object(a);
	set_int(a, x->view, "id", id);
	set_int(a, x->view, "run_id", run_id);
	x->res->status = created ? 201 : 200;
	response_header(a, x->res, "Location", app_url(x, arena_printf(a, "/api/v1/runs/%" PRId64, run_id)));
	return true;
}
