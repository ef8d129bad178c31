/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/str.h"
#include "base/value.h"
#include "model/account.h"

#define LINK_MINUTES (24 * 60)

static int add(struct cli *c, const char *name, const char *role, bool if_missing)
{
	int64_t id;

	if (account_create(c->db, c->arena, name, role, NULL, &id, &c->err)) {
		printf("%s may now sign in: botarmy user link %s\n", name, name);
		return 0;
	}
	return if_missing && c->err.class == ERR_CONFLICT ? 0 : cli_failed(c);
}

static int print_link(struct cli *c, const char *name)
{
	char *token;

	if (!sign_in_link_create(c->db, c->arena, name, LINK_MINUTES, &token, &c->err))
		return cli_failed(c);
	printf("%s/sign-in/%s\n", c->cfg->public_url, token);
	return 0;
}

static int list(struct cli *c)
{
	struct value *accounts;

	if (!account_list(c->db, c->arena, &accounts, &c->err))
		return cli_failed(c);
	for (size_t i = 0; i < value_count(accounts); i++) {
		const struct value *row = value_at(c->arena, accounts, i);

		printf("%-24s %-10s %s\n", value_str(value_get(row, "name")), value_str(value_get(row, "role")),
		       value_get(row, "disabled_at")->kind == V_NULL ? "" : "disabled");
	}
	return 0;
}

int cmd_user(struct cli *c, int argc, char **argv)
{
	const char *role = NULL, *action, *name;
	bool if_missing = false;
	const struct option_spec options[] = { { "role", &role, NULL }, { "if-missing", NULL, &if_missing } };
	int n = cli_options(argv[0], argc, argv, options, 2);

	if (n < 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "add, link, list or disable?");
	action = argv[1];
	name = n == 2 ? argv[2] : NULL;
	if (n > 2 || (name == NULL) != streq(action, "list"))
		return cli_usage(argv[0], "user list takes no name, the others take one");
	if (streq(action, "add") && !role)
		return cli_usage(argv[0], "--role is needed: viewer, submitter, approver, operator or admin");
	if (!cli_database(c))
		return cli_failed(c);
	if (streq(action, "add"))
		return add(c, name, role, if_missing);
	if (streq(action, "link"))
		return print_link(c, name);
	if (streq(action, "list"))
		return list(c);
	if (streq(action, "disable"))
		return account_disable(c->db, c->arena, name, &c->err) ? 0 : cli_failed(c);
	return cli_usage(argv[0], "there is no \"user %s\"", action);
}
