/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

int cmd_export(struct cli *c, int argc, char **argv)
{
	const char *file = NULL;
	const struct option_spec options[] = { { "o", &file, NULL } };
	long long id;
	int n = cli_options(argv[0], argc, argv, options, 1);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	if (!cli_number(argv[0], "RUN", argv[1], &id))
		return EXIT_USAGE;
	if (!file || !(ends_with(file, ".zip") || ends_with(file, ".tar.gz")))
		return cli_usage(argv[0], "-o FILE.zip or -o FILE.tar.gz is needed");
	if (!api_download(c, arena_printf(c->arena, "/runs/%lld/download.%s", id,
					  ends_with(file, ".zip") ? "zip" : "tar.gz"), file))
		return cli_failed(c);
	fprintf(stderr, "wrote %s\n", file);
	return 0;
}
