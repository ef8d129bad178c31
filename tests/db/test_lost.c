/* SPDX-License-Identifier: MIT */
/* A connection that is lost: said when it matters, replaced at the next call. */
#include "try.h"

#include <unistd.h>

static void lost_during_a_call_is_an_error_and_then_over(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	FAILS(t, db_exec(t->db, STMT_TRY_KILL, P(p_int(before)), &t->e), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	assert_true(try_pid(t, t->db) != before);
}

static void lost_while_idle_is_not_noticed(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(before)), &t->e));
	usleep(50000);
	assert_true(try_pid(t, t->db) != before);
}

static void statements_are_prepared_anew(void **state)
{
	struct try *t = *state;
	for (int i = 0; i < 3; i++) {
		struct rows *r;
		OK(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e));
		OK(t, db_one(t->db, t->a, STMT_TRY_SETTINGS, P_NONE, &r, &t->e));
		FAILS(t, db_exec(t->db, STMT_TRY_KILL, P(p_int(try_pid(t, t->db))), &t->e), ERR_UNAVAILABLE);
	}
}

static void a_connection_begins_at_the_first_use(void **state)
{
	struct try *t = *state;
	assert_int_equal(db_socket(t->db), -1);
	OK(t, db_connect(t->db, &t->e));
	assert_true(db_socket(t->db) >= 0);
	int64_t first = try_pid(t, t->db);
	OK(t, db_connect(t->db, &t->e));
	assert_true(try_pid(t, t->db) == first);
}

static void by_hand_only_connecting_connects(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	struct rows *r;

	db_connect_by_hand(t->db);
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(before)), &t->e));
	usleep(50000);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e), ERR_UNAVAILABLE);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e), ERR_UNAVAILABLE);
	FAILS(t, db_listen(t->db, "news", &t->e), ERR_UNAVAILABLE);
	OK(t, db_connect(t->db, &t->e));
	OK(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e));
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(lost_during_a_call_is_an_error_and_then_over), TRY(lost_while_idle_is_not_noticed),
		TRY(statements_are_prepared_anew), TRY(a_connection_begins_at_the_first_use),
		TRY(by_hand_only_connecting_connects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
