/* SPDX-License-Identifier: MIT */
/* The same things at once: nothing happens twice, no cap is passed, no number is missing. */
#include "engine.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WORKERS = 20 };

struct race {
	struct try *t;
	const struct lease *lease;
	int64_t gate;
	int number;
	atomic_int *ready, *won, *lost;
};

static void all_at_once(struct race *r)
{
	atomic_fetch_add(r->ready, 1);
	while (atomic_load(r->ready) < WORKERS)
		sched_yield();
}

static void run_race(struct try *t, const struct lease *l, int64_t gate, void *(*fn)(void *), atomic_int *won,
		     atomic_int *lost)
{
	pthread_t threads[WORKERS];
	struct race races[WORKERS];
	atomic_int ready = 0;

	atomic_store(won, 0);
	atomic_store(lost, 0);
	for (int i = 0; i < WORKERS; i++) {
		races[i] = (struct race){ t, l, gate, i, &ready, won, lost };
		assert_int_equal(pthread_create(&threads[i], NULL, fn, &races[i]), 0);
	}
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
}

/* Each tries to hold 0.10 again and again and lets go of nothing. */
static void *hold(void *arg)
{
	struct race *r = arg;
	struct db *db = db_open(database_url(), "race");
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	db_connect(db, &e);
	all_at_once(r);
	for (int i = 0; i < 5; i++) {
		uint8_t hash[32] = { (uint8_t)r->number, (uint8_t)i };
		struct call_request q = { .lease = r->lease, .provider = "openai", .model = "m",
					  .hash = hash, .worst_usd = "0.10" };
		if (!calls_begin(db, a, r->t->one, &q, 1, &e))
			atomic_fetch_add(r->lost, 1000);
		else
			atomic_fetch_add(q.verdict == CALL_GO ? r->won : r->lost, 1);
	}
	arena_free(a);
	db_close(db);
	return NULL;
}

static void twenty_workers_never_hold_more_than_the_cap(void **state)
{
	struct try *t = *state;
	atomic_int won, lost;
	struct rows *r;

	try_submit(t, "direct", "2.35");
	run_race(t, must_claim(t, t->one, "analyst"), 0, hold, &won, &lost);
	assert_int_equal(won, 23);
	assert_int_equal(lost, WORKERS * 5 - 23);
	OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text("4-project"), p_int(t->project)), &r, &t->e));
	assert_float_equal(row_real(r, 0, "held"), 2.30, 1e-9);
}

enum { SPENDERS = 50 };

struct spending {
	struct race race;
	atomic_int *left; /* spenders that still work */
	atomic_int *told; /* how often somebody was told: over */
};

/* Holds and settles until nothing fits any more; its connection may be killed at any moment. */
static void *spend(void *arg)
{
	struct spending *s = arg;
	struct race *r = &s->race;
	struct db *db = db_open(database_url(), "race");
	struct arena *a = arena_new(0);
	int over = 0;

	for (int i = 0; i < 40 && over < 3; i++) {
		uint8_t hash[32] = { (uint8_t)r->number, (uint8_t)i };
		struct err e = { 0 };
		struct call_request q = { .lease = r->lease, .provider = "openai", .model = "m",
					  .hash = hash, .worst_usd = "0.013" };
		if (!calls_begin(db, a, r->t->one, &q, 1, &e))
			continue; /* perhaps held: then it stays held */
		over += q.verdict == CALL_OVER;
		if (q.verdict != CALL_GO)
			continue;
		struct call_outcome o = { .call = q.call, .answered = i % 3 != 0, .input = 1, .output = 1,
					  .cost_usd = i % 3 == 0 ? NULL : i % 3 == 1 ? "0.013" : "0.001" };
		for (int again = 0; again < 5 && !calls_end(db, &o, 1, &e); again++)
			err_clear(&e);
	}
	atomic_fetch_add(s->told, over);
	atomic_fetch_sub(s->left, 1);
	arena_free(a);
	db_close(db);
	return NULL;
}

static void fifty_connections_some_of_them_killed_never_pass_a_dollar_by_a_cent(void **state)
{
	struct try *t = *state;
	pthread_t threads[SPENDERS];
	struct spending s[SPENDERS];
	atomic_int left = SPENDERS, told = 0;
	struct rows *r;
	size_t n;

	try_submit(t, "direct", "1.00");
	struct lease *l = must_claim(t, t->one, "analyst");
	for (int i = 0; i < SPENDERS; i++) {
		s[i] = (struct spending){ { .t = t, .lease = l, .number = i }, &left, &told };
		assert_int_equal(pthread_create(&threads[i], NULL, spend, &s[i]), 0);
	}
	while (atomic_load(&left) > 0) {
		struct timespec pause = { 0, 10000000 };
		nanosleep(&pause, NULL);
		OK(t, db_exec(t->db, STMT_TRY_KILL_ONE, P_NONE, &t->e));
		OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text("4-project"), p_int(t->project)), &r, &t->e));
		assert_true(row_real(r, 0, "spent") + row_real(r, 0, "held") < 1.000000001);
	}
	for (int i = 0; i < SPENDERS; i++)
		pthread_join(threads[i], NULL);
	assert_true(atomic_load(&told) > 0);
	/* What nobody ends is booked in full when its runner has died; all adds up. */
	OK(t, runner_end(t->db, t->one, &t->e));
	OK(t, stage_rescue(t->db, 10000, &n, &t->e));
	r = try_row(t, STMT_TRY_SETTLED, t->project);
	assert_true(row_bool(r, 0, "adds_up"));
	assert_true(row_bool(r, 0, "within"));
	assert_string_equal(row_text(r, 0, "held"), "0.000000000");
	assert_true(strtod(row_text(r, 0, "spent"), NULL) > 0.9);
}

static void *decide_one(void *arg)
{
	struct race *r = arg;
	struct db *db = db_open(database_url(), "race");
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct rows *row;
	static const char *const kinds[] = { "approve", "changes", "reject" };

	db_connect(db, &e);
	all_at_once(r);
	bool ok = db_one(db, a, STMT_TRY_DECIDE,
			 P(p_int(r->gate), p_int(1), p_text(kinds[r->number % 3]), p_text("because"),
			   p_int(r->t->account)),
			 &row, &e);
	if (ok)
		atomic_fetch_add(r->won, 1);
	else if (e.class == ERR_CONFLICT)
		atomic_fetch_add(r->lost, 1);
	arena_free(a);
	db_close(db);
	return NULL;
}

static void one_of_many_decisions_wins_and_the_others_are_told(void **state)
{
	struct try *t = *state;
	atomic_int won, lost;

	for (int i = 0; i < 5; i++) {
		try_submit(t, "sdlc", NULL);
		assert_true(try_advance(t, t->one, must_claim(t, t->one, "analyst"), "pass"));
		run_race(t, NULL, row_int(open_gate(t), 0, "gate_id"), decide_one, &won, &lost);
		assert_int_equal(won, 1);
		assert_int_equal(lost, WORKERS - 1);
		assert_null(open_gate(t));
		assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
		db_exec(t->db, STMT_TRY_CANCEL, P(p_int(t->run), p_int(t->account)), NULL);
	}
}

static void *advance_one(void *arg)
{
	struct race *r = arg;
	struct db *db = db_open(database_url(), "race");
	struct arena *a = arena_new(0);
	struct stage_output o = output_of(r->lease, "pass");
	struct stage_batch b = { .outputs = &o, .output_count = 1 };
	struct err e = { 0 };
	struct lease *kept;
	size_t n;
	bool accepted = false;

	db_connect(db, &e);
	all_at_once(r);
	if (stage_advance(db, a, r->t->one, &b, &accepted, &kept, &n, NULL, &e))
		atomic_fetch_add(accepted ? r->won : r->lost, 1);
	arena_free(a);
	db_close(db);
	return NULL;
}

static void an_output_sent_twenty_times_at_once_is_accepted_once(void **state)
{
	struct try *t = *state;
	atomic_int won, lost;

	try_submit(t, "direct", NULL);
	for (int i = 0; i < 3; i++) {
		struct lease *l;
		assert_int_equal(try_claim(t, t->one, &l), 1);
		run_race(t, l, 0, advance_one, &won, &lost);
		assert_int_equal(won, 1);
		assert_int_equal(lost, WORKERS - 1);
	}
	assert_int_equal(run_number(t, "artifacts"), 3);
	assert_int_equal(run_number(t, "events"), run_number(t, "ev_seq"));
	assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
}

/* Claims and advances until nothing is ready any more. */
static void *work(void *arg)
{
	struct race *r = arg;
	struct db *db = db_open(database_url(), "race");
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	char id[37];
	int idle = 0;

	random_uuid(id);
	if (!runner_register(db, id, "race", r->number, "1", "fallback", "template", &e))
		atomic_fetch_add(r->lost, 1000);
	all_at_once(r);
	struct lease *l = NULL, *kept;
	size_t n = 0;
	while (idle < 20) {
		if (n == 0 && !stage_claim(db, a, id, 4, 2, &l, &n, &e)) {
			atomic_fetch_add(r->lost, 1000);
			break;
		}
		idle = n ? 0 : idle + 1;
		struct stage_output o[4];
		bool accepted[4];
		struct stage_batch b = { .outputs = o, .output_count = n, .keep = r->number % 2 };
		for (size_t i = 0; i < n; i++)
			o[i] = output_of(&l[i], "pass");
		if (!stage_advance(db, a, id, &b, accepted, &kept, &n, NULL, &e))
			atomic_fetch_add(r->lost, 1000);
		for (size_t i = 0; i < b.output_count; i++)
			atomic_fetch_add(accepted[i] ? r->won : r->lost, 1);
		l = kept;
		if (b.output_count == 0) {
			struct timespec pause = { 0, 5000000 };
			nanosleep(&pause, NULL);
		}
	}
	arena_free(a);
	db_close(db);
	return NULL;
}

static void twenty_runners_finish_thirty_runs_without_doing_anything_twice(void **state)
{
	struct try *t = *state;
	atomic_int won, lost;
	int64_t runs[30];

	for (size_t i = 0; i < COUNT(runs); i++) {
		try_submit(t, "direct", NULL);
		runs[i] = t->run;
	}
	run_race(t, NULL, 0, work, &won, &lost);
	assert_int_equal(lost, 0);
	assert_int_equal(won, 4 * COUNT(runs));
	for (size_t i = 0; i < COUNT(runs); i++) {
		t->run = runs[i];
		assert_string_equal(run_text(t, "state"), "done");
		assert_int_equal(run_number(t, "artifacts"), 4);
		assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(twenty_workers_never_hold_more_than_the_cap),
		TRY(fifty_connections_some_of_them_killed_never_pass_a_dollar_by_a_cent),
		TRY(one_of_many_decisions_wins_and_the_others_are_told),
		TRY(an_output_sent_twenty_times_at_once_is_accepted_once),
		TRY(twenty_runners_finish_thirty_runs_without_doing_anything_twice),
	};
	need_database(argv, false);
	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
