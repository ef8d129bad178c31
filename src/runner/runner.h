/* SPDX-License-Identifier: MIT */
/*
 * The runner's yard: one process, one loop, one database connection for work and one that
 * listens. A stage goes round it one way:
 *
 *   claim.c -> drive.c (input, then fallback.c or call.c, output.c, suite.c) -> commit.c
 *
 * Everything happens on the loop's thread but the fallback's work, which touches nothing
 * but its own stage. Statements are short and are waited for. No transaction is ever open
 * across a model call.
 */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "llm/llm.h"
#include "model/engine.h"
#include "model/stage_input.h"

struct agent;
struct agents;
struct call;
struct config;
struct db;
struct errand;
struct http_client;
struct sandbox;
struct suite_wait;
struct err;
struct fallback;

/* Without a heartbeat for so long a runner stops believing in its leases; the database
   gives them to others after 30 s. */
#define FENCE_MS 20000
#define BEAT_MS 5000
#define BATCH 64

struct runner {
	const struct config *config;
	const char *host;
	uv_loop_t *loop;
	struct db *db, *ears;
	struct agents *agents;
	struct sandbox *sandbox;     /* NULL: suites stay unexecuted; sandbox_why says why */
	const char *sandbox_why;
	struct http_client *http;    /* NULL: no model is configured, the fallback works */
	struct fallback *fallback;   /* NULL when a model is configured */
	const char *provider, *model; /* who is asked; as pages name it */
	struct llm_caps caps;        /* what the model server is known to take */
	bool caps_swapped;

	bool drain;
	int64_t until_ms;            /* monotonic; 0: a drain ends when nothing is due */
	int64_t grace_ms;            /* monotonic; 0: what is in flight may take its time */
	bool closing;                /* nothing new is claimed */
	int status;                  /* of the process */

	char id[37];                 /* fresh at each registration */
	bool registered;
	int64_t beat_ms;             /* monotonic, when the last successful heartbeat was sent */
	int64_t retry_wait_ms;       /* back-off while the database is away */

	struct work *first;          /* all that is in hand */
	size_t active, slots;
	struct work *finished;       /* to be committed */
	bool want_claim;
	bool nothing_due;            /* the last look found nothing that can be claimed */

	uv_timer_t beat, poll, rescue, end;
	uv_poll_t *hear;               /* NULL: not listening */
	uv_poll_t helper;
	uv_signal_t term, intr;
	uv_idle_t idle;
	uv_check_t check;
	bool workflows_stored, stopped;
};

enum settle {
	SETTLE_NONE,
	SETTLE_ADVANCE,
	SETTLE_RETRY,
	SETTLE_PARK,
	SETTLE_DROP /* nothing to write: the lease is not ours any more */
};

/* A stage in hand, from claim to commit. */
struct work {
	struct runner *r;
	struct work *next, **link;   /* in r->first */
	struct work *next_finished;
	struct arena *a;
	struct lease lease;
	struct stage_input in;
	const struct agent *agent;
	struct json_object *output;

	void (*blocked)(struct work *w); /* runs again when the database is back; NULL: not blocked */
	struct call *call;           /* to a paid model; NULL for the fallback */
	bool in_flight;              /* its transfer goes on */
	struct suite_wait *suite;    /* in the sandbox, or NULL */
	struct errand *errand;       /* a thread works on it, so it must not be freed; or NULL */
	bool dropped;                /* the lease is lost: goes away as soon as it can */

	enum settle settle;
	struct stage_output out;     /* SETTLE_ADVANCE */
	bool unsure;                 /* its COMMIT's outcome is unknown */
	const char *kind, *problem, *amount; /* SETTLE_PARK; SETTLE_RETRY has a problem too */
	double delay_s;
	bool counts;
};

/* loop.c */
/* Runs until the end; the process's exit status. */
int runner_loop(struct runner *r);
/* The commit and claim of this turn are to be done. */
void runner_wake(struct runner *r);
/* Claims nothing more and ends when what is in hand has ended; grace_ms 0: without limit. */
void runner_close(struct runner *r, int64_t grace_ms);

/* life.c: registration, heartbeat, fencing, rescue */
void life_beat(struct runner *r);
void life_rescue(struct runner *r);
/* Tells the database that this runner ends. */
void life_end(struct runner *r);
/* The database is away: the next heartbeat comes soon, with a growing back-off. */
void life_trouble(struct runner *r);
/* An error of the database: true when it may be over later. */
bool life_transient(const struct err *e);

/* claim.c */
void claim(struct runner *r);

/* drive.c */
void drive_begin(struct work *w);
/* Every step of a stage goes through here, so that the lines it logs bear the run's id. The
   loop's callbacks call it, steps never do: it ends with no run. */
void drive_step(struct work *w, void (*step)(struct work *));
/* An agent's output, not yet checked. NULL return: it is taken; else what is wrong with it,
   in words for the model. */
const char *drive_output(struct work *w, struct json_object *output);
/* What was begun but could not be done without the database runs again. */
void drive_blocked(struct work *w, void (*step)(struct work *));
/* True when the database is known to be away: the step waits, nothing is tried. */
bool drive_away(struct work *w, void (*step)(struct work *));
void drive_resume(struct runner *r);
/* The lease is lost, or nobody wants the result: aborts what is in flight. */
void drive_drop(struct work *w);

/* The ways out of a drive; each hands the stage to commit.c. */
void settle_advance(struct work *w, const char *outcome);
void settle_retry(struct work *w, double delay_s, bool counts, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void settle_park(struct work *w, const char *kind, const char *amount, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* fallback.c, call.c, suite.c: a stage's parts that take time */
void fallback_begin(struct work *w);
void call_start(struct work *w);
void call_abort(struct work *w);
void suite_begin(struct work *w);
void suite_abort(struct work *w);

/* commit.c */
void commit_add(struct work *w);
/* Writes what is finished; what cannot be written now stays. */
void commit_flush(struct runner *r);
/* Takes it out of the runner's hands. */
void work_free(struct work *w);

#endif
