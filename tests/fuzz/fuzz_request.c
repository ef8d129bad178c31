/* SPDX-License-Identifier: MIT */
/*
 * The first line is the address, the second the content type, the rest the body. What is accepted
 * is UTF-8 without NUL, its path without anything to repair; what is refused says why.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/request.h"

const char fuzz_name[] = "request";

struct input {
	char uri[4096], type[64], length[24];
	struct str body;
};

static const char *get(void *ctx, const char *name)
{
	const struct input *in = ctx;
	return streq(name, "REQUEST_METHOD") ? "POST" : streq(name, "REQUEST_URI") ? in->uri :
	       streq(name, "CONTENT_TYPE") || streq(name, "HTTP_COOKIE") || streq(name, "HTTP_ACCEPT") ? in->type :
	       streq(name, "CONTENT_LENGTH") ? in->length : NULL;
}

static size_t take(void *ctx, char *p, size_t n)
{
	struct input *in = ctx;
	n = n < in->body.len ? n : in->body.len;
	if (n)
		memcpy(p, in->body.s, n);
	in->body = (struct str){ in->body.s + n, in->body.len - n };
	return n;
}

static void check_text(const char *s)
{
	HOLDS(utf8_invalid(s, strlen(s)) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct str rest = { (const char *)data, size };
	struct str uri = str_cut(&rest, '\n'), type = str_cut(&rest, '\n');
	struct input in = { .body = rest };
	struct request_source src = { get, take, &in };
	struct request r;
	struct err e = { 0 };
	snprintf(in.uri, sizeof(in.uri), "%.*s", (int)(uri.len < 4095 ? uri.len : 4095), uri.s);
	snprintf(in.type, sizeof(in.type), "%.*s", (int)(type.len < 63 ? type.len : 63), type.s);
	snprintf(in.length, sizeof(in.length), "%zu", rest.len);
	bool ok = request_read(a, &src, "", 1 << 20, &r, &e);
	request_wants_json(&r);
	request_cookie(a, &r, "botarmy");
	if (ok) {
		HOLDS(r.path[0] == '/');
		check_text(r.path);
		HOLDS(!strstr(r.path, "//") && !strstr(r.path, "/../"));
		for (size_t i = 0; i < r.query_count; i++)
			check_text(r.query[i].value);
		for (size_t i = 0; i < r.form_count; i++) {
			check_text(r.form[i].name);
			HOLDS(strlen(r.form[i].value) == r.form[i].len);
		}
	} else {
		HOLDS(e.class != ERR_NONE && e.msg[0]);
	}
	arena_free(a);
	return 0;
}
