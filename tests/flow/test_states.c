/* SPDX-License-Identifier: MIT */
/* The run states in C are those that the database allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "flow/states.h"

/* With the list of "check (state in (…))" in the definition of the table "run". */
static void run_states_are_those_of_the_schema(void **state)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct str sql;
	const char *src = getenv("top_srcdir");
	int seen = 0;

	assert_non_null(src);
	assert_true(
		file_read(a, arena_printf(a, "%s/sql/migrations/0001_schema.sql", src), 1 << 20, &sql, &e));
	const char *at = strstr(sql.s, "create table run (");
	assert_non_null(at);
	at = strstr(at, "check (state in");
	assert_non_null(at);
	const char *end = strchr(at, ')');
	while ((at = strchr(at, '\'')) != NULL && at < end) {
		const char *close = strchr(at + 1, '\'');
		const char *name = arena_strndup(a, at + 1, (size_t)(close - at - 1));
		assert_true(seen < RUN_STATES);
		assert_string_equal(run_states[seen++], name);
		at = close + 1;
	}
	assert_int_equal(seen, RUN_STATES);
	arena_free(a);
}

static void only_these_names_are_known(void **state)
{
	for (int i = 0; i < RUN_STATES; i++)
		assert_true(run_state_known(run_states[i]));
	assert_false(run_state_known("asleep"));
	assert_false(run_state_known(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_states_are_those_of_the_schema),
		cmocka_unit_test(only_these_names_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
