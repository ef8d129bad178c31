/* SPDX-License-Identifier: MIT */
/*
 * Runs each folder of cases/ as a generated project. Its file `expect` has a line
 * "OUTCOME NAME" for every test that the report must have, and no other, optionally
 * followed by " ~ " and a part of the log; "problem TEXT" where the report must name
 * a problem; and "limit NAME NUMBER" to change a limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "suite.h"

#define CASES_MAX 100

static struct sandbox *sb;

/* What there is under that name; all the names when there is nothing. */
static const char *seen(struct json_object *report, const char *name)
{
	static char text[4096];
	struct json_object *tests = json_get_array(report, "tests");
	size_t at = 0;

	text[0] = '\0';
	for (int all = 0; all < 2 && at == 0; all++)
		for (size_t i = 0; tests && i < json_object_array_length(tests); i++) {
			struct json_object *t = json_object_array_get_idx(tests, i);
			const char *log = json_get_str(t, "log", "");
			size_t n = strlen(log);
			if (at < sizeof(text) - 1 && (all || strcmp(json_get_str(t, "name", ""), name) == 0))
				at += (size_t)snprintf(text + at, sizeof(text) - at, "\n%s %s %s",
					json_get_str(t, "outcome", ""), json_get_str(t, "name", ""),
					all ? "" : log + (n > 600 ? n - 600 : 0));
		}
	return text;
}

static struct json_object *find(struct json_object *report, const char *name, const char *outcome)
{
	struct json_object *tests = json_get_array(report, "tests");

	for (size_t i = 0; tests && i < json_object_array_length(tests); i++) {
		struct json_object *t = json_object_array_get_idx(tests, i);
		if (strcmp(json_get_str(t, "name", ""), name) == 0 &&
		    strcmp(json_get_str(t, "outcome", ""), outcome) == 0)
			return t;
	}
	return NULL;
}

static void set_limit(struct sandbox_limits *l, const char *name, long long value)
{
	if (strcmp(name, "test_s") == 0)
		l->test_s = value;
	else if (strcmp(name, "wall_s") == 0)
		l->wall_s = value;
	else if (strcmp(name, "memory_mb") == 0)
		l->memory_mb = value;
	else if (strcmp(name, "processes") == 0)
		l->processes = value;
	else
		fail_msg("expect: no limit %s", name);
}

static void read_limits(struct arena *a, const char *text, struct sandbox_limits *l)
{
	char *copy = arena_strdup(a, text), *rest, *name;

	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, "limit ", 6) == 0) {
			name = line + 6;
			name[strcspn(name, " ")] = '\0';
			set_limit(l, name, atoll(name + strlen(name) + 1));
		}
}

static int check_line(struct json_object *report, char *line)
{
	char *log = strstr(line, " ~ "), *name = strchr(line, ' ');
	struct json_object *test;

	if (*line == '#' || strncmp(line, "limit ", 6) == 0 || !name)
		return 0;
	if (strncmp(line, "problem ", 8) == 0) {
		if (!strstr(json_get_str(report, "problem", ""), line + 8))
			fail_msg("problem \"%s\" has no \"%s\"", json_get_str(report, "problem", ""),
				 line + 8);
		return 0;
	}
	if (log) {
		*log = '\0';
		log += 3;
	}
	*name++ = '\0';
	test = find(report, name, line);
	if (!test)
		fail_msg("%s is not \"%s\": %s", name, line, seen(report, name));
	if (log && !strstr(json_get_str(test, "log", ""), log))
		fail_msg("the log of %s has no \"%s\": %s", name, log, json_get_str(test, "log", ""));
	return 1;
}

static void run_case(void **state)
{
	struct arena *a = arena_new(0);
	const char *dir = *state;
	struct sandbox_limits limits = suite_settings().limits;
	struct json_object *report;
	struct str expect;
	struct err e = { 0 };
	size_t count;
	struct file_item *files = suite_folder(a, dir, &count);
	char *rest;
	int expected = 0, bad = 0;

	assert_true(file_read(a, path_join(a, dir, "expect"), 65536, &expect, &e));
	read_limits(a, arena_strndup(a, expect.s, expect.len), &limits);
	report = suite_run(a, sb, files, count, &limits);
	for (char *line = strtok_r(arena_strndup(a, expect.s, expect.len), "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		bool passed = strncmp(line, "passed ", 7) == 0;
		int one = check_line(report, line);
		expected += one;
		bad += one && !passed;
	}
	if (json_get_int(report, "total", -1) != expected || json_get_int(report, "failed", -1) != bad)
		fail_msg("expected %d tests, %d bad: %s", expected, bad, seen(report, ""));
	assert_int_equal(json_get_int(report, "passed", -1), expected - bad);
	assert_int_equal(sandbox_green(report), bad == 0 && expected > 0 && !json_get(report, "problem"));
	assert_string_equal(json_get_str(report, "files_sha256", ""), fileset_sha256(a, files, count));
	arena_free(a);
}

int main(void)
{
	struct arena *a = arena_new(0);
	struct CMUnitTest tests[CASES_MAX];
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };
	const char **names;
	size_t count;
	int failed;

	crypt_init();
	suite_need_sandbox();
	/* A secret that no sandbox may see; the case "walls" looks for it. */
	setenv("OPENAI_API_KEY", "sk-must-not-be-seen", 1);
	sb = sandbox_start(&s, &e);
	if (!sb || !dir_list(a, "cases", &names, &count, &e) || count > CASES_MAX) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	memset(tests, 0, sizeof(tests));
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = names[i], .test_func = run_case,
			.initial_state = path_join(a, "cases", names[i]),
		};
	failed = _cmocka_run_group_tests("sandbox cases", tests, count, NULL, NULL);
	sandbox_stop(sb);
	arena_free(a);
	return failed;
}
