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

/* In the order of the check's list, which was made anew by a later migration. */
static void what_a_cursor_waits_for_is_what_the_schema_allows(void **state)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct str sql;
	const char *list = "";

	(void)state;
	assert_true(file_read(a, arena_printf(a, "%s/sql/migrations/0004_engine.sql", getenv("top_srcdir")),
			      1 << 20, &sql, &e));
	for (int i = 0; i < CURSOR_WHYS; i++)
		list = arena_printf(a, "%s%s'%s'", list, i ? ", " : "", cursor_whys[i]);
	assert_non_null(strstr(sql.s, arena_printf(a, "check (why in (%s))", list)));
	arena_free(a);
}

static void a_run_that_ended_goes_on_only_as_running(void **state)
{
	(void)state;
	for (int to = 0; to < RUN_STATES; to++)
		assert_int_equal(state_may_follow(run_states, RUN_DONE, to), to == RUN_RUNNING || to == RUN_DONE);
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
		cmocka_unit_test(what_a_cursor_waits_for_is_what_the_schema_allows),
		cmocka_unit_test(a_run_that_ended_goes_on_only_as_running),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
