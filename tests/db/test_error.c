/* SPDX-License-Identifier: MIT */
/* What the database refuses arrives as the class that the header names, without its words. */
#include "try.h"

#include <string.h>

static int table(void **state)
{
	try_begin(state);
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_RAISE_FUNCTION, P_NONE, &t->e));
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, table, try_end)

static void violations_are_conflicts(void **state)
{
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(1), p_int(1), p_null()), &t->e));
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(1), p_int(1), p_null()), &t->e), ERR_CONFLICT);
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(2), p_int(-1), p_null()), &t->e), ERR_CONFLICT);
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(2), p_int(1), p_int(99)), &t->e), ERR_CONFLICT);
	assert_null(strstr(t->e.msg, "try_other_fkey"));
}

static void a_missing_value_is_our_fault(void **state)
{
	struct try *t = *state;
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(1), p_null(), p_null()), &t->e), ERR_INTERNAL);
}

static void a_wrong_value_is_invalid_and_not_quoted(void **state)
{
	struct try *t = *state;
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_text("hunter2"), p_int(1), p_null()), &t->e),
	      ERR_INVALID);
	assert_null(strstr(t->e.msg, "hunter2"));
	FAILS(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(INT64_MAX), p_int(1), p_null()), &t->e),
	      ERR_INVALID);
}

static void our_functions_speak_to_people(void **state)
{
	static const struct { const char *code; enum err_class class; } cases[] = {
		{ "BA400", ERR_MALFORMED }, { "BA401", ERR_UNAUTHENTICATED }, { "BA403", ERR_FORBIDDEN },
		{ "BA404", ERR_NOT_FOUND }, { "BA409", ERR_CONFLICT }, { "BA413", ERR_TOO_LARGE },
		{ "BA422", ERR_INVALID }, { "BA429", ERR_THROTTLED }, { "BA503", ERR_UNAVAILABLE },
	};
	struct try *t = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		FAILS(t,
		      db_exec(t->db, STMT_TRY_RAISE,
			      P(p_text(cases[i].code), p_text("said 100% to a person")), &t->e),
		      cases[i].class);
		assert_string_equal(t->e.msg, "said 100% to a person");
	}
	FAILS(t, db_exec(t->db, STMT_TRY_RAISE, P(p_text("BA499"), p_text("no such status")), &t->e),
	      ERR_INTERNAL);
}

static void other_codes_keep_the_words_to_themselves(void **state)
{
	static const struct { const char *code; enum err_class class; } cases[] = {
		{ "40001", ERR_UNAVAILABLE }, { "40P01", ERR_UNAVAILABLE }, { "55P03", ERR_UNAVAILABLE },
		{ "23P01", ERR_CONFLICT }, { "57014", ERR_TIMEOUT }, { "53300", ERR_UNAVAILABLE },
		{ "25006", ERR_UNAVAILABLE }, { "0A000", ERR_UNAVAILABLE }, { "42501", ERR_INTERNAL },
		{ "P0001", ERR_INTERNAL }, { "XX000", ERR_INTERNAL },
	};
	struct try *t = *state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		FAILS(t,
		      db_exec(t->db, STMT_TRY_RAISE, P(p_text(cases[i].code), p_text("secret words")), &t->e),
		      cases[i].class);
		assert_null(strstr(t->e.msg, "secret"));
	}
}

static void a_statement_takes_its_time_and_no_more(void **state)
{
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_IMPATIENT, P(p_text("50ms")), &t->e));
	FAILS(t, db_exec(t->db, STMT_TRY_SLEEP, P(p_real(20)), &t->e), ERR_TIMEOUT);
}

static void a_bad_statement_does_not_stick(void **state)
{
	struct try *t = *state;
	struct rows *r;
	FAILS(t, db_many(t->db, t->a, STMT_TRY_MISSING, P_NONE, &r, &t->e), ERR_INTERNAL);
	FAILS(t, db_many(t->db, t->a, STMT_TRY_MISSING, P_NONE, &r, &t->e), ERR_INTERNAL);
	assert_null(strstr(t->e.msg, "no_such_table"));
	OK(t, db_one(t->db, t->a, STMT_TRY_PID, P_NONE, &r, &t->e));
}

static void a_server_that_is_not_there_is_unavailable(void **state)
{
	struct try *t = *state;
	struct db *db = db_open("host=/nonexistent dbname=x user=x password=hunter2", "try");
	FAILS(t, db_connect(db, &t->e), ERR_UNAVAILABLE);
	assert_null(strstr(t->e.msg, "hunter2"));
	assert_int_equal(db_socket(db), -1);
	db_close(db);
}

static void a_broken_connection_string_is_not_quoted(void **state)
{
	struct try *t = *state;
	struct db *db = db_open("host=/tmp password='hunter2", "try");
	FAILS(t, db_connect(db, &t->e), ERR_INTERNAL);
	assert_null(strstr(t->e.msg, "hunter2"));
	db_close(db);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		CASE(violations_are_conflicts), CASE(a_missing_value_is_our_fault),
		CASE(a_wrong_value_is_invalid_and_not_quoted), CASE(our_functions_speak_to_people),
		CASE(other_codes_keep_the_words_to_themselves), CASE(a_statement_takes_its_time_and_no_more),
		CASE(a_bad_statement_does_not_stick), CASE(a_server_that_is_not_there_is_unavailable),
		CASE(a_broken_connection_string_is_not_quoted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
