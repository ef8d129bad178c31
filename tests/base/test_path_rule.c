/* SPDX-License-Identifier: MIT */
/* Which paths a model or an archive may name. */
#include "../unit.h"

#include "base/err.h"
#include "base/path_rule.h"

static void ordinary_paths_are_allowed(void **state)
{
	static const char *const paths[] = {
		"a", "src/main.c", ".gitignore", "a b/c(1)+@x_-y.tar.gz", "1/2/3/4/5/6/7/8/9/10/11/12",
		"console.txt", "com10", "...a", "x.git",
	};

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct err e = { 0 };

		if (!path_valid(paths[i], &e))
			fail_msg("%s", e.msg);
	}
}

static void hostile_paths_are_refused(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"/etc/passwd",
		"..",
		"../x",
		"a/../b",
		"a/..",
		"./a",
		"a/.",
		"a//b",
		"a/",
		"-rf",
		"a/-x",
		"~root",
		"a\\b",
		"c:x",
		"a\nb",
		"a\x7f",
		"a\x1b[0m",
		"\xc3\xa9",
		"\xff",
		"a*",
		"a?b",
		"a|b",
		"a<b",
		"a;b",
		"a$b",
		"a'b",
		"a\"b",
		"a`b",
		".git",
		".GIT/config",
		"a/.Git/hooks/x",
		"git~1",
		"GIT~1/x",
		"con",
		"NUL",
		"aux.c",
		"a/Com1.txt",
		"lpt9",
		"prn .x",
		"a.",
		"a ",
		"a./b",
		"a /b",
		"1/2/3/4/5/6/7/8/9/10/11/12/13",
		" ",
		".",
		"a/ ",
	};
	char longest[202];

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct err e = { 0 };

		if (path_valid(paths[i], &e))
			fail_msg("allowed: %s", paths[i]);
		assert_int_equal(e.class, ERR_INVALID);
		for (const char *p = e.msg; *p; p++)
			assert_in_range((unsigned char)*p, 0x20, 0x7e);
	}
	assert_false(path_valid(NULL, NULL));
	memset(longest, 'a', sizeof(longest));
	longest[201] = '\0';
	assert_false(path_valid(longest, NULL));
	longest[200] = '\0';
	assert_true(path_valid(longest, NULL));
}

static bool set(const char *one, const char *two, const char *three)
{
	const char *const paths[] = { one, two, three };

	return path_set_valid(paths, 3, NULL);
}

static void paths_of_a_set_can_live_together(void **state)
{
	struct err e = { 0 };
	const char *const clash[] = { "a", "a b", "a-b", "a/b" };

	assert_true(set("a", "b", "c/a"));
	assert_true(set("a/x", "A/y", "a-b"));
	assert_true(path_set_valid(NULL, 0, NULL));
	assert_false(set("a", "b", "a"));
	assert_false(set("README", "b", "readme"));
	assert_false(set("src", "b", "src/x"));
	assert_false(set("src/x", "b", "SRC"));
	assert_false(set("a", "../b", "c"));
	assert_false(path_set_valid(clash, 4, &e));
	assert_string_equal(e.msg, "the path \"a\" is a file and also a folder of another path");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_paths_are_allowed),
		cmocka_unit_test(hostile_paths_are_refused),
		cmocka_unit_test(paths_of_a_set_can_live_together),
	};

	return cmocka_run_group_tests_name("path_rule", tests, NULL, NULL);
}
