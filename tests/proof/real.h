/* SPDX-License-Identifier: MIT */
/* The test's two sides, its dice, and what it says when they differ. */
#ifndef PROOF_REAL_H
#define PROOF_REAL_H

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "oracle.h"

enum { TAIL = 40, LINE = 300, TEAM = 3, HANDS = 64, CROWD = 8 /* runs open at once */ };

struct test {
	struct db *db;
	struct arena *a; /* of one operation */
	struct err e;
	struct oracle *o;
	uint64_t dice;
	long op, seed;
	int team[TEAM]; /* runners that are at work; the others have been given up */
	char tail[TAIL][LINE];
	long notes;
};

/* Makes accounts, workflows, the clock. */
void real_begin(struct test *t);
/* Both sides empty. */
void real_empty(struct test *t);
void real_clock(struct test *t);
/* The first thing in which they differ ends the program. */
void real_compare(struct test *t, bool ended);

uint64_t roll(struct test *t, uint64_t n); /* 0 … n - 1 */
bool chance(struct test *t, int percent);
/* A line of the list of operations. */
void note(struct test *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void differ(struct test *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The database said `ok`; the oracle expects 0 or a status. */
void expect(struct test *t, bool ok, int status);

const char *runner_id(struct test *t, int runner);
struct param runner_param(struct test *t, int runner);
/* What a runner holds, in random order. */
int leases(struct test *t, int owner, struct o_lease *l);
/* The three arrays by which functions know leases. */
struct lease_arrays {
	struct param run, branch, epoch;
};
struct lease_arrays lease_arrays(struct test *t, const struct o_lease *l, int n);

/* Operations: each does the same to both sides. */
void op_submit(struct test *t);
void op_claim(struct test *t);
void op_advance(struct test *t);
void op_retry(struct test *t);
void op_park(struct test *t);
void op_rescue(struct test *t);
void op_heartbeat(struct test *t);
void op_runner_end(struct test *t);
void op_decide(struct test *t);
void op_cancel(struct test *t);
void op_cancel_run(struct test *t, int run);
void op_pause(struct test *t);
void op_run_retry(struct test *t);
void op_gate_due(struct test *t);
void op_call_begin(struct test *t);
void op_call_end(struct test *t);
void op_budget_set(struct test *t);
void op_limit_set(struct test *t);
void op_send(struct test *t);
void op_take(struct test *t);
void op_revive(struct test *t);

#endif
