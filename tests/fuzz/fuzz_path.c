/* SPDX-License-Identifier: MIT */
/* An allowed path stays below its folder on any system; input lines are a set. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path_rule.h"

const char fuzz_name[] = "path";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	char *text = arena_strndup(a, (const char *)data, size), *line, *rest = text;
	const char *paths[64];
	struct err e = { 0 };
	size_t n = 0;

	while ((line = strsep(&rest, "\n")) && n < sizeof(paths) / sizeof(*paths)) {
		paths[n++] = line;
		if (path_valid(line, &e)) {
			HOLDS(line[0] && line[0] != '/' && !strstr(line, "..//") && strcmp(line, "..") != 0);
			HOLDS(strncmp(line, "../", 3) != 0 && !strstr(line, "/../") &&
			      !strpbrk(line, "\\:*?\"<>|"));
			HOLDS(strlen(line) <= 200);
		} else {
			HOLDS(e.class == ERR_INVALID);
		}
	}
	path_set_valid(paths, n, &e);
	arena_free(a);
	return 0;
}
