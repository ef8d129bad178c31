/* SPDX-License-Identifier: MIT */
#include "flow/states.h"

#include "base/str.h"

#define TO(state) (1u << (state))

#define RUN_ENDS (TO(RUN_DONE) | TO(RUN_FAILED) | TO(RUN_CANCELLED) | TO(RUN_REJECTED))
#define RUN_MOVES (TO(RUN_QUEUED) | TO(RUN_RUNNING) | TO(RUN_WAITING) | TO(RUN_PAUSED) | RUN_ENDS)

/* An end is one until a person goes back to an earlier stage. */
const struct state run_states[RUN_STATES] = {
	[RUN_QUEUED] = { "queued", TO(RUN_RUNNING) | TO(RUN_PAUSED) | TO(RUN_CANCELLED) },
	[RUN_RUNNING] = { "running", TO(RUN_WAITING) | TO(RUN_PAUSED) | RUN_ENDS },
	[RUN_WAITING] = { "waiting", TO(RUN_RUNNING) | TO(RUN_PAUSED) | RUN_ENDS },
	[RUN_PAUSED] = { "paused", RUN_MOVES },
	[RUN_DONE] = { "done", TO(RUN_RUNNING) },
	[RUN_FAILED] = { "failed", TO(RUN_RUNNING) },
	[RUN_CANCELLED] = { "cancelled", TO(RUN_RUNNING) },
	[RUN_REJECTED] = { "rejected", TO(RUN_RUNNING) },
};

/* A done stage is done again when an earlier one was, or when a person asks for changes; at once,
   when the runner that brought the earlier output keeps the run. One that was to be done again is
   done, or stale, when a person sends the run elsewhere. */
const struct state stage_states[STAGE_STATES] = {
	[STAGE_PENDING] = { "pending", TO(STAGE_RUNNING) | TO(STAGE_SKIPPED) | TO(STAGE_FAILED) |
					       TO(STAGE_DONE) | TO(STAGE_STALE) },
	[STAGE_RUNNING] = { "running", TO(STAGE_PENDING) | TO(STAGE_WAITING) | TO(STAGE_DONE) |
					       TO(STAGE_FAILED) | TO(STAGE_SKIPPED) | TO(STAGE_STALE) },
	[STAGE_WAITING] = { "waiting", TO(STAGE_PENDING) | TO(STAGE_DONE) | TO(STAGE_FAILED) |
					       TO(STAGE_SKIPPED) | TO(STAGE_STALE) },
	[STAGE_DONE] = { "done",
			 TO(STAGE_PENDING) | TO(STAGE_RUNNING) | TO(STAGE_WAITING) | TO(STAGE_STALE) },
	[STAGE_FAILED] = { "failed", TO(STAGE_PENDING) | TO(STAGE_STALE) },
	[STAGE_STALE] = { "stale", TO(STAGE_PENDING) | TO(STAGE_RUNNING) },
	[STAGE_SKIPPED] = { "skipped", TO(STAGE_PENDING) | TO(STAGE_RUNNING) | TO(STAGE_STALE) },
};

/* A trunk that waits at a join is leased at once to the runner that brought the last branch. */
const struct state cursor_states[CURSOR_STATES] = {
	[CURSOR_READY] = { "R", TO(CURSOR_LEASED) | TO(CURSOR_WAITS) | TO(CURSOR_DONE) },
	[CURSOR_LEASED] = { "L", TO(CURSOR_READY) | TO(CURSOR_WAITS) | TO(CURSOR_DONE) },
	[CURSOR_WAITS] = { "W",
			   TO(CURSOR_READY) | TO(CURSOR_LEASED) | TO(CURSOR_DONE) | TO(CURSOR_WAITS) },
	[CURSOR_DONE] = { "D", TO(CURSOR_READY) },
};

const char *const cursor_whys[CURSOR_WHYS] = {
	[WHY_GATE] = "gate", [WHY_RETRY] = "retry",   [WHY_PAUSED] = "paused",
	[WHY_JOIN] = "join", [WHY_TIMER] = "timer",   [WHY_ANSWER] = "answer",
};

int state_find(const struct state *states, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (streq(states[i].name, name))
			return (int)i;
	return -1;
}

bool state_may_follow(const struct state *states, int from, int to)
{
	return from == to || (states[from].next & (1u << to));
}
