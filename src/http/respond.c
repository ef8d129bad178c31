/* SPDX-License-Identifier: MIT */
#include "http/respond.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "http/etag.h"
#include "http/exchange.h"

#define HTML "text/html; charset=utf-8"
#define JSON "application/json"
#define PROBLEM "application/problem+json"

static const struct { const char *name, *value; } always[] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
	  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "X-Frame-Options", "DENY" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=()" },
};

static bool has_header(const struct response *r, const char *name)
{
	for (const struct header *h = r->headers; h; h = h->next)
		if (streq(h->name, name))
			return true;
	return false;
}

/* `cached`: a client may keep it if it asks each time whether it is still good. */
static void common_headers(struct exchange *x, bool cached)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!has_header(x->res, always[i].name))
			response_constant(x->arena, x->res, always[i].name, always[i].value);
	if (!has_header(x->res, "Cache-Control"))
		response_constant(x->arena, x->res, "Cache-Control",
				  cached ? "private, no-cache" : "no-store");
	response_constant(x->arena, x->res, "Vary", "Accept, Cookie, Authorization");
}

/* If-None-Match is a list of tags, or "*"; weak ones compare by what they say. */
static bool known_already(const struct exchange *x, const char *etag)
{
	struct str rest = str_from(x->req->header(x->req, "if-none-match"));
	while (rest.len) {
		struct str one = str_trim(str_cut(&rest, ','));
		if (one.len > 2 && memcmp(one.s, "W/", 2) == 0)
			one = (struct str){ one.s + 2, one.len - 2 };
		if (str_eq(one, "*") || str_eq(one, etag))
			return true;
	}
	return false;
}

static bool is_get(const struct exchange *x)
{
	return x->req->method == GET || x->req->method == HEAD;
}

static bool write_view(struct exchange *x, struct err *e)
{
	struct response *res = x->res;
	bool html = x->template_ && x->tpl && !request_wants_json(x->req);
	res->content_type = html ? HTML : JSON;
	if (html) {
		if (x->page)
			value_set(x->arena, x->view, "_page", x->page);
		if (!templates_render(x->tpl, x->template_, x->view, &res->body, e))
			return false;
	} else {
		value_write_json(x->view, &res->body);
		buf_addc(&res->body, '\n');
	}
	return buf_ok(&res->body) || err_set(e, ERR_INTERNAL, "The answer is too large.");
}

void respond(struct exchange *x)
{
	struct response *res = x->res;
	bool made = res->stream || res->body.len || res->status == 303 || !x->view;
	bool cached = false;
	struct err e = { 0 };

	if (!res->status)
		res->status = 200;
	if (!made) {
		if (!write_view(x, &e)) {
			log_error("view of %s: %s", request_logged(x->arena, x->req), e.msg);
			x->problems = NULL;
			err_set(&e, ERR_INTERNAL, "The answer could not be written; the log says why.");
			respond_error(x, &e);
			return;
		}
		/* What stands in the body of a failing check is never to be kept. */
		cached = is_get(x) && res->status == 200;
		if (cached) {
			char etag[ETAG_SIZE];
			etag_of(res->body.data, res->body.len, etag);
			response_header(x->arena, res, "ETag", etag);
			if (known_already(x, etag)) {
				res->status = 304;
				buf_clear(&res->body);
			}
		}
	}
	common_headers(x, cached);
}

/* ---- errors ---- */

static void merge(struct arena *a, struct value *into, const struct value *from)
{
	for (const struct member *m = from->u.object.first; m; m = m->next)
		value_set(a, into, m->key, m->v);
}

static void write_problem(struct exchange *x, const struct err *e)
{
	struct arena *a = x->arena;
	struct value *p = value_object(a), *errors = x->problems ? value_get(x->problems, "errors") : NULL;
	set_text(a, p, "type", "about:blank");
	set_text(a, p, "title", err_title(e->class));
	set_int(a, p, "status", x->res->status);
	set_text(a, p, "detail", e->msg);
	set_text(a, p, "instance", x->req->path);
	set_text(a, p, "request_id", x->req->id);
	if (errors && value_count(errors))
		value_set(a, p, "errors", errors);
	x->res->content_type = PROBLEM;
	value_write_json(p, &x->res->body);
	buf_addc(&x->res->body, '\n');
}

static bool write_error_page(struct exchange *x, const struct err *e)
{
	struct arena *a = x->arena;
	const char *name = "error";
	struct err ignored = { 0 };
	struct value *v = value_object(a);
	if (x->problems && x->template_ && x->view) {
		name = x->template_;
		v = x->view;
		merge(a, v, x->problems);
		set_text(a, v, "problem", e->msg);
		set_bool(a, v, "_errors", value_count(value_get(v, "errors")) > 0);
	} else {
		set_int(a, v, "status", x->res->status);
		set_text(a, v, "title", err_title(e->class));
		set_text(a, v, "detail", e->msg);
		set_text(a, v, "request_id", x->req->id);
		if (x->page)
			set_text(a, x->page, "title", err_title(e->class));
	}
	if (x->page)
		value_set(a, v, "_page", x->page);
	x->res->content_type = HTML;
	if (templates_render(x->tpl, name, v, &x->res->body, &ignored) && buf_ok(&x->res->body))
		return true;
	log_error("template %s: %s", name, ignored.msg);
	buf_clear(&x->res->body);
	return false;
}

void respond_error(struct exchange *x, const struct err *e)
{
	struct response *res = x->res;
	struct err copy = *e; /* it may live in what is about to be overwritten */
	res->status = err_status(copy.class);
	res->stream = NULL;
	buf_clear(&res->body);
	if (copy.class == ERR_UNAVAILABLE || copy.class == ERR_THROTTLED)
		response_header(x->arena, res, "Retry-After", copy.class == ERR_THROTTLED ? "30" : "5");
	if (copy.class == ERR_UNAUTHENTICATED)
		response_header(x->arena, res, "WWW-Authenticate", "Bearer realm=\"botarmy\"");
	if (request_wants_json(x->req)) {
		write_problem(x, &copy);
	} else if (!x->tpl || !write_error_page(x, &copy)) {
		res->content_type = "text/plain; charset=utf-8";
		buf_addf(&res->body, "%d %s\n%s\n", res->status, err_title(copy.class), copy.msg);
	}
	common_headers(x, false);
}
