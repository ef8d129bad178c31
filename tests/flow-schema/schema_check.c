/* SPDX-License-Identifier: MIT */
/*
 * The other side of test_schema_oracle.py: reads a line {"schema": …, "values": […]} at a
 * time and answers it with a line: "refused", or a '1' or '0' for each value.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "flow/schema.h"

static void answer(struct arena *a, const char *line, size_t n)
{
	struct err e = { 0 };
	struct json_object *task = json_parse(a, line, n, &e), *values = json_get_array(task, "values");
	struct schema *s = schema_compile(a, json_get(task, "schema"), &e);

	if (!s) {
		printf("refused %s\n", e.msg);
		return;
	}
	for (size_t i = 0; i < json_object_array_length(values); i++) {
		struct problems p;
		bool ok = schema_validate(s, json_object_array_get_idx(values, i), a, &p);

		/* A verdict without a reason, or the other way round, is a mistake of its own. */
		putchar(ok == (p.count == 0) ? (ok ? '1' : '0') : '?');
	}
	putchar('\n');
}

int main(void)
{
	struct arena *a = arena_new(0);
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		answer(a, line, (size_t)n);
		arena_reset(a);
	}
	free(line);
	arena_free(a);
	return 0;
}
