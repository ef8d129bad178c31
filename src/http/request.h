/* SPDX-License-Identifier: MIT */
/*
 * A request as the handlers see it: parsed once, strictly, before any handler runs.
 * What cannot be read at all never becomes a request: it is answered 400, 413, 414.
 * Everything lives in the exchange's arena.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct err;
struct json_object;

enum method { GET = 1, HEAD = 2, POST = 4, PUT = 8, PATCH = 16, DELETE = 32, OTHER_METHOD = 64 };

struct field_value {
	const char *name;  /* strict UTF-8, no NUL */
	const char *value;
	size_t len;
};

struct request {
	enum method method;
	const char *path;        /* decoded, below the public URL's sub-path, starts with '/' */
	const char *raw_query;   /* as it came, never NULL */
	const char *remote_addr; /* as nginx vouches for it */
	const char *id;          /* of this request, for logs */
	struct str body;         /* at most 1 MiB, 3 of a form */
	const char *content_type;
	struct field_value *query, *form; /* form: of an urlencoded body */
	size_t query_count, form_count;
	struct json_object *json; /* of an application/json body, else NULL */
	/* NULL when absent. name in lower case, "idempotency-key". */
	const char *(*header)(const struct request *r, const char *name);
	void *backend; /* what header() reads */
};

const char *request_query(const struct request *r, const char *name); /* NULL when absent */
const char *request_form(const struct request *r, const char *name);
const char *request_cookie(struct arena *a, const struct request *r, const char *name);
/* A parameter that nginx sets by itself: never one that a client can, so no HTTP_*. NULL when absent or empty. */
const char *request_param(const struct request *r, const char *name);
/* By the /api/ prefix, a JSON body, or an Accept that prefers JSON to HTML. */
bool request_wants_json(const struct request *r);
/* The path for logs: one that holds a one-time token ends before it. nginx/site.conf.in has the same rule. */
const char *request_logged(struct arena *a, const struct request *r);
/* "name=value&…", '+' and %XX decoded; refuses %00, bad escapes and bad UTF-8. */
bool form_decode(struct arena *a, const char *s, size_t n, struct field_value **out,
		 size_t *count, struct err *e);

/* A request as CGI variables and a body. */
struct request_source {
	const char *(*get)(void *ctx, const char *name);         /* "REQUEST_URI", "HTTP_COOKIE" */
	size_t (*read)(void *ctx, char *p, size_t n);            /* fewer than n: no more will come */
	void *ctx;
};
/* Fills *out even when it fails, so that the refusal can be answered in the right form.
   `src` must live as long as the request. */
bool request_read(struct arena *a, const struct request_source *src, const char *base_path,
		  size_t body_max, struct request *out, struct err *e);

#endif
