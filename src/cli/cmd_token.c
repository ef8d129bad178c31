/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "model/account.h"

/* "read,decide" as bits; 0: it names something else. */
static unsigned scopes_read(const char *list)
{
	struct str rest = str_from(list);
	unsigned bits = 0;

	while (rest.len) {
		struct str one = str_cut(&rest, ',');
		size_t i = 0;

		while (token_scopes[i] && !str_eq(one, token_scopes[i]))
			i++;
		if (!token_scopes[i])
			return 0;
		bits |= 1u << i;
	}
	return bits;
}

/* --replace: earlier tokens of the same label end. */
static int create(struct cli *c, int64_t account, const char *label, unsigned scopes, long long days, bool replace)
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
	if (!token_create(c->db, c->arena, account, label, scopes, days, &token, &id, &c->err))
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

		const char *until = value_str(value_get(row, "_expires_at"));

		printf("%" PRId64 " %s (%s%s%s)\n", value_get(row, "id")->u.i, value_str(value_get(row, "name")),
		       value_str(value_get(row, "_scopes")), *until ? ", until " : "", until);
	}
	return 0;
}

int cmd_token(struct cli *c, int argc, char **argv)
{
	const char *label = NULL, *scopes = "read,submit,decide,operate", *for_days = NULL;
	bool replace = false;
	const struct option_spec options[] = { { "name", &label, NULL },
					       { "scopes", &scopes, NULL },
					       { "days", &for_days, NULL },
					       { "replace", NULL, &replace } };
	int64_t account;
	long long id, days = 0;
	int n = cli_options(argv[0], argc, argv, options, 4);

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
	if (!scopes_read(scopes))
		return cli_usage(argv[0], "--scopes is a list of read, submit, decide, operate, with commas between");
	if (for_days && (!cli_number(argv[0], "--days", for_days, &days) || days < 1 || days > 3650))
		return cli_usage(argv[0], "--days is a number from 1 to 3650");
	if (!cli_database(c) || !account_find(c->db, c->arena, argv[2], false, &account, &c->err))
		return cli_failed(c);
	if (streq(argv[1], "create"))
		return create(c, account, label, scopes_read(scopes), days, replace);
	if (streq(argv[1], "list"))
		return list(c, account);
	if (n == 3)
		return token_revoke(c->db, c->arena, account, id, &c->err) ? 0 : cli_failed(c);
	return cli_usage(argv[0], "there is no \"token %s\"", argv[1]);
}
