/* SPDX-License-Identifier: MIT */
/* answer AGENTS-DIR AGENT: reads the input of an agent on stdin, writes what the fallback
   answers on stdout. What the scripts beside it drive. */
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "fallback/fallback.h"

static bool read_all(struct buf *b)
{
	char chunk[65536];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
		buf_add(b, chunk, n);
	return buf_ok(b);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct buf in, out;
	int status = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: answer AGENTS-DIR AGENT <INPUT.json\n");
		return 2;
	}
	struct arena *a = arena_new(0);
	struct fallback *f = fallback_load(argv[1], &e);
	buf_init(&in, 16 * 1024 * 1024);
	buf_init(&out, 16 * 1024 * 1024);
	struct json_object *input = f && read_all(&in) ? json_parse(a, buf_str(&in), in.len, &e) : NULL;
	if (input && fallback_answer(f, a, argv[2], input, &out, &e) &&
	    fwrite(out.data, 1, out.len, stdout) == out.len)
		status = 0;
	else
		fprintf(stderr, "%s\n", e.msg);
	buf_release(&in);
	buf_release(&out);
	fallback_free(f);
	arena_free(a);
	return status;
}
