/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"

/* What scripts get is a stable part of the view, not all of it. */
static const char *const run_members[] = { "id", "state", "stage", "stages", "gates", "tests", "cost", "problem" };
static const char *const stage_members[] = { "name", "state", "revision", "attempts", "artifact_sha256" };
static const char *const gate_members[] = { "id", "stage", "revision", "opened_at", "url" };
static const char *const test_members[] = { "total", "passed", "failed", "vacuous" };
static const char *const cost_members[] = { "usd", "held_usd", "known" };
#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static struct json_object *only(struct json_object *from, const char *const *members, size_t count)
{
	struct json_object *to = json_object_new_object();

	for (size_t i = 0; i < count; i++)
		json_object_object_add(to, members[i], json_object_get(json_get(from, members[i])));
	return to;
}

static struct json_object *only_each(struct json_object *list, const char *const *members, size_t count)
{
	struct json_object *to = json_object_new_array();

	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		json_object_array_add(to, only(json_object_array_get_idx(list, i), members, count));
	return to;
}

static void print_json(struct cli *c, struct json_object *run)
{
	struct json_object *out = json_own(c->arena, only(run, run_members, COUNT(run_members)));

	json_object_object_add(out, "stages", only_each(json_get_array(run, "stages"), stage_members, COUNT(stage_members)));
	json_object_object_add(out, "gates", only_each(json_get_array(run, "gates"), gate_members, COUNT(gate_members)));
	json_object_object_add(out, "tests", only(json_get(run, "tests"), test_members, COUNT(test_members)));
	json_object_object_add(out, "cost", only(json_get(run, "cost"), cost_members, COUNT(cost_members)));
	puts(json_text(c->arena, out));
}

static void print_text(struct json_object *run)
{
	struct json_object *stages = json_get_array(run, "stages"), *gates = json_get_array(run, "gates");
	struct json_object *tests = json_get(run, "tests");

	printf("run %lld: %s\n", (long long)json_get_int(run, "id", 0), json_get_str(run, "state", "?"));
	for (size_t i = 0; stages && i < json_object_array_length(stages); i++) {
		struct json_object *s = json_object_array_get_idx(stages, i);

		printf("  %-12s %-8s revision %lld, %lld attempts\n", json_get_str(s, "name", ""),
		       json_get_str(s, "state", ""), (long long)json_get_int(s, "revision", 0),
		       (long long)json_get_int(s, "attempts", 0));
	}
	if (json_get_int(tests, "total", 0))
		printf("tests: %lld passed, %lld failed\n", (long long)json_get_int(tests, "passed", 0),
		       (long long)json_get_int(tests, "failed", 0));
	for (size_t i = 0; gates && i < json_object_array_length(gates); i++) {
		struct json_object *g = json_object_array_get_idx(gates, i);

		printf("gate %lld waits for a decision on %s, revision %lld: %s\n",
		       (long long)json_get_int(g, "id", 0), json_get_str(g, "stage", ""),
		       (long long)json_get_int(g, "revision", 0), json_get_str(g, "url", ""));
	}
	if (*json_get_str(run, "problem", ""))
		printf("problem: %s\n", json_get_str(run, "problem", ""));
}

int cmd_status(struct cli *c, int argc, char **argv)
{
	bool json = false;
	const struct option_spec options[] = { { "json", NULL, &json } };
	struct json_object *run;
	long long id;
	int n = cli_options(argv[0], argc, argv, options, 1);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	if (!cli_number(argv[0], "RUN", argv[1], &id))
		return EXIT_USAGE;
	if (!api_get(c, arena_printf(c->arena, "/runs/%lld", id), &run))
		return cli_failed(c);
	if (json)
		print_json(c, run);
	else
		print_text(run);
	return 0;
}

int cmd_watch(struct cli *c, int argc, char **argv)
{
	long long id;
	int n = cli_options(argv[0], argc, argv, NULL, 0);

	if (n != 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one run");
	return cli_number(argv[0], "RUN", argv[1], &id) ? follow_run(c, id) : EXIT_USAGE;
}
