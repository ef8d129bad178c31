/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/html.h"
#include "base/json.h"

int cmd_retry(struct cli *c, int argc, char **argv)
{
	const char *comment = "";
	const struct option_spec options[] = { { "comment", &comment, NULL } };
	struct json_object *body, *view;
	struct buf path;
	long long run;
	char key[37];
	int n = cli_options(argv[0], argc, argv, options, 1);

	if (n != 2)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run and one of its stages");
	if (!cli_number(argv[0], "RUN", argv[1], &run))
		return EXIT_USAGE;
	buf_init(&path, 4 << 10);
	buf_addf(&path, "/runs/%lld/stages/", run);
	url_escape(&path, argv[2], strlen(argv[2]));
	buf_adds(&path, "/retry");
	body = json_own(c->arena, json_object_new_object());
	json_object_object_add(body, "comment", json_object_new_string(comment));
	random_uuid(key);
	bool ok = api_post(c, arena_strdup(c->arena, buf_str(&path)), key, body, &view);
	buf_release(&path);
	if (!ok)
		return cli_failed(c);
	printf("run %lld: %s, at %s\n", run, json_get_str(view, "state", ""),
	       json_get_str(view, "stage", ""));
	return 0;
}
