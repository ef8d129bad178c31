/* SPDX-License-Identifier: MIT */
/*
 * The states of runs, stages and cursors as data: their names, and which may follow
 * which. SQL's CHECKs hold the same names; a test compares the two.
 */
#ifndef FLOW_STATES_H
#define FLOW_STATES_H

#include <stdbool.h>
#include <stddef.h>

enum run_state {
	RUN_QUEUED, RUN_RUNNING, RUN_WAITING, RUN_PAUSED, RUN_DONE, RUN_FAILED, RUN_CANCELLED, RUN_REJECTED,
	RUN_STATES
};
enum stage_state {
	STAGE_PENDING, STAGE_RUNNING, STAGE_WAITING, STAGE_DONE, STAGE_FAILED, STAGE_STALE, STAGE_SKIPPED,
	STAGE_STATES
};
enum cursor_state { CURSOR_READY, CURSOR_LEASED, CURSOR_WAITS, CURSOR_DONE, CURSOR_STATES };
/* What CURSOR_WAITS waits for. */
enum cursor_why { WHY_GATE, WHY_RETRY, WHY_PAUSED, WHY_JOIN, WHY_TIMER, WHY_ANSWER, CURSOR_WHYS };

struct state {
	const char *name;
	unsigned next; /* bits of the states that may follow */
};

extern const struct state run_states[RUN_STATES];
extern const struct state stage_states[STAGE_STATES];
extern const struct state cursor_states[CURSOR_STATES];
extern const char *const cursor_whys[CURSOR_WHYS];

/* The place of a name, or -1. */
int state_find(const struct state *states, size_t count, const char *name);
/* A state may stay as it is. */
bool state_may_follow(const struct state *states, int from, int to);

#endif
