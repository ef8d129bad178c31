/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "http/request.h"
#include "http/route.h"
#include "http/response.h"
#include "model/artifact.h"
#include "model/run.h"
#include "web/app.h"
#include "web/param.h"

/* A file name of letters that mean nothing in a header; others become '_'. */
static char *safe_name(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = arena_strdup(a, slash ? slash + 1 : path);
	for (char *p = name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *p))
			*p = '_';
	return name;
}

/* Never shown by the browser, whatever it holds: it is a model's work. */
static bool send_raw(struct exchange *x, const char *path, const struct stored_file *f)
{
	response_header(x->arena, x->res, "Content-Disposition",
			arena_printf(x->arena, "attachment; filename=\"%s\"", safe_name(x->arena, path)));
	x->res->content_type = "application/octet-stream";
	buf_add(&x->res->body, f->body.s, f->body.len);
	x->res->status = 200;
	return true;
}

static struct value *lines_value(struct arena *a, struct str text, int64_t *count)
{
	struct value *list = value_list(a);
	*count = 0;
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		struct value *v = value_object(a);
		set_int(a, v, "n", ++*count);
		value_set(a, v, "text", value_textn(a, line.s, line.len));
		value_add(a, list, v);
	}
	return list;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && streq(s + n - m, end);
}

static void put_text(struct exchange *x, struct value *v, const char *path, const struct stored_file *f)
{
	struct arena *a = x->arena;
	bool text = f->loaded && utf8_invalid(f->body.s, f->body.len) < 0,
	     markdown = text && ends_with(path, ".md");
	bool rendered = markdown && streq(request_query(x->req, "rendered"), "1");
	int64_t lines = 0;
	value_set(a, v, "text", text ? value_textn(a, f->body.s, f->body.len) : value_null(a));
	set_bool(a, v, "_text", text && f->body.len);
	set_text(a, v, "_why_not",
		 !f->loaded ? "This file is over 1 MiB; download it to read it."
		 : text	    ? "This file is empty."
			    : "This file is not text; download it to look at it.");
	set_bool(a, v, "_markdown", markdown);
	set_bool(a, v, "_rendered", rendered);
	if (rendered)
		value_set(a, v, "_html", markdown_html(a, f->body.s, f->body.len));
	else if (text && !request_wants_json(x->req))
		value_set(a, v, "_lines", lines_value(a, f->body, &lines));
	set_int(a, v, "_lines_count", lines);
}

bool page_file(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	const char *stage = x->params[1], *path = x->params[2];
	bool raw = streq(request_query(x->req, "raw"), "1");
	struct stored_file f;
	int64_t run, revision;
	if (!route_id(x, 0, &run, e) || !query_int(x, "revision", 1, INT32_MAX, 0, &revision, e) ||
	    !file_load(x->db, a, run, stage, revision, path, app_owner(x), raw, &f, e))
		return false;
	if (raw)
		return send_raw(x, path, &f);
	struct value *v = value_object(a);
	set_int(a, v, "run_id", run);
	set_text(a, v, "name", f.name);
	set_text(a, v, "stage", stage);
	set_int(a, v, "revision", f.revision);
	set_text(a, v, "path", path);
	set_int(a, v, "size", f.size);
	set_text(a, v, "_size", size_words(a, f.size));
	set_text(a, v, "sha256", f.sha256);
	put_text(x, v, path, &f);
	x->view = v;
	x->template_ = "file";
	app_title(x, arena_printf(a, "%s, %s", path, f.name), "projects");
	return true;
}
