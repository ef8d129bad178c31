/* SPDX-License-Identifier: MIT */
/* Views, UTF-8, numbers, hexadecimal. */
#include "../unit.h"

#include "base/arena.h"
#include "base/str.h"

static void views_compare_trim_and_cut(void **state)
{
	struct str rest = STR("a,,b"), head;

	assert_true(str_eq(str_from("x"), "x"));
	assert_false(str_eq(str_from("x"), "xy"));
	assert_true(str_eq(str_from(NULL), ""));
	assert_true(str_eq(str_trim(str_from(" \t\r\na b\n ")), "a b"));
	assert_true(str_eq(str_trim(str_from(" \n")), ""));
	assert_true(str_eq(str_cut(&rest, ','), "a"));
	assert_true(str_eq(str_cut(&rest, ','), ""));
	head = str_cut(&rest, ',');
	assert_true(str_eq(head, "b"));
	assert_int_equal(rest.len, 0);
	assert_true(str_eq(str_cut(&rest, ','), ""));
}

static void null_strings_equal_only_each_other(void **state)
{
	assert_true(streq(NULL, NULL));
	assert_false(streq(NULL, ""));
	assert_false(streq("", NULL));
	assert_true(streq("a", "a"));
	assert_false(streq("a", "b"));
}

static void strict_utf8_finds_the_first_bad_byte(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		int at;
	} cases[] = {
		{ "", 0, -1 },
		{ "plain text of some length", 25, -1 },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, -1 },
		{ "ab\0c", 4, 2 },
		{ "12345678\0", 9, 8 },
		{ "1234\0"
		  "678",
		  8, 4 },
		{ "\x80", 1, 0 },
		{ "a\xc3", 2, 1 },
		{ "\xc0\xaf", 2, 0 },
		{ "\xc1\xbf", 2, 0 },
		{ "\xe0\x80\xaf", 3, 0 },
		{ "\xed\xa0\x80", 3, 0 },
		{ "\xed\x9f\xbf", 3, -1 },
		{ "\xee\x80\x80", 3, -1 },
		{ "\xf0\x8f\xbf\xbf", 4, 0 },
		{ "\xf4\x8f\xbf\xbf", 4, -1 },
		{ "\xf4\x90\x80\x80", 4, 0 },
		{ "\xf5\x80\x80\x80", 4, 0 },
		{ "x\xe2\x82", 3, 1 },
		{ "x\xe2\x28\xa1", 4, 1 },
		{ "\xe2\x82\xac\xff", 4, 3 },
		{ "\xf0\x9f\x98\x28", 4, 0 },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(utf8_invalid(cases[i].s, cases[i].n), cases[i].at);
}

static void characters_are_counted_and_cut_whole(void **state)
{
	const char *s = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";

	assert_int_equal(utf8_length(s, strlen(s)), 5);
	assert_int_equal(utf8_prefix(s, strlen(s), 0), 0);
	assert_int_equal(utf8_prefix(s, strlen(s), 2), 3);
	assert_int_equal(utf8_prefix(s, strlen(s), 4), 10);
	assert_int_equal(utf8_prefix(s, strlen(s), 9), strlen(s));
}

static void whole_numbers_are_read_within_bounds(void **state)
{
	static const char *const refused[] = { "", "-", "+1", " 1", "1 ", "1x", "0x1", "1.0", "--1",
					       "9223372036854775808", "-9223372036854775809",
					       "99999999999999999999999" };
	int64_t v = 42;

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(parse_i64(refused[i], INT64_MIN, INT64_MAX, &v));
	assert_false(parse_i64(NULL, 0, 1, &v));
	assert_int_equal(v, 42);
	assert_true(parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MIN);
	assert_true(parse_i64("9223372036854775807", 0, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_true(parse_i64("007", 0, 9, &v));
	assert_int_equal(v, 7);
	assert_false(parse_i64("-1", 0, 9, &v));
	assert_false(parse_i64("10", 0, 9, &v));
	assert_false(parse_i64("2", 3, 9, &v));
}

static void decimals_keep_their_scale(void **state)
{
	static const char *const refused[] = { "", ".", ".5", "5.", "-1", "+1", "1e3", "1.2.3", " 1", "1 ",
					       "0.1234567", "9223372036854775807", "1,5" };
	int64_t v = 42;

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_false(parse_decimal(refused[i], 6, INT64_MAX, &v));
	assert_false(parse_decimal(NULL, 6, 1, &v));
	assert_int_equal(v, 42);
	assert_true(parse_decimal("12.50", 6, INT64_MAX, &v));
	assert_int_equal(v, 12500000);
	assert_true(parse_decimal("0.000001", 6, INT64_MAX, &v));
	assert_int_equal(v, 1);
	assert_true(parse_decimal("3", 0, 3, &v));
	assert_int_equal(v, 3);
	assert_false(parse_decimal("3.000001", 6, 3000000, &v));
	assert_true(parse_decimal("9223372036854.775807", 6, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_false(parse_decimal("9223372036854.775808", 6, INT64_MAX, &v));
}

static void hexadecimal_goes_there_and_back(void **state)
{
	struct arena *a = arena_new(0);
	unsigned char bytes[4];

	assert_string_equal(hex_encode(a, "\x00\x7f\xab\xff", 4), "007fabff");
	assert_true(hex_decode("007FabFF", bytes, 4));
	assert_memory_equal(bytes, "\x00\x7f\xab\xff", 4);
	assert_false(hex_decode("007fabf", bytes, 4));
	assert_false(hex_decode("007fabff0", bytes, 4));
	assert_false(hex_decode("007fabfg", bytes, 4));
	assert_true(hex_decode("", bytes, 0));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_compare_trim_and_cut),
		cmocka_unit_test(null_strings_equal_only_each_other),
		cmocka_unit_test(strict_utf8_finds_the_first_bad_byte),
		cmocka_unit_test(characters_are_counted_and_cut_whole),
		cmocka_unit_test(whole_numbers_are_read_within_bounds),
		cmocka_unit_test(decimals_keep_their_scale),
		cmocka_unit_test(hexadecimal_goes_there_and_back),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
