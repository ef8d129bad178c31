/* SPDX-License-Identifier: MIT */
/* A run's decision record: the page, and the file that proves itself elsewhere. */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/value.h"
#include "http/response.h"
#include "http/route.h"
#include "model/record.h"
#include "web/app.h"
#include "web/param.h"

bool page_record(struct exchange *x, struct err *e)
{
	int64_t run, before;
	if (!route_id(x, 0, &run, e) || !query_int(x, "before", 1, INT64_MAX, 0, &before, e) ||
	    !record_view(x->db, x->arena, run, app_owner(x), before, &x->view, e))
		return false;
	x->template_ = "record";
	app_title(x, arena_printf(x->arena, "Decisions, %s", value_str(value_get(x->view, "name"))),
		  "projects");
	return true;
}

static bool stream(void *ctx, bool (*put)(void *sink, const void *p, size_t n), void *sink, struct err *e)
{
	const struct str *text = ctx;
	(void)e;
	return put(sink, text->s, text->len);
}

bool record_download(struct exchange *x, struct err *e)
{
	struct str *text = arena_alloc(x->arena, sizeof(*text));
	int64_t run;
	if (!route_id(x, 0, &run, e) || !record_export(x->db, x->arena, run, app_owner(x), text, e))
		return false;
	x->res->status = 200;
	x->res->content_type = "application/jsonl; charset=utf-8";
	response_header(x->arena, x->res, "Content-Disposition",
			arena_printf(x->arena, "attachment; filename=\"decision-record-%lld.jsonl\"",
				     (long long)run));
	x->res->stream = stream;
	x->res->stream_ctx = text;
	return true;
}
