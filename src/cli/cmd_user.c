/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "model/account.h"

#define LINK_MINUTES (24 * 60)
#define INVITE_MINUTES (7 * 24 * 60)
#define LIST_AT_ONCE 1000

static int add(struct cli *c, const char *name, const char *role, const char *email, bool if_missing)
{
	int64_t id;

	if (account_create(c->db, c->arena, 0, name, role, email, NULL, &id, &c->err)) {
		printf("%s may now come in: botarmy user invite %s\n", name, name);
		return 0;
	}
	return if_missing && c->err.class == ERR_CONFLICT ? 0 : cli_failed(c);
}

/* link lets in; invite and reset ask for a password first. */
static int print_link(struct cli *c, const char *action, int64_t id)
{
	const char *kind = streq(action, "link") ? "sign_in" : action;
	char *token;

	if (!account_link(c->db, c->arena, 0, id, kind, streq(kind, "invite") ? INVITE_MINUTES : LINK_MINUTES, &token,
			  NULL, &c->err))
		return cli_failed(c);
	printf("%s/sign-in/%s\n", c->cfg->public_url, token);
	return 0;
}

static int list(struct cli *c)
{
	struct value *accounts;
	const char *after = NULL;

	do {
		if (!account_list(c->db, c->arena, after, NULL, LIST_AT_ONCE, &accounts, &after, &c->err))
			return cli_failed(c);
		for (size_t i = 0; i < value_count(accounts); i++) {
			const struct value *row = value_at(c->arena, accounts, i);

			printf("%-24s %-10s %s\n", value_str(value_get(row, "name")),
			       value_str(value_get(row, "role")),
			       value_get(row, "disabled_at")->kind == V_NULL ? "" : "disabled");
		}
	} while (after);
	return 0;
}

static int change(struct cli *c, const char *action, int64_t id, const char *role, const char *email)
{
	const struct account_change what = { .role = role, .email = email,
					     .disabled = streq(action, "disable")  ? 1
							 : streq(action, "enable") ? 0
										   : -1 };

	return account_change(c->db, 0, id, &what, &c->err) ? 0 : cli_failed(c);
}

static bool one_of(const char *action, const char *const *names)
{
	while (*names && !streq(*names, action))
		names++;
	return *names != NULL;
}

int cmd_user(struct cli *c, int argc, char **argv)
{
	static const char *const links[] = { "link", "invite", "reset", NULL };
	static const char *const changes[] = { "set", "disable", "enable", NULL };
	const char *role = NULL, *email = NULL, *action, *name;
	bool if_missing = false;
	const struct option_spec options[] = { { "role", &role, NULL },
					       { "email", &email, NULL },
					       { "if-missing", NULL, &if_missing } };
	int64_t id;
	int n = cli_options(argv[0], argc, argv, options, 3);

	if (n < 1)
		return n < 0 ? EXIT_USAGE
			     : cli_usage(argv[0], "add, set, invite, reset, link, list, disable or enable?");
	action = argv[1];
	name = n == 2 ? argv[2] : NULL;
	if (n > 2 || (name == NULL) != streq(action, "list"))
		return cli_usage(argv[0], "user list takes no name, the others take one");
	if (!streq(action, "list") && !streq(action, "add") && !one_of(action, links) && !one_of(action, changes))
		return cli_usage(argv[0], "there is no \"user %s\"", action);
	if (streq(action, "add") && !role)
		return cli_usage(argv[0], "--role is needed: viewer, submitter, approver, operator or admin");
	if (streq(action, "set") ? !role && !email : !streq(action, "add") && (role || email))
		return cli_usage(argv[0], "--role and --email are for \"user add\" and \"user set\", which takes one at least");
	if (!cli_database(c))
		return cli_failed(c);
	if (streq(action, "list"))
		return list(c);
	if (streq(action, "add"))
		return add(c, name, role, email, if_missing);
	if (!account_find(c->db, c->arena, name, one_of(action, changes), &id, &c->err))
		return cli_failed(c);
	return one_of(action, links) ? print_link(c, action, id) : change(c, action, id, role, email);
}
