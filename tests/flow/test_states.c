/* SPDX-License-Identifier: MIT */
/* The states in C are those that the database allows. */
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

/* Compares with the list of "check (state in (…))" in a table's definition. */
static void compare(const char *table, const struct state *states, size_t count)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct str sql;
	const char *src = getenv("top_srcdir");

	assert_non_null(src);
	assert_true(
		file_read(a, arena_printf(a, "%s/sql/migrations/0001_schema.sql", src), 1 << 20, &sql, &e));
	const char *at = strstr(sql.s, arena_printf(a, "create table %s (", table));
	assert_non_null(at);
	at = strstr(at, "check (state in");
	assert_non_null(at);
	const char *end = strchr(at, ')');
	size_t seen = 0;
	while ((at = strchr(at, '\'')) != NULL && at < end) {
		const char *close = strchr(at + 1, '\'');
		const char *name = arena_strndup(a, at + 1, (size_t)(close - at - 1));
		assert_int_equal(state_find(states, count, name), (int)seen);
		seen++;
		at = close + 1;
	}
	assert_int_equal(seen, count);
	arena_free(a);
}

static void run_states_are_those_of_the_schema(void **state)
{
	compare("run", run_states, RUN_STATES);
}

static void stage_states_are_those_of_the_schema(void **state)
{
	compare("stage", stage_states, STAGE_STATES);
}

static void cursor_states_are_those_of_the_schema(void **state)
{
	compare("cursor", cursor_states, CURSOR_STATES);
}

static void nothing_follows_an_end(void **state)
{
	for (int to = 0; to < RUN_STATES; to++)
		assert_false(state_may_follow(run_states, RUN_DONE, to));
	assert_true(state_may_follow(run_states, RUN_RUNNING, RUN_RUNNING));
	assert_true(state_may_follow(run_states, RUN_WAITING, RUN_REJECTED));
	assert_false(state_may_follow(run_states, RUN_QUEUED, RUN_DONE));
	assert_int_equal(state_find(run_states, RUN_STATES, "asleep"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_states_are_those_of_the_schema),
		cmocka_unit_test(stage_states_are_those_of_the_schema),
		cmocka_unit_test(cursor_states_are_those_of_the_schema),
		cmocka_unit_test(nothing_follows_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
