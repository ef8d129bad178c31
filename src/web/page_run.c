/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/request.h"
#include "http/route.h"
#include "model/drawing.h"
#include "model/run.h"
#include "web/app.h"
#include "web/param.h"

/* Public links, for those who read the view as JSON; pages build their own. */
static void put_links(struct exchange *x, struct value *v, int64_t run)
{
	struct arena *a = x->arena;
	const struct item *it;
	for (it = value_get(v, "stages")->u.list.first; it; it = it->next)
		set_url(a, it->v, "url",
			app_url(x, arena_printf(a, "/runs/%lld/stages/%s", (long long)run,
						value_str(value_get(it->v, "name")))));
	for (it = value_get(v, "gates")->u.list.first; it; it = it->next)
		set_url(a, it->v, "url",
			app_url(x, arena_printf(a, "/gates/%lld", (long long)value_get(it->v, "id")->u.i)));
}

bool run_shown(struct exchange *x, int64_t id, struct err *e)
{
	struct value *v, *drawing;
	if (!run_view(x->db, x->arena, id, app_owner(x), &v, e) ||
	    !run_drawing(x->db, x->arena, id, &drawing, e))
		return false;
	value_set(x->arena, v, "_drawing", drawing);
	bool over = value_get(v, "_finished")->u.b;
	put_links(x, v, id);
	value_set(x->arena, v, "runner", value_get(x->page, "runner"));
	set_bool(x->arena, v, "_can_decide", may_decide(x) || x->who.turn);
	set_bool(x->arena, v, "_can_hold", may_decide(x) && !over);
	set_bool(x->arena, v, "_can_redo", may_decide(x));
	x->view = v;
	app_title(x, arena_printf(x->arena, "%s, run %lld", value_str(value_get(v, "name")), (long long)id),
		  "projects");
	return true;
}

bool page_run(struct exchange *x, struct err *e)
{
	int64_t id;
	x->template_ = streq(request_query(x->req, "fragment"), "1") ? "run_live" : "run";
	return route_id(x, 0, &id, e) && run_shown(x, id, e);
}

static bool done(struct exchange *x, int64_t id, struct err *e)
{
	return form_done(x, arena_printf(x->arena, "/runs/%lld", (long long)id), id, run_shown, e);
}

bool run_cancel(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) &&
	       run_cancel_by(x->db, x->arena, id, app_owner(x), x->who.account_id, e) && done(x, id, e);
}

static bool hold(struct exchange *x, bool paused, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) &&
	       run_hold_by(x->db, x->arena, id, app_owner(x), x->who.account_id, paused, e) && done(x, id, e);
}

bool run_pause(struct exchange *x, struct err *e)
{
	return hold(x, true, e);
}

bool run_resume(struct exchange *x, struct err *e)
{
	return hold(x, false, e);
}

bool api_artifacts(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && run_artifacts(x->db, x->arena, id, app_owner(x), &x->view, e);
}

bool api_events(struct exchange *x, struct err *e)
{
	int64_t id, after;
	return route_id(x, 0, &id, e) && query_int(x, "after", 0, INT64_MAX, 0, &after, e) &&
	       run_events(x->db, x->arena, id, app_owner(x), after, &x->view, e);
}
