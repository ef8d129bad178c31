/* SPDX-License-Identifier: MIT */
/*
 * differential SEED OPERATIONS [EVERY]: does random operations to the database of DATABASE_URL, which holds the
 * migrated schema and the engine's functions, and to the oracle, and compares what can be seen after each
 * (or EVERYth) operation. Prints TAP; when they differ, the last operations and the first difference.
 */
#include "real.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

enum { EPISODE = 1200 };

static const struct {
	void (*fn)(struct test *);
	int weight;
} operations[] = {
	{ op_submit, 5 },      { op_claim, 16 },	{ op_advance, 44 },    { op_retry, 11 },
	{ op_park, 4 },	       { op_rescue, 6 },	{ op_heartbeat, 14 },  { op_runner_end, 1 },
	{ op_decide, 30 },     { op_cancel, 1 },	{ op_pause, 5 },       { op_run_retry, 2 },
	{ op_gate_due, 2 },    { op_call_begin, 18 },	{ op_call_end, 12 },   { op_budget_set, 2 },
	{ op_limit_set, 2 },   { op_send, 8 },		{ op_take, 14 },	       { op_revive, 1 },
};

/* Quarters of a second, so that buckets of tokens are exact; at times a day. */
static void pass_time(struct test *t)
{
	uint64_t which = roll(t, 1000);
	int64_t quarters = 0;

	if (which < 300)
		quarters = 1 + (int64_t)roll(t, 6);
	else if (which < 330)
		quarters = 20 + (int64_t)roll(t, 120);
	else if (which < 338)
		quarters = 400 + (int64_t)roll(t, 4000);
	else if (which < 339)
		quarters = 4 * 86400;
	t->o->now += quarters * SECOND / 4;
	if (quarters > 0)
		real_clock(t);
}

/* What has grown to the oracle's limits ends; every other operation grows a run by a few rows. */
static bool too_large(struct test *t)
{
	for (int i = 0; i < t->o->runs; i++) {
		const struct o_run *r = &t->o->run[i];
		if (!r->ended && (r->gates > QUESTIONS - 10 || r->branches > BRANCHES - 8 || r->dead > DEAD - 4)) {
			op_cancel_run(t, i);
			return true;
		}
	}
	return false;
}

static void one(struct test *t)
{
	int total = 0;

	pass_time(t);
	if (too_large(t))
		return;
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		total += operations[i].weight;
	int at = (int)roll(t, (uint64_t)total);
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		at -= operations[i].weight;
		if (at < 0) {
			operations[i].fn(t);
			return;
		}
	}
}

static long outputs(const struct oracle *o)
{
	long n = 0;

	for (int i = 0; i < o->runs; i++)
		n += o->run[i].receipts;
	return n;
}

int main(int argc, char **argv)
{
	static struct oracle oracle;
	struct test t = { .o = &oracle };

	if (argc < 3 || !getenv("DATABASE_URL")) {
		fputs("usage: with-database differential SEED OPERATIONS [EVERY]\n", stderr);
		return 2;
	}
	t.seed = atol(argv[1]);
	long count = atol(argv[2]), every = argc > 3 ? atol(argv[3]) : 1, done = 0, at = 0, taken = 0;
	t.dice = (uint64_t)t.seed;
	t.a = arena_new(0);
	oracle.a = arena_new(0);
	log_open("differential", LOG_ERROR_);
	t.db = db_open(getenv("DATABASE_URL"), "differential");
	real_begin(&t);
	while (done < count) {
		long before = t.notes;
		if (at++ % EPISODE == 0) {
			taken += outputs(&oracle);
			real_empty(&t);
		}
		t.op = done;
		before = t.notes;
		one(&t);
		if (t.notes == before)
			continue; /* there was nothing to do it to */
		done++;
		if (done % every == 0)
			real_compare(&t, at % EPISODE == 0 || done % 40 == 0 || done == count);
		arena_reset(t.a);
	}
	taken += outputs(&oracle);
	printf("ok 1 - the database and the oracle agree after %ld operations (seed %ld, %ld outputs)\n1..1\n", done,
	       t.seed, taken);
	db_close(t.db);
	arena_free(t.a);
	arena_free(oracle.a);
	return 0;
}
