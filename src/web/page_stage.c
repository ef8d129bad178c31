/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/html.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/artifact.h"
#include "model/run.h"
#include "web/app.h"
#include "web/param.h"
#include "web/stage_links.h"

#define URL_MAX 2048

/* Each part escaped, the slashes kept. */
static char *path_url(struct arena *a, const char *path)
{
	struct buf b;
	buf_init(&b, URL_MAX);
	for (const char *p = path; *p;) {
		const char *end = p;
		while (*end && *end != '/')
			end++;
		url_escape(&b, p, (size_t)(end - p));
		if (*end == '/')
			buf_addc(&b, *end++);
		p = end;
	}
	char *url = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return url;
}

void stage_links(struct exchange *x, struct value *stage)
{
	struct arena *a = x->arena;
	long long run = (long long)value_get(stage, "run_id")->u.i,
		  revision = (long long)value_get(stage, "revision")->u.i;
	const char *name = value_str(value_get(stage, "stage"));
	for (const struct item *it = value_get(stage, "files")->u.list.first; it; it = it->next) {
		const char *file = path_url(a, value_str(value_get(it->v, "path")));
		const char *path =
			arena_printf(a, "/runs/%lld/files/%s/%s?revision=%lld", run, name, file, revision);
		set_url(a, it->v, "url", app_url(x, path));
		set_url(a, it->v, "_url", app_path(x, path));
	}
}

static bool show(struct exchange *x, int64_t run, int64_t revision, struct err *e)
{
	x->template_ = "stage";
	if (!stage_view(x->db, x->arena, run, x->params[1], revision, app_owner(x), &x->view, e))
		return false;
	stage_links(x, x->view);
	set_bool(x->arena, x->view, "_can_again",
		 may_decide(x) && value_get(x->view, "_begun")->u.b);
	app_title(x,
		  arena_printf(x->arena, "%s, %s", value_str(value_get(x->view, "title")),
			       value_str(value_get(x->view, "name"))),
		  "projects");
	return true;
}

bool page_stage(struct exchange *x, struct err *e)
{
	int64_t run, revision;
	return route_id(x, 0, &run, e) && query_int(x, "revision", 1, INT32_MAX, 0, &revision, e) &&
	       show(x, run, revision, e);
}

struct retry_form {
	const char *comment;
};
static const struct field retry_fields[] = {
	FIELD_TEXT("comment", struct retry_form, comment, 0, 20000, MULTILINE, "The comment"),
};

bool run_retry(struct exchange *x, struct err *e)
{
	struct retry_form f = { .comment = "" };
	struct err ignored = { 0 };
	int64_t run;
	if (!route_id(x, 0, &run, e))
		return false;
	bool read = form_read(x, retry_fields, 1, &f, &x->problems, e);
	if (read &&
	    run_retry_by(x->db, x->arena, run, app_owner(x), x->who.account_id, x->params[1], f.comment, e)) {
		x->problems = NULL;
		return request_wants_json(x->req)
			       ? run_shown(x, run, e)
			       : app_redirect(x, arena_printf(x->arena, "/runs/%lld", (long long)run));
	}
	/* What was typed comes back with the stage's page, as far as there is one. */
	if ((e->class != ERR_CONFLICT && e->class != ERR_INVALID) ||
	    (!request_wants_json(x->req) && !show(x, run, 0, &ignored)))
		x->problems = NULL;
	return false;
}
