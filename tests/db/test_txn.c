/* SPDX-License-Identifier: MIT */
/* Transactions: all or nothing, tried again on conflicts, honest about a lost commit. */
#include "try.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static int two_rows(void **state)
{
	try_begin(state);
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(1), p_int(0), p_null()), &t->e));
	OK(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(2), p_int(0), p_null()), &t->e));
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, two_rows, try_end)

static int64_t sum(struct try *t)
{
	struct rows *r;
	OK(t, db_one(t->other, t->a, STMT_TRY_SUM, P_NONE, &r, &t->e));
	return row_int(r, 0, "sum");
}

static bool add_five(struct db *db, void *ctx, struct err *e)
{
	++*(int *)ctx;
	return db_exec(db, STMT_TRY_UPDATE, P(p_int(1), p_int(5)), e);
}

static bool add_and_refuse(struct db *db, void *ctx, struct err *e)
{
	return add_five(db, ctx, e) && err_set(e, ERR_FORBIDDEN, "no");
}

static bool add_and_ignore_an_error(struct db *db, void *ctx, struct err *e)
{
	if (!add_five(db, ctx, e))
		return false;
	db_exec(db, STMT_TRY_INSERT, P(p_int(1), p_int(0), p_null()), NULL);
	return true;
}

static void success_commits(void **state)
{
	struct try *t = *state;
	int calls = 0;
	bool unknown = true;
	OK(t, db_txn(t->db, add_five, &calls, &unknown, &t->e));
	assert_int_equal(sum(t), 5);
	assert_int_equal(calls, 1);
	assert_false(unknown);
}

static void failure_rolls_back_once(void **state)
{
	struct try *t = *state;
	int calls = 0;
	FAILS(t, db_txn(t->db, add_and_refuse, &calls, NULL, &t->e), ERR_FORBIDDEN);
	assert_string_equal(t->e.msg, "no");
	assert_int_equal(sum(t), 0);
	assert_int_equal(calls, 1);
	OK(t, db_txn(t->db, add_five, &calls, NULL, &t->e));
}

static void an_ignored_error_commits_nothing(void **state)
{
	struct try *t = *state;
	int calls = 0;
	FAILS(t, db_txn(t->db, add_and_ignore_an_error, &calls, NULL, &t->e), ERR_INTERNAL);
	assert_int_equal(sum(t), 0);
}

struct racer {
	struct try *t;
	int calls;
	bool always;
};

/* Reads what the other connection then changes, in time for this one to be refused. */
static bool race(struct db *db, void *ctx, struct err *e)
{
	struct racer *r = ctx;
	struct rows *rows;
	if (!db_exec(db, STMT_TRY_SERIALIZABLE, P_NONE, e) ||
	    !db_one(db, r->t->a, STMT_TRY_SUM, P_NONE, &rows, e))
		return false;
	if (r->calls++ == 0 || r->always)
		OK(r->t, db_exec(r->t->other, STMT_TRY_UPDATE, P(p_int(1), p_int(100)), &r->t->e));
	return db_exec(db, STMT_TRY_UPDATE, P(p_int(1), p_int(1)), e);
}

static void a_serialization_failure_is_tried_again(void **state)
{
	struct try *t = *state;
	struct racer r = { .t = t };
	OK(t, db_txn(t->db, race, &r, NULL, &t->e));
	assert_int_equal(r.calls, 2);
	assert_int_equal(sum(t), 101);
	assert_int_equal(t->e.class, ERR_NONE);
}

static void after_five_tries_it_gives_up(void **state)
{
	struct try *t = *state;
	struct racer r = { .t = t, .always = true };
	struct err e = { 0 };
	assert_false(db_txn(t->db, race, &r, NULL, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_int_equal(r.calls, 5);
	assert_int_equal(sum(t), 500);
}

struct locker {
	struct db *db;
	int64_t first, second;
	atomic_int *have_first;
	int calls;
	bool ok;
	struct err e;
};

static bool lock_both(struct db *db, void *ctx, struct err *e)
{
	struct locker *l = ctx;
	if (!db_exec(db, STMT_TRY_UPDATE, P(p_int(l->first), p_int(1)), e))
		return false;
	if (l->calls++ == 0) {
		atomic_fetch_add(l->have_first, 1);
		for (int i = 0; i < 500 && atomic_load(l->have_first) < 2; i++)
			usleep(10000);
	}
	return db_exec(db, STMT_TRY_UPDATE, P(p_int(l->second), p_int(1)), e);
}

static void *run_locker(void *ctx)
{
	struct locker *l = ctx;
	l->ok = db_txn(l->db, lock_both, l, NULL, &l->e);
	return NULL;
}

static void a_deadlock_is_tried_again(void **state)
{
	struct try *t = *state;
	atomic_int have_first = 0;
	pthread_t thread;
	struct locker here = { .db = t->db, .first = 1, .second = 2, .have_first = &have_first };
	struct locker there = { .db = t->other, .first = 2, .second = 1, .have_first = &have_first };
	assert_int_equal(pthread_create(&thread, NULL, run_locker, &there), 0);
	run_locker(&here);
	pthread_join(thread, NULL);
	assert_true(here.ok);
	assert_true(there.ok);
	assert_int_equal(here.calls + there.calls, 3);
	assert_int_equal(sum(t), 4);
}

/* Dies between the last statement and COMMIT, so that COMMIT finds nobody. */
static bool add_and_die(struct db *db, void *ctx, struct err *e)
{
	struct try *t = ctx;
	int64_t pid = try_pid(t, db);
	if (!db_exec(db, STMT_TRY_UPDATE, P(p_int(1), p_int(5)), e))
		return false;
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(pid)), &t->e));
	usleep(50000);
	return true;
}

static void a_commit_into_nothing_is_unknown(void **state)
{
	struct try *t = *state;
	struct err e = { 0 };
	int calls = 0;
	bool unknown = false;
	assert_false(db_txn(t->db, add_and_die, t, &unknown, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_true(unknown);
	assert_int_equal(sum(t), 0);
	OK(t, db_txn(t->db, add_five, &calls, &unknown, &t->e));
	assert_false(unknown);
	assert_int_equal(sum(t), 5);
}

static bool die_and_go_on(struct db *db, void *ctx, struct err *e)
{
	struct try *t = ctx;
	int64_t pid = try_pid(t, db);
	struct err first = { 0 };
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(pid)), &t->e));
	usleep(50000);
	assert_false(db_exec(db, STMT_TRY_UPDATE, P(p_int(1), p_int(5)), &first));
	assert_int_equal(first.class, ERR_UNAVAILABLE);
	/* A statement of half a transaction must not run by itself on a new connection. */
	assert_false(db_exec(db, STMT_TRY_UPDATE, P(p_int(2), p_int(5)), e));
	return false;
}

static void a_transaction_never_goes_on_elsewhere(void **state)
{
	struct try *t = *state;
	struct err e = { 0 };
	bool unknown = true;
	assert_false(db_txn(t->db, die_and_go_on, t, &unknown, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_false(unknown);
	assert_int_equal(sum(t), 0);
}

static void begin_survives_a_restart(void **state)
{
	struct try *t = *state;
	int calls = 0;
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(try_pid(t, t->db))), &t->e));
	usleep(50000);
	OK(t, db_txn(t->db, add_five, &calls, NULL, &t->e));
	assert_int_equal(sum(t), 5);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		CASE(success_commits), CASE(failure_rolls_back_once), CASE(an_ignored_error_commits_nothing),
		CASE(a_serialization_failure_is_tried_again), CASE(after_five_tries_it_gives_up),
		CASE(a_deadlock_is_tried_again), CASE(a_commit_into_nothing_is_unknown),
		CASE(a_transaction_never_goes_on_elsewhere), CASE(begin_survives_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
