/* SPDX-License-Identifier: MIT */
/* Appending, and the cap. */
#include "../unit.h"

#include "base/buf.h"

static void appends_follow_each_other(void **state)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	assert_string_equal(buf_str(&b), "");
	buf_add(&b, NULL, 0);
	buf_adds(&b, "a");
	buf_addc(&b, 'b');
	buf_add(&b, "c\0d", 3);
	buf_addf(&b, "%03d", 7);
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "abc\0d007", 9);
	assert_true(buf_ok(&b));
	buf_release(&b);
}

static void integers_of_any_size_are_written(void **state)
{
	struct buf b;

	buf_init(&b, 100);
	buf_addint(&b, 0);
	buf_addc(&b, ' ');
	buf_addint(&b, INT64_MIN);
	buf_addc(&b, ' ');
	buf_addint(&b, INT64_MAX);
	assert_string_equal(buf_str(&b), "0 -9223372036854775808 9223372036854775807");
	buf_release(&b);
}

static void the_cap_can_be_filled_but_not_passed(void **state)
{
	struct buf b;

	buf_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		buf_addc(&b, 'x');
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, 1000);
	assert_int_equal(strlen(b.data), 1000);
	buf_addc(&b, 'y');
	assert_false(buf_ok(&b));
	assert_int_equal(b.len, 1000);
	buf_release(&b);
}

static void an_overflow_sticks_until_cleared(void **state)
{
	struct buf b;

	buf_init(&b, 4);
	buf_adds(&b, "ab");
	buf_addf(&b, "%s", "cde");
	buf_adds(&b, "c");
	assert_false(buf_ok(&b));
	assert_string_equal(buf_str(&b), "ab");
	buf_clear(&b);
	assert_true(buf_ok(&b));
	assert_string_equal(buf_str(&b), "");
	buf_adds(&b, "abcd");
	assert_true(buf_ok(&b));
	assert_string_equal(buf_str(&b), "abcd");
	buf_release(&b);
	buf_adds(&b, "again");
	assert_false(buf_ok(&b));
	buf_release(&b);
}

static void no_cap_means_no_room(void **state)
{
	struct buf b;

	buf_init(&b, 0);
	buf_addc(&b, 'x');
	assert_false(buf_ok(&b));
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_follow_each_other),
		cmocka_unit_test(integers_of_any_size_are_written),
		cmocka_unit_test(the_cap_can_be_filled_but_not_passed),
		cmocka_unit_test(an_overflow_sticks_until_cleared),
		cmocka_unit_test(no_cap_means_no_room),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
