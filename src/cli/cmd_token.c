/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "model/account.h"

/* --replace: earlier tokens of the same label end. */
static int create(struct cli *c, int64_t account, const char *label, bool replace)
{
	struct value *tokens;
	char *token;
	int64_t id;

	if (replace) {
		if (!token_list(c->db, c->arena, account, &tokens, &c->err))
			return cli_failed(c);
		for (size_t i = 0; i < value_count(tokens); i++) {
			const struct value *row = value_at(c->arena, tokens, i);

			if (streq(value_str(value_get(row, "name")), label) &&
			    !token_revoke(c->db, c->arena, account, value_get(row, "id")->u.i, &c->err))
				return cli_failed(c);
		}
	}
	if (!token_create(c->db, c->arena, account, label, &token, &id, &c->err))
		return cli_failed(c);
	puts(token);
	return 0;
}

static int list(struct cli *c, int64_t account)
{
	struct value *tokens;

	if (!token_list(c->db, c->arena, account, &tokens, &c->err))
		return cli_failed(c);
	for (size_t i = 0; i < value_count(tokens); i++) {
		const struct value *row = value_at(c->arena, tokens, i);

		printf("%" PRId64 " %s\n", value_get(row, "id")->u.i, value_str(value_get(row, "name")));
	}
	return 0;
}

int cmd_token(struct cli *c, int argc, char **argv)
{
	const char *label = NULL;
	bool replace = false;
	const struct option_spec options[] = { { "name", &label, NULL }, { "replace", NULL, &replace } };
	int64_t account;
	long long id;
	int n = cli_options(argv[0], argc, argv, options, 2);

	if (n < 0)
		return EXIT_USAGE;
	if (n == 3 && streq(argv[1], "revoke")) {
		if (!cli_number(argv[0], "ID", argv[3], &id))
			return EXIT_USAGE;
	} else if (n != 2) {
		return cli_usage(argv[0], "create, list or revoke, and an account's name");
	}
	if (streq(argv[1], "create") && !label)
		return cli_usage(argv[0], "--name is needed: what the token is for");
	if (!cli_database(c) || !account_find(c->db, c->arena, argv[2], &account, &c->err))
		return cli_failed(c);
	if (streq(argv[1], "create"))
		return create(c, account, label, replace);
	if (streq(argv[1], "list"))
		return list(c, account);
	if (n == 3)
		return token_revoke(c->db, c->arena, account, id, &c->err) ? 0 : cli_failed(c);
	return cli_usage(argv[0], "there is no \"token %s\"", argv[1]);
}
