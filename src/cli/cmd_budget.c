/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/json.h"
#include "base/str.h"
#include "model/budget.h"

/* The decimal text as it came: no double is made of it. */
static const char *amount(struct json_object *b, const char *key)
{
	struct json_object *v = json_get(b, key);

	return v ? json_object_to_json_string(v) : "none";
}

static void print_budgets(struct json_object *view)
{
	struct json_object *list = json_get_array(view, "budgets");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *b = json_object_array_get_idx(list, i);
		const char *kind = json_get_str(b, "kind", ""), *name = json_get_str(b, "name", "");

		printf("%s%s", kind, *name ? " " : "");
		if (streq(kind, "project"))
			printf("%lld ", (long long)json_get_int(b, "key", 0));
		printf("%s: cap %s", name, amount(b, "cap_usd"));
		printf(", spent %s", amount(b, "spent_usd"));
		printf(", held %s", amount(b, "held_usd"));
		printf(", unconfirmed %s\n", amount(b, "unconfirmed_usd"));
	}
}

static int set(struct cli *c, int n, char **argv)
{
	bool named = streq(argv[2], "account") || streq(argv[2], "project");
	struct json_object *body, *view;
	int64_t micro = 0;
	char key[37];

	if (!named && !streq(argv[2], "site") && !streq(argv[2], "day"))
		return cli_usage(argv[0], "a budget is of site, day, account NAME or project N, not \"%s\"",
				 argv[2]);
	if (n != (named ? 4 : 3))
		return cli_usage(argv[0],
				 named ? "name the %s, then say an amount or none" : "say an amount or none",
				 argv[2]);
	const char *cap = argv[n];
	bool lift = streq(cap, "none");
	if (!lift && !parse_decimal(cap, 6, INT64_C(1000000000000), &micro))
		return cli_usage(
			argv[0],
			"an amount is US dollars such as 12.50, at most a million, or none; not \"%s\"", cap);
	body = json_own(c->arena, json_object_new_object());
	json_object_object_add(body, "kind", json_object_new_string(argv[2]));
	if (named)
		json_object_object_add(body, "name", json_object_new_string(argv[3]));
	if (lift)
		json_object_object_add(body, "lift", json_object_new_boolean(true));
	else /* as decimal text: no double is made of it */
		json_object_object_add(body, "cap_usd",
				       json_object_new_double_s(0, micro_text(c->arena, micro)));
	random_uuid(key);
	if (!api_post(c, "/budgets", key, body, &view))
		return cli_failed(c);
	print_budgets(view);
	return 0;
}

int cmd_budget(struct cli *c, int argc, char **argv)
{
	struct json_object *view;
	int n = cli_options(argv[0], argc, argv, NULL, 0);

	if (n < 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "list or set?");
	if (streq(argv[1], "set") && n > 2)
		return set(c, n, argv);
	if (!streq(argv[1], "list") || n > 1)
		return cli_usage(argv[0], "list takes nothing, set takes what and how much");
	if (!api_get(c, "/budgets", &view))
		return cli_failed(c);
	print_budgets(view);
	return 0;
}
