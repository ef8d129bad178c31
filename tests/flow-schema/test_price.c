/* SPDX-License-Identifier: MIT */
/* Money: rounded up, never lost, never wrapped, and unknown is not nothing. */
#include "../unit.h"

#include "base/arena.h"
#include "flow/price.h"

static const struct price dear = { 2500000, 10000000 }; /* $2.50 and $10 a million */

static void a_call_costs_its_tokens_at_their_prices(void **state)
{
	assert_int_equal(price_actual(dear, 1000000, 1000000), INT64_C(12500000000));
	assert_int_equal(price_actual(dear, 1000, 0), 2500000);
	assert_int_equal(price_actual(dear, 0, 0), 0);
	assert_int_equal(price_actual((struct price){ 0, 0 }, 5, 5), 0);
}

static void fractions_round_up(void **state)
{
	/* One token at one micro-dollar a million is a pico-dollar. */
	assert_int_equal(price_actual((struct price){ 1, 0 }, 1, 0), 1);
	assert_int_equal(price_actual((struct price){ 1, 0 }, 1000, 0), 1);
	assert_int_equal(price_actual((struct price){ 1, 0 }, 1001, 0), 2);
	assert_int_equal(price_actual((struct price){ 1, 1 }, 1, 1), 1);
}

static void unknown_stays_unknown(void **state)
{
	struct arena *a = arena_new(0);

	assert_int_equal(price_actual((struct price){ PRICE_UNKNOWN, 5 }, 0, 0), PRICE_UNKNOWN);
	assert_int_equal(price_actual((struct price){ 5, PRICE_UNKNOWN }, 0, 0), PRICE_UNKNOWN);
	assert_int_equal(price_actual(dear, -1, 10), PRICE_UNKNOWN);
	assert_int_equal(price_actual(dear, 10, -1), PRICE_UNKNOWN);
	assert_int_equal(price_worst_case((struct price){ -1, -1 }, 10, 10), PRICE_UNKNOWN);
	assert_null(price_usd(a, PRICE_UNKNOWN));
	arena_free(a);
}

static void what_does_not_fit_is_the_most_there_is(void **state)
{
	struct price most = { INT64_MAX, INT64_MAX };

	assert_int_equal(price_actual(most, INT64_MAX, INT64_MAX), PRICE_MAX);
	assert_int_equal(price_worst_case(most, SIZE_MAX, INT64_MAX), PRICE_MAX);
	assert_int_equal(price_worst_case(dear, SIZE_MAX, 0), PRICE_MAX);
}

static void the_worst_case_is_never_below_what_was_used(void **state)
{
	/* Tokens are at least a byte each. */
	for (int64_t tokens = 0; tokens < 2000; tokens += 37)
		assert_true(price_worst_case(dear, 2000, 500) >= price_actual(dear, tokens, tokens / 4));
}

static void dollars_have_nine_digits(void **state)
{
	struct arena *a = arena_new(0);

	assert_string_equal(price_usd(a, 0), "0.000000000");
	assert_string_equal(price_usd(a, 1), "0.000000001");
	assert_string_equal(price_usd(a, INT64_C(12500000000)), "12.500000000");
	assert_string_equal(price_usd(a, PRICE_MAX), "999999999.999999999");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_costs_its_tokens_at_their_prices),
		cmocka_unit_test(fractions_round_up),
		cmocka_unit_test(unknown_stays_unknown),
		cmocka_unit_test(what_does_not_fit_is_the_most_there_is),
		cmocka_unit_test(the_worst_case_is_never_below_what_was_used),
		cmocka_unit_test(dollars_have_nine_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
