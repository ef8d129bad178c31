/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"

#define BRIEF_MAX (1u << 20)

int cmd_submit(struct cli *c, int argc, char **argv)
{
	const char *name = NULL, *file = NULL, *workflow = NULL, *stack = NULL, *cap = NULL, *priority = NULL;
	bool wait = false;
	const struct option_spec options[] = {
		{ "name", &name, NULL }, { "file", &file, NULL }, { "workflow", &workflow, NULL },
		{ "stack", &stack, NULL }, { "cap", &cap, NULL }, { "priority", &priority, NULL },
		{ "wait", NULL, &wait },
	};
	struct json_object *body, *made;
	struct str brief;
	int64_t micro, rank = 0;
	char key[37];

	if (cli_options(argv[0], argc, argv, options, 7) != 0)
		return cli_usage(argv[0], "submit takes options only");
	if (!name || !file)
		return cli_usage(argv[0], "--name and --file are needed");
	if (cap && !parse_decimal(cap, 6, INT64_MAX, &micro))
		return cli_usage(argv[0], "--cap is an amount in US dollars such as 2.50, not \"%s\"", cap);
	if (priority && !parse_i64(priority, -10, 10, &rank))
		return cli_usage(argv[0], "--priority is a number from -10 to 10, not \"%s\"", priority);
	if (!file_read(c->arena, streq(file, "-") ? "/dev/stdin" : file, BRIEF_MAX, &brief, &c->err))
		return cli_failed(c);

	body = json_own(c->arena, json_object_new_object());
	json_object_object_add(body, "name", json_object_new_string(name));
	json_object_object_add(body, "brief", json_object_new_string_len(brief.s, (int)brief.len));
	if (workflow)
		json_object_object_add(body, "workflow", json_object_new_string(workflow));
	if (stack)
		json_object_object_add(body, "stack", json_object_new_string(stack));
	if (cap)
		json_object_object_add(body, "cap_usd", json_object_new_double_s((double)micro / 1e6, cap));
	if (priority)
		json_object_object_add(body, "priority", json_object_new_int64(rank));
	random_uuid(key);
	if (!api_post(c, "/projects", key, body, &made))
		return cli_failed(c);
	printf("%lld\n", (long long)json_get_int(made, "run_id", 0));
	fflush(stdout);
	return wait ? follow_run(c, (long long)json_get_int(made, "run_id", 0)) : 0;
}
