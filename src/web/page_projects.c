/* SPDX-License-Identifier: MIT */
/* The list of projects, and one project. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "flow/states.h"
#include "http/route.h"
#include "model/project.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/handlers.h"
#include "web/param.h"

#define LIMIT 50
#define LIMIT_MAX 100
#define QUERY_MAX 120

/* The cursor is opaque so that what is behind it may change: its bytes are ours alone. */
#define CURSOR_MASK UINT64_C(0x5bd1e9955bd1e995)

static const char *cursor_text(struct arena *a, int64_t id)
{
	return arena_printf(a, "%016" PRIx64, (uint64_t)id ^ CURSOR_MASK);
}

static bool cursor_read(const char *s, int64_t *id)
{
	uint8_t b[8];
	uint64_t v = 0;
	if (!hex_decode(s, b, sizeof(b)))
		return false;
	for (size_t i = 0; i < sizeof(b); i++)
		v = v << 8 | b[i];
	*id = (int64_t)(v ^ CURSOR_MASK);
	return *id > 0;
}

static const char *given(const struct exchange *x, const char *name)
{
	const char *v = request_query(x->req, name);
	return v && *v ? v : NULL;
}

static bool filter_read(struct exchange *x, struct project_filter *f, struct err *e)
{
	const char *after = given(x, "after"), *limit = given(x, "limit");
	*f = (struct project_filter){ .owner = app_owner(x), .token = auth_token(x),
				      .idle_minutes = x->cfg->session_idle_minutes, .before = INT64_MAX,
				      .limit = LIMIT, .state = given(x, "state"), .q = given(x, "q") };
	if (after && !cursor_read(after, &f->before))
		return err_set(e, ERR_INVALID, "\"after\" is not a cursor that a list gave; start without one.");
	if (limit && !parse_i64(limit, 1, LIMIT_MAX, &f->limit))
		return err_set(e, ERR_INVALID, "\"limit\" is a number from 1 to %d.", LIMIT_MAX);
	if (f->state && !run_state_known(f->state))
		return err_set(e, ERR_INVALID, "\"state\" is one of queued, running, waiting, paused, done, failed, "
					       "cancelled, rejected.");
	if (f->q && utf8_length(f->q, strlen(f->q)) > QUERY_MAX)
		return err_set(e, ERR_INVALID, "\"q\" has at most %d characters.", QUERY_MAX);
	return true;
}

/* RFC 8288 */
static void link_next(struct exchange *x, const struct project_filter *f, const char *next)
{
	struct buf b;
	buf_init(&b, 8 << 10);
	buf_addf(&b, "<%s?after=%s&limit=%" PRId64, app_url(x, x->req->path), next, f->limit);
	if (f->state)
		buf_addf(&b, "&state=%s", f->state);
	if (f->q) {
		buf_adds(&b, "&q=");
		url_escape(&b, f->q, strlen(f->q));
	}
	buf_adds(&b, ">; rel=\"next\"");
	if (buf_ok(&b))
		response_header(x->arena, x->res, "Link", buf_str(&b));
	buf_release(&b);
}

static void show_filter(struct exchange *x, const struct project_filter *f)
{
	struct arena *a = x->arena;
	struct value *list = value_list(a);
	for (int i = 0; i < RUN_STATES; i++) {
		struct value *s = value_object(a);
		set_text(a, s, "name", run_states[i]);
		set_bool(a, s, "selected", streq(f->state, run_states[i]));
		value_add(a, list, s);
	}
	value_set(a, x->view, "_states", list);
	set_text(a, x->view, "_state", f->state ? f->state : "");
	set_text(a, x->view, "_q", f->q ? f->q : "");
}

void projects_ahead(struct exchange *x)
{
	struct project_filter f;
	struct err ignored = { 0 };
	if (filter_read(x, &f, &ignored))
		project_list_ahead(x->db, &f);
}

bool page_projects(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	struct project_filter f;
	struct value *rows;
	const char *next;
	int64_t last;
	if (!filter_read(x, &f, e) || !project_list(x->db, a, &f, &rows, &last, e))
		return false;
	x->view = value_object(a);
	x->template_ = "projects";
	next = last ? cursor_text(a, last) : NULL;
	value_set(a, x->view, "projects", rows);
	set_text(a, x->view, "next", next);
	set_int(a, x->view, "limit", f.limit);
	if (next)
		link_next(x, &f, next);
	show_filter(x, &f);
	app_title(x, "Projects", "projects");
	return true;
}

bool project_shown(struct exchange *x, int64_t id, struct err *e)
{
	if (!project_get(x->db, x->arena, id, app_owner(x), &x->view, e))
		return false;
	x->template_ = "project";
	set_bool(x->arena, x->view, "_can_cap", may_decide(x));
	app_title(x, value_str(value_get(x->view, "name")), "projects");
	return true;
}

bool page_project(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && project_shown(x, id, e);
}
