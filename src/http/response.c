/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"

static void check(const char *s, const char *name)
{
	if (strpbrk(s, "\r\n")) {
		log_error("a line break in the header %s", name);
		abort();
	}
}

void response_constant(struct arena *a, struct response *r, const char *name, const char *value)
{
	struct header *h = arena_alloc(a, sizeof(*h)), **at = &r->headers;
	*h = (struct header){ .name = name, .value = value };
	while (*at)
		at = &(*at)->next;
	*at = h;
}

void response_header(struct arena *a, struct response *r, const char *name, const char *value)
{
	check(name, "name");
	check(value, name);
	response_constant(a, r, arena_strdup(a, name), arena_strdup(a, value));
}

void response_redirect(struct arena *a, struct response *r, const char *base, const char *path)
{
	r->status = 303;
	response_header(a, r, "Location", arena_printf(a, "%s%s", base, path));
}

static void write_field(struct buf *head, const char *name, const char *value)
{
	buf_adds(head, name);
	buf_add(head, ": ", 2);
	buf_adds(head, value);
	buf_add(head, "\r\n", 2);
}

static void write_number(struct buf *head, const char *name, int64_t number)
{
	char digits[I64_CHARS];
	print_i64(digits, number);
	write_field(head, name, digits);
}

void response_head(const struct response *res, struct buf *head)
{
	write_number(head, "Status", res->status ? res->status : 200);
	if (res->content_type && res->status != 304 && res->status != 303)
		write_field(head, "Content-Type", res->content_type);
	for (const struct header *h = res->headers; h; h = h->next)
		write_field(head, h->name, h->value);
	if (!res->stream && res->status != 304)
		write_number(head, "Content-Length", (int64_t)res->body.len);
	buf_add(head, "\r\n", 2);
}
