/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/gate.h"
#include "web/app.h"
#include "web/param.h"
#include "web/stage_links.h"

#define COMMENT_MAX 20000

static const char *const kinds[] = { "approve", "changes", "reject", "skip", "answer", NULL };

static const struct field decision_fields[] = {
	FIELD_ENUM("kind", struct decision, kind, kinds, REQUIRED, "The decision"),
	FIELD_INT("revision", struct decision, revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("comment", struct decision, comment, 0, COMMENT_MAX, MULTILINE, "The comment"),
};

static bool show(struct exchange *x, int64_t id, struct err *e)
{
	const struct looker who = looker_of(x);
	if (!gate_view(x->db, x->arena, id, app_owner(x), &who, &x->view, e))
		return false;
	x->template_ = "gate";
	stage_links(x, value_get(x->view, "stage_view"));
	app_title(x,
		  arena_printf(x->arena, "%s, %s", value_str(value_get(x->view, "_asks")),
			       value_str(value_get(x->view, "name"))),
		  "projects");
	return true;
}

bool page_gate(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && show(x, id, e);
}

/* The page again, as things are now, with what happened and what was typed. */
static bool show_again(struct exchange *x, int64_t id, struct value *problems, const struct decision *d,
		       struct err *e)
{
	struct arena *a = x->arena;
	struct err ignored = { 0 };
	if (request_wants_json(x->req) || (e->class != ERR_CONFLICT && e->class != ERR_INVALID) ||
	    !show(x, id, &ignored)) {
		x->problems = problems;
		return false;
	}
	struct value *typed = problems ? value_get(problems, "typed") : value_object(a);
	if (!problems) {
		problems = value_object(a);
		set_text(a, typed, "comment", d->comment);
		set_text(a, typed, "kind", d->kind);
	}
	/* Choosing again is asked for when the world has changed. */
	if (e->class == ERR_INVALID)
		set_bool(a, typed, arena_printf(a, "_%s", value_str(value_get(typed, "kind"))), true);
	value_set(a, problems, "typed", typed);
	set_text(a, problems, "error", arena_strdup(a, e->msg));
	set_bool(a, problems, "changed", e->class == ERR_CONFLICT);
	x->problems = problems;
	return false;
}

bool gate_decide(struct exchange *x, struct err *e)
{
	struct decision d = { .comment = "" };
	struct value *problems = NULL, *decided;
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!form_read(x, decision_fields, sizeof(decision_fields) / sizeof(decision_fields[0]), &d,
		       &problems, e) ||
	    !gate_decide_by(x->db, x->arena, id, app_owner(x), x->who.account_id, &d, &decided, e))
		return show_again(x, id, problems, &d, e);
	if (!request_wants_json(x->req)) {
		long long run = (long long)value_get(decided, "run_id")->u.i;
		bool open = value_get(decided, "open")->u.b;
		return app_redirect(x, open ? arena_printf(x->arena, "/gates/%lld", (long long)id) :
					      arena_printf(x->arena, "/runs/%lld", run));
	}
	x->view = decided;
	return true;
}

bool api_gates(struct exchange *x, struct err *e)
{
	struct value *list;
	if (!gate_list(x->db, x->arena, app_owner(x), x->who.account_id, x->cfg->public_url, &list, e))
		return false;
	x->view = value_object(x->arena);
	value_set(x->arena, x->view, "gates", list);
	return true;
}
