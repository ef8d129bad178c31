/* SPDX-License-Identifier: MIT */
/* What people and agents say to one another in a run. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/message.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

static const struct field fields[] = {
	FIELD_TEXT("text", struct saying, text, 1, 20000, REQUIRED | MULTILINE, "The message"),
	FIELD_INT("priority", struct saying, priority, -10, 10, 0, "The priority"),
	FIELD_INT("reply_to", struct saying, reply_to, 1, INT64_MAX, 0, "The message answered"),
};

static bool show(struct exchange *x, int64_t run, struct err *e)
{
	struct arena *a = x->arena;
	int64_t before;
	if (!query_int(x, "before", 1, INT64_MAX, INT64_MAX, &before, e) ||
	    !message_list(x->db, a, run, app_owner(x), before, &x->view, e))
		return false;
	const struct value *older = value_get(x->view, "older");
	if (older->kind == V_INT)
		response_header(a, x->res, "Link", arena_printf(a, "<%s?before=%" PRId64 ">; rel=\"next\"",
								  app_url(x, x->req->path), older->u.i));
	set_bool(a, x->view, "_earlier", before != INT64_MAX);
	x->template_ = "messages";
	set_bool(x->arena, x->view, "_can_say", may_decide(x) || x->who.turn);
	set_bool(x->arena, x->view, "_can_begin", may_decide(x));
	app_title(x, arena_printf(x->arena, "Messages, %s", value_str(value_get(x->view, "name"))),
		  "projects");
	return true;
}

bool page_messages(struct exchange *x, struct err *e)
{
	int64_t run;
	return route_id(x, 0, &run, e) && show(x, run, e);
}

static bool done(struct exchange *x, int64_t run, struct err *e)
{
	return form_done(x, arena_printf(x->arena, "/runs/%lld/messages", (long long)run), run, show, e);
}

bool message_create(struct exchange *x, struct err *e)
{
	struct saying s = { 0 };
	struct err ignored = { 0 };
	int64_t run;
	if (!route_id(x, 0, &run, e))
		return false;
	bool read = form_read(x, fields, sizeof(fields) / sizeof(fields[0]), &s, &x->problems, e);
	s.answers_only = !may_decide(x);
	if (read && message_say(x->db, x->arena, run, app_owner(x), x->who.account_id, &s, e)) {
		x->problems = NULL;
		x->res->status = request_wants_json(x->req) ? 201 : x->res->status;
		return done(x, run, e);
	}
	if (read && e->class == ERR_INVALID)
		form_problem(x, &x->problems, "text", e->msg);
	if ((e->class != ERR_INVALID && e->class != ERR_CONFLICT) ||
	    (!request_wants_json(x->req) && !show(x, run, &ignored)))
		x->problems = NULL;
	return false;
}

bool message_revive(struct exchange *x, struct err *e)
{
	int64_t run, message;
	return route_id(x, 0, &run, e) && route_id(x, 1, &message, e) &&
	       message_revive_by(x->db, x->arena, run, app_owner(x), message, x->params[2], x->who.account_id,
				 e) &&
	       done(x, run, e);
}
