/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/file.h"
#include "db/migrate.h"
#include "model/workflow.h"

static void applied(void *ctx, int64_t version, const char *name)
{
	printf("applied %04" PRId64 " %s\n", version, name);
}

int cmd_migrate(struct cli *c, int argc, char **argv)
{
	if (cli_options(argv[0], argc, argv, NULL, 0) != 0)
		return cli_usage(argv[0], "migrate takes no operands");
	if (!cli_database(c) ||
	    !migrate(c->arena, c->db, path_join(c->arena, c->cfg->data_dir, "sql"), applied, NULL, &c->err) ||
	    !workflows_store(c->db, c->cfg->data_dir, &c->err))
		return cli_failed(c);
	puts("the database is up to date");
	return 0;
}
