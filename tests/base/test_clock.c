/* SPDX-License-Identifier: MIT */
/* Clocks and dates. */
#include "../unit.h"

#include "base/clock.h"

static void clocks_run_forward(void **state)
{
	int64_t wall = clock_wall_ms(), mono = clock_mono_ms();

	assert_true(wall > 1600000000000);
	for (int i = 0; i < 1000; i++)
		assert_true(clock_mono_ms() >= mono);
}

static void the_three_http_dates_are_read(void **state)
{
	const int64_t ms = 784111777000;

	assert_true(clock_parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == ms);
	assert_true(clock_parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == ms);
	assert_true(clock_parse_http_date("Sun Nov  6 08:49:37 1994") == ms);
	assert_true(clock_parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800000);
}

static void what_is_no_http_date_is_refused(void **state)
{
	static const char *const refused[] = {
		"",
		"120",
		"Sun",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 31 Feb 1994 08:49:37 GMT",
		"Sun, 06 Xyz 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1960 08:49:37 GMT",
		"Sun, 06 N 1994 08:49:37 GMT",
		"Sun, -6 Nov 1994 08:49:37 GMT",
		"1994-11-06T08:49:37Z",
	};

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_int_equal(clock_parse_http_date(refused[i]), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_run_forward),
		cmocka_unit_test(the_three_http_dates_are_read),
		cmocka_unit_test(what_is_no_http_date_is_refused),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
