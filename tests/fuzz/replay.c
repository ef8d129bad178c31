/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target over its seeds, and over each cut short, one TAP case a seed. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

#define SEED_MAX (1 << 20)
#define CUTS 64

/* Exact copies on the heap, so that a read past the end is seen. */
static void feed(const char *s, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	for (size_t i = 0; copy && i < n; i++)
		copy[i] = (uint8_t)s[i];
	if (copy)
		LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	struct arena *a = arena_new(0);
	const char *dir = arena_printf(a, "%s/tests/fuzz/seeds/%s", top ? top : ".", fuzz_name);
	const char **names;
	struct err e = { 0 };
	size_t count;

	if (!dir_list(a, dir, &names, &count, &e) || count == 0) {
		printf("Bail out! no seeds: %s\n", e.msg);
		return 1;
	}
	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		struct str seed;

		if (!file_read(a, path_join(a, dir, names[i]), SEED_MAX, &seed, &e)) {
			printf("not ok %zu - %s: %s\n", i + 1, names[i], e.msg);
			continue;
		}
		feed(seed.s, seed.len);
		for (size_t k = 0; k < CUTS; k++)
			feed(seed.s, seed.len * k / CUTS);
		printf("ok %zu - %s/%s\n", i + 1, fuzz_name, names[i]);
		fflush(stdout);
	}
	arena_free(a);
	return 0;
}
