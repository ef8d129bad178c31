/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/json.h"
#include "base/str.h"

/* approve, changes, reject, skip and answer: the command's name is the decision. */
int cmd_decide(struct cli *c, int argc, char **argv)
{
	const char *revision = NULL, *comment = "";
	const struct option_spec options[] = { { "revision", &revision, NULL }, { "comment", &comment, NULL } };
	struct json_object *body, *view;
	long long gate;
	int64_t seen;
	char key[37];
	int n = cli_options(argv[0], argc, argv, options, 2);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one gate");
	if (!cli_number(argv[0], "GATE", argv[1], &gate))
		return EXIT_USAGE;
	if (!parse_i64(revision ? revision : "", 0, INT32_MAX, &seen))
		return cli_usage(argv[0], "--revision N is needed: the revision that you have looked at");

	body = json_own(c->arena, json_object_new_object());
	json_object_object_add(body, "kind", json_object_new_string(argv[0]));
	json_object_object_add(body, "revision", json_object_new_int64(seen));
	json_object_object_add(body, "comment", json_object_new_string(comment));
	random_uuid(key);
	if (!api_post(c, arena_printf(c->arena, "/gates/%lld/decision", gate), key, body, &view))
		return cli_failed(c);
	if (json_get_bool(view, "open", false))
		printf("%s: %lld of %lld approvals\n", argv[0], (long long)json_get_int(view, "votes", 0),
		       (long long)json_get_int(view, "quorum", 0));
	else
		printf("decided: %s\n", argv[0]);
	return 0;
}
