/* SPDX-License-Identifier: MIT */
/*
 * What is said where no sandbox can run. The argument tells where this is: "root",
 * "walled" (namespaces cannot be made) or "open".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "suite.h"

static void root_is_refused(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };
	char what[256];

	s.state_dir = "/nonexistent";
	assert_int_equal(geteuid(), 0);
	assert_null(sandbox_start(&s, &e));
	assert_int_equal(e.class, ERR_FORBIDDEN);
	assert_non_null(strstr(e.msg, "service user"));
	assert_false(sandbox_probe(&s, what, &e));
	assert_int_equal(e.class, ERR_FORBIDDEN);
}

static void walls_are_named(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };

	assert_false(sandbox_probe(&s, NULL, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_non_null(strstr(e.msg, "namespaces"));
	assert_non_null(strstr(e.msg, "max_user_namespaces"));
	assert_null(strchr(e.msg, '\n'));
}

/* Without a sandbox nothing runs, and every report says so; nothing turns green. */
static void without_a_sandbox_nothing_runs(void **state)
{
	static const char text[] =
		"import unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n";
	struct sandbox_settings s = suite_settings();
	struct file_item f = { "tests/test_a.py", text, sizeof(text) - 1 };
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct sandbox *sb = sandbox_start(&s, &e);
	struct json_object *report;

	assert_non_null(sb);
	report = suite_run(a, sb, &f, 1, NULL);
	assert_false(json_get_bool(report, "executed", true));
	assert_false(sandbox_green(report));
	assert_non_null(strstr(json_get_str(report, "problem", ""), "namespaces"));
	sandbox_stop(sb);
	arena_free(a);
}

static void a_sandbox_says_what_it_is(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };
	char what[256] = "";

	assert_true(sandbox_probe(&s, what, &e));
	assert_non_null(strstr(what, "bubblewrap 0."));
	assert_non_null(strstr(what, "256 MB"));
	assert_non_null(strstr(what, "best effort"));
	assert_true(strlen(what) < sizeof(what) - 1);
}

static void a_wrong_data_folder_is_named(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };

	s.data_dir = "/usr";
	assert_false(sandbox_probe(&s, NULL, &e));
	assert_non_null(strstr(e.msg, "/usr/harness"));
	assert_non_null(strstr(e.msg, "data_dir"));
	s.data_dir = "/nonexistent";
	assert_false(sandbox_probe(&s, NULL, &e));
	assert_null(sandbox_start(&s, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
}

static void a_state_folder_that_cannot_be_used_ends_the_helper(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct arena *a = arena_new(0);
	struct file_item f = { "a", "", 0 };
	struct err e = { 0 };
	struct sandbox *sb;
	int fd;

	s.state_dir = "/proc/nowhere";
	sb = sandbox_start(&s, &e);
	assert_non_null(sb);
	if (sandbox_submit(sb, &f, 1, NULL, &fd, &e))
		assert_null(suite_wait(a, fd, 10));
	else
		assert_int_equal(e.class, ERR_UNAVAILABLE);
	sandbox_stop(sb);
	arena_free(a);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest root[] = { cmocka_unit_test(root_is_refused) };
	static const struct CMUnitTest walled[] = {
		cmocka_unit_test(walls_are_named),
		cmocka_unit_test(without_a_sandbox_nothing_runs),
	};
	static const struct CMUnitTest open_[] = {
		cmocka_unit_test(a_sandbox_says_what_it_is),
		cmocka_unit_test(a_wrong_data_folder_is_named),
		cmocka_unit_test(a_state_folder_that_cannot_be_used_ends_the_helper),
	};

	crypt_init();
	if (argc > 1 && strcmp(argv[1], "root") == 0)
		return cmocka_run_group_tests(root, NULL, NULL);
	if (argc > 1 && strcmp(argv[1], "walled") == 0)
		return cmocka_run_group_tests(walled, NULL, NULL);
	suite_need_sandbox();
	return cmocka_run_group_tests(open_, NULL, NULL);
}
