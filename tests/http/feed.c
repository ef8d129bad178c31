/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

static const char *get(void *ctx, const char *name)
{
	const struct feed *f = ctx;
	for (size_t i = 0; f->vars[i][0]; i++)
		if (streq(f->vars[i][0], name))
			return f->vars[i][1];
	return NULL;
}

static size_t take(void *ctx, char *p, size_t n)
{
	struct feed *f = ctx;
	size_t left = f->body_len - f->body_at;
	if (n > left)
		n = left;
	if (n)
		memcpy(p, f->body + f->body_at, n);
	f->body_at += n;
	return n;
}

void feed_init(struct feed *f)
{
	*f = (struct feed){ .arena = arena_new(0) };
	f->src = (struct request_source){ get, take, f };
	buf_init(&f->res.body, (size_t)1 << 20);
	f->x = (struct exchange){ .arena = f->arena, .req = &f->req, .res = &f->res, .base = "" };
}

void feed_free(struct feed *f)
{
	buf_release(&f->res.body);
	arena_free(f->arena);
}

void feed_var(struct feed *f, const char *name, const char *value)
{
	size_t i = 0;
	while (f->vars[i][0] && !streq(f->vars[i][0], name))
		i++;
	if (i + 1 >= sizeof(f->vars) / sizeof(f->vars[0]))
		abort();
	f->vars[i][0] = name;
	f->vars[i][1] = value;
}

void feed_body(struct feed *f, const char *type, const void *body, size_t n)
{
	f->body = body;
	f->body_len = n;
	snprintf(f->length, sizeof(f->length), "%zu", n);
	feed_var(f, "CONTENT_LENGTH", f->length);
	feed_var(f, "CONTENT_TYPE", type);
}

bool feed_read(struct feed *f, const char *base, size_t max, struct err *e)
{
	f->body_at = 0;
	return request_read(f->arena, &f->src, base, max, &f->req, e);
}

void feed_get(struct feed *f, const char *uri)
{
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "GET");
	feed_var(f, "REQUEST_URI", uri);
	if (!feed_read(f, "", 1 << 20, &e)) {
		fprintf(stderr, "%s: %s\n", uri, e.msg);
		abort();
	}
}

void feed_post(struct feed *f, const char *uri, const char *type, const char *body)
{
	struct err e = { 0 };
	feed_var(f, "REQUEST_METHOD", "POST");
	feed_var(f, "REQUEST_URI", uri);
	feed_body(f, type, body, strlen(body));
	if (!feed_read(f, "", 1 << 20, &e)) {
		fprintf(stderr, "%s: %s\n", uri, e.msg);
		abort();
	}
}

const char *feed_header(const struct feed *f, const char *name)
{
	for (const struct header *h = f->res.headers; h; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return h->value;
	return NULL;
}
