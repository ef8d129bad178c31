/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"

int cmd_outputs(struct cli *c, int argc, char **argv)
{
	struct json_object *view, *list;
	long long id;
	int n = cli_options(argv[0], argc, argv, NULL, 0);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	if (!cli_number(argv[0], "RUN", argv[1], &id))
		return EXIT_USAGE;
	if (!api_get(c, arena_printf(c->arena, "/runs/%lld/artifacts", id), &view))
		return cli_failed(c);
	list = json_get_array(view, "artifacts");
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		printf("%s %lld %s\n", json_get_str(o, "stage", ""), (long long)json_get_int(o, "revision", 0),
		       json_get_str(o, "sha256", ""));
	}
	return 0;
}
