/* SPDX-License-Identifier: MIT */
/* What an error says, and what it means to HTTP. */
#include "../unit.h"

#include "base/err.h"
#include "base/str.h"

static void setting_returns_false_and_keeps_class_and_text(void **state)
{
	struct err e = { 0 };

	assert_false(err_set(&e, ERR_INVALID, "%d is not %s\n", 7, "even"));
	assert_int_equal(e.class, ERR_INVALID);
	assert_string_equal(e.msg, "7 is not even");
	assert_false(err_set(NULL, ERR_INVALID, "nobody listens"));
	assert_false(err_prefix(NULL, "nobody"));
	err_clear(NULL);
}

static void prefixes_stack_up_in_front(void **state)
{
	struct err e = { 0 };

	err_set(&e, ERR_NOT_FOUND, "no such column");
	assert_false(err_prefix(&e, "query %d", 3));
	err_prefix(&e, "run");
	assert_string_equal(e.msg, "run: query 3: no such column");
	assert_int_equal(e.class, ERR_NOT_FOUND);
	err_clear(&e);
	assert_int_equal(e.class, ERR_NONE);
	assert_string_equal(e.msg, "");
}

static void long_messages_are_cut_at_a_character(void **state)
{
	char text[1024];
	struct err e;

	for (size_t lead = 0; lead < 4; lead++) {
		memset(text, 'x', lead);
		for (size_t i = lead; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xe2\x82\xac", 4);
		err_set(&e, ERR_INTERNAL, "%s", text);
		assert_in_range(strlen(e.msg), sizeof(e.msg) - 4, sizeof(e.msg) - 1);
		assert_int_equal(utf8_invalid(e.msg, strlen(e.msg)), -1);
		err_prefix(&e, "%s", text);
		assert_int_equal(utf8_invalid(e.msg, strlen(e.msg)), -1);
		err_set(&e, ERR_INTERNAL, "%s", text);
		err_prefix(&e, "p");
		assert_memory_equal(e.msg, "p: ", 3);
		assert_int_equal(utf8_invalid(e.msg, strlen(e.msg)), -1);
	}
}

static void every_class_has_a_status_and_a_title(void **state)
{
	static const int statuses[ERR_CLASSES] = { 200, 400, 401, 403, 404, 405, 409,
						   413, 422, 429, 500, 503, 504 };

	for (int c = 0; c < ERR_CLASSES; c++) {
		assert_int_equal(err_status((enum err_class)c), statuses[c]);
		assert_true(strlen(err_title((enum err_class)c)) > 0);
	}
	assert_int_equal(err_status(ERR_CLASSES), 500);
	assert_string_equal(err_title(ERR_CLASSES), "Internal error");
}

static void only_passing_troubles_are_transient(void **state)
{
	for (int c = 0; c < ERR_CLASSES; c++)
		assert_int_equal(err_transient((enum err_class)c),
				 c == ERR_THROTTLED || c == ERR_UNAVAILABLE || c == ERR_TIMEOUT);
	assert_false(err_transient(ERR_CLASSES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_returns_false_and_keeps_class_and_text),
		cmocka_unit_test(prefixes_stack_up_in_front),
		cmocka_unit_test(long_messages_are_cut_at_a_character),
		cmocka_unit_test(every_class_has_a_status_and_a_title),
		cmocka_unit_test(only_passing_troubles_are_transient),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
