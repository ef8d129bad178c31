/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

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
	for (const struct item *i = list->u.list.first; i; i = i->next)
		printf("%-24s %-40s (%s)\n", value_str(value_get(i->value, "name")),
		       value_str(value_get(i->value, "value")), value_str(value_get(i->value, "source")));
	return 0;
}
