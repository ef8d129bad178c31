/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"

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
