/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/value.h"

int cmd_config(struct cli *c, int argc, char **argv)
{
	struct value *list;

	if (cli_options(argv[0], argc, argv, NULL, 0) != 0)
		return cli_usage(argv[0], "config takes no operands");
	if (!cli_config(c))
		return cli_failed(c);
	list = config_view(c->arena, c->cfg);
	for (size_t i = 0; i < value_count(list); i++) {
		const struct value *row = value_at(c->arena, list, i), *v = value_get(row, "value");
		const char *text = v && v->kind == V_INT ? arena_printf(c->arena, "%" PRId64, v->u.i) : value_str(v);

		printf("%-24s %-40s (%s)\n", value_str(value_get(row, "name")), text,
		       value_str(value_get(row, "source")));
	}
	return 0;
}
