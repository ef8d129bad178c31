/* SPDX-License-Identifier: MIT */
/* What people say to a run's agents, what was said, and what runners said. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/html.h"
#include "base/json.h"
#include "base/str.h"

int cmd_say(struct cli *c, int argc, char **argv)
{
	const char *priority = NULL, *reply = NULL;
	const struct option_spec options[] = { { "priority", &priority, NULL }, { "reply", &reply, NULL } };
	struct json_object *body, *view, *list;
	long long run, answered = 0;
	int64_t p = 0;
	char key[37];
	int n = cli_options(argv[0], argc, argv, options, 2);

	if (n != 2)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run, and say one text (in quotes)");
	if (!cli_number(argv[0], "RUN", argv[1], &run) ||
	    (reply && !cli_number(argv[0], "--reply", reply, &answered)))
		return EXIT_USAGE;
	if (priority && !parse_i64(priority, -10, 10, &p))
		return cli_usage(argv[0], "--priority is a number from -10 to 10");
	body = json_own(c->arena, json_object_new_object());
	json_object_object_add(body, "text", json_object_new_string(argv[2]));
	json_object_object_add(body, "priority", json_object_new_int64(p));
	if (reply)
		json_object_object_add(body, "reply_to", json_object_new_int64(answered));
	random_uuid(key);
	if (!api_post(c, arena_printf(c->arena, "/runs/%lld/messages", run), key, body, &view))
		return cli_failed(c);
	list = json_get_array(view, "messages");
	if (list && json_object_array_length(list))
		printf("%lld\n",
		       (long long)json_get_int(
			       json_object_array_get_idx(list, json_object_array_length(list) - 1), "id", 0));
	return 0;
}

static void print_deliveries(struct json_object *m)
{
	struct json_object *list = json_get_array(m, "deliveries");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *d = json_object_array_get_idx(list, i);
		const char *problem = json_get_str(d, "problem", "");

		printf("    %s: %s%s%s\n", json_get_str(d, "agent", ""), json_get_str(d, "state", ""),
		       *problem ? ", " : "", problem);
	}
}

int cmd_messages(struct cli *c, int argc, char **argv)
{
	struct json_object *view, *list;
	long long run;
	int n = cli_options(argv[0], argc, argv, NULL, 0);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	if (!cli_number(argv[0], "RUN", argv[1], &run))
		return EXIT_USAGE;
	if (!api_get(c, arena_printf(c->arena, "/runs/%lld/messages", run), &view))
		return cli_failed(c);
	list = json_get_array(view, "messages");
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *m = json_object_array_get_idx(list, i);
		const char *topic = json_get_str(m, "topic", ""), *sender = json_get_str(m, "sender", "");

		printf("%lld %s -> %s%s%s\n    %s\n", (long long)json_get_int(m, "id", 0),
		       *sender ? sender : json_get_str(m, "by", ""), *topic ? "#" : "@",
		       *topic ? topic : json_get_str(m, "to", ""),
		       json_get_int(m, "asks", 0) ? " (waits for an answer)" : "",
		       json_get_str(m, "body", ""));
		print_deliveries(m);
	}
	return 0;
}

static const char *log_path(struct cli *c, long long run, const char *stage, const char *level)
{
	struct buf b;

	buf_init(&b, 4 << 10);
	buf_addf(&b, "/runs/%lld/log?level=", run);
	url_escape(&b, level, strlen(level));
	buf_adds(&b, "&stage=");
	url_escape(&b, stage, strlen(stage));
	const char *path = arena_strdup(c->arena, buf_str(&b));
	buf_release(&b);
	return path;
}

int cmd_log(struct cli *c, int argc, char **argv)
{
	const char *stage = "", *level = "";
	const struct option_spec options[] = { { "stage", &stage, NULL }, { "level", &level, NULL } };
	struct json_object *view, *list;
	long long run;
	int n = cli_options(argv[0], argc, argv, options, 2);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	if (!cli_number(argv[0], "RUN", argv[1], &run))
		return EXIT_USAGE;
	if (!api_get(c, log_path(c, run, stage, level), &view))
		return cli_failed(c);
	list = json_get_array(view, "lines");
	for (size_t i = list ? json_object_array_length(list) : 0; i-- > 0;) {
		struct json_object *l = json_object_array_get_idx(list, i);

		printf("%s %-5s %s%s%s\n", json_get_str(l, "at", ""), json_get_str(l, "level", ""),
		       json_get_str(l, "stage", ""), *json_get_str(l, "stage", "") ? ": " : "",
		       json_get_str(l, "text", ""));
	}
	return 0;
}
