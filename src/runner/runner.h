/* SPDX-License-Identifier: MIT */
/*
 * The runner's yard: one process, one loop, one database connection. A stage goes round
 * it one way, from queue to queue:
 *
 *   claim.c -> load.c -> fallback_work.c, or ask.c and call.c -> judge.c (suite.c) -> commit.c
 *
 * What needs the database waits in a queue and goes there with all others of its kind, in
 * batches, one after the other (trip.c); what comes meanwhile is the next batch. While the
 * database is away the queues stand still. Everything happens on the loop's thread but three
 * things: waiting for a batch's statements, for those of live.c, and the fallback's work; all touch nothing but
 * what they were given. No transaction is ever open across a model call.
 */
#ifndef RUNNER_RUNNER_H
#define RUNNER_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/log.h"
#include "flow/items.h"
#include "llm/llm.h"
#include "model/engine.h"
#include "model/member.h"
#include "model/stage_input.h"

struct agent;
struct agents;
struct call;
struct config;
struct db;
struct errand;
struct http_client;
struct json_object;
struct live;
struct notes;
struct sandbox;
struct suite_wait;
struct err;
struct fallback;

/* Without a heartbeat for so long a runner stops believing in its leases; the database
   gives them to others after 30 s. */
#define FENCE_MS 20000
#define BEAT_MS 5000
/* With so few stages nothing is gained by a thread's waiting: handing over takes longer. */
#define RUNNER_FEW 4

struct runner;
/* What is under way to the database. */
struct trip {
	struct runner *r;
	uv_work_t task;
	void (*go)(struct trip *t);   /* in a thread */
	void (*back)(struct trip *t); /* on the loop; frees it */
	struct notes *notes;          /* go along */
};

struct work;
/* First in, first out, by work.next_in_queue. */
struct queue {
	struct work *first, *last;
};

struct runner {
	const struct config *config;
	const char *host;
	uv_loop_t *loop;
	struct db *db;
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
	int64_t retry_wait_ms;       /* back-off while the database is away; 0: it is there */
	int64_t kept_ms, told_ms;    /* monotonic, when retention() and work_notify() were called last */
	int64_t heard_ms;            /* monotonic, when hear() looked last */
	char pressure[200];          /* why it claims less; "": nothing is short */

	struct work *first;          /* all that is in hand */
	size_t active, slots;
	struct queue loads, asks, done; /* by what is next: the input, the call's hold, the commit */
	struct work *bookings;       /* whose ended call is to be stored; they may be in a queue too */
	struct live *live;           /* NULL: no model was called yet */
	struct notes *notes;         /* about runs, to be stored at the turn's end */
	bool sweep;                  /* dropped stages are in the queues */
	struct trip *trip;           /* NULL: the connection is free */
	unsigned turn;               /* whose batch went last */
	bool want_claim, want_beat, want_rescue, want_look;
	bool nothing_due;            /* the last look found nothing that can be claimed */

	uv_timer_t beat, poll, rescue, end;
	uv_poll_t *hear;             /* on the database's socket */
	uint64_t hear_connection;    /* which connection that was */
	uv_poll_t helper;
	uv_signal_t term, intr;
	uv_idle_t idle;
	uv_prepare_t prepare;
	uv_check_t check;
	bool stored, stopped;        /* workflows, subscriptions and limits are in the database */
};

enum settle {
	SETTLE_NONE,
	SETTLE_ADVANCE,
	SETTLE_RETRY,
	SETTLE_PARK
};

/* A stage in hand, from claim to commit. */
struct work {
	struct runner *r;
	struct work *next, **link;   /* in r->first */
	struct queue *queue;         /* where it waits, or NULL: something is under way */
	struct work *next_in_queue;
	struct work *next_booking;
	struct arena *a;
	struct lease lease;
	struct arena *in_arena;      /* of `in`; NULL when it is not needed any more */
	struct stage_input in;
	const struct agent *agent;
	struct demands demands;      /* of what people said, on the output */

	struct call *call;           /* to a paid model; NULL for the fallback, and when there is an output */
	struct arena *call_arena;    /* of `call` and its request, or NULL */
	const struct call_request *told; /* the database's word, for the step that acts on it */
	bool in_flight;              /* its transfer goes on */
	bool booking;                /* in r->bookings with `outcome` */
	struct call_outcome outcome;
	struct suite_wait *suite;    /* in the sandbox, or NULL */
	struct errand *errand;       /* a thread's, which works on it: it must not be freed; or NULL */
	bool dropped;                /* the lease is lost: goes away as soon as it can */

	enum settle settle;
	struct stage_output out;     /* SETTLE_ADVANCE */
	bool unsure;                 /* its COMMIT's outcome is unknown */
	const char *kind, *problem, *amount, *budgets; /* SETTLE_PARK; SETTLE_RETRY has a problem too */
	double delay_s;
	bool counts;
};

/* loop.c */
/* Runs until the end; the process's exit status. */
int runner_loop(struct runner *r);
/* This turn's end does not wait: something is in a queue. */
void runner_wake(struct runner *r);
/* A trip of `n` stages that is back, and needs the connection no more, lets the next one set out before
   it does what takes long. Not when something else waits for the connection. */
void runner_next(struct runner *r, size_t n);
/* Claims nothing more and ends when what is in hand has ended; grace_ms 0: without limit. */
void runner_close(struct runner *r, int64_t grace_ms);

/* work.c: what is in hand */
struct work *work_new(struct runner *r, const struct lease *l);
/* Into a queue, at its end. */
void work_queue(struct work *w, struct queue *q);
/* Up to `max` from the queue's front. */
size_t queue_take(struct queue *q, struct work **out, size_t max);
/* Back to the front, in their order. */
void queue_put_back(struct queue *q, struct work **works, size_t n);
/* The lease is lost, or nobody wants the result: aborts what is in flight. The stage goes
   away when that has ended and its call's cost is stored. */
void work_drop(struct work *w);
/* The database says that nobody wants it: it is dropped, unless it has come to something already,
   which commit.c finds out about. */
void work_unwanted(struct work *w);
/* Takes it out of the runner's hands, now or when its call's cost is stored. */
void work_done(struct work *w);
/* Its input is not needed any more: it may be most of what a stage has in memory. */
void work_forget_input(struct work *w);
/* Its call has ended: w->outcome is to be stored at the turn's end. */
void work_book(struct work *w);
/* Dropped stages leave the queues. */
void work_sweep(struct runner *r);
/* One step of a stage, with log lines that bear its run. After it the stage may be gone. */
void work_step(struct work *w, void (*step)(struct work *w));

/* note.c */
/* A line about a stage: on stderr, and in its run's log for people. */
void work_note(struct work *w, enum log_level level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void note_flush(struct runner *r);
/* What is to be stored, and storing it, in whatever thread; NULL: nothing. */
struct notes *note_take(struct runner *r);
void note_give(struct db *db, struct notes *notes);
void note_end(struct runner *r);

/* life.c: registration, heartbeat, fencing, rescue */
void life_beat(struct runner *r);
void life_rescue(struct runner *r);
/* Tells the database that this runner ends. */
void life_end(struct runner *r);
/* The database is away: the next heartbeat comes soon, with a growing back-off. */
void life_trouble(struct runner *r);
/* An error of the database: true when it may be over later. */
bool life_transient(const struct err *e);
/* The database is known to be away, or this runner is not in it. */
bool life_away(const struct runner *r);

/* store.c: brings what files say into the database; r->stored when all of it is there. */
void store_files(struct runner *r);

/* hear.c: what others tell through the database */
void hear(struct runner *r);
void hear_stop(struct runner *r);
/* Before the loop looks at sockets: one that a lost connection has closed is none of them any more. */
void hear_only_open(struct runner *r);
/* While a thread uses the connection nobody looks at its socket. */
void hear_pause(struct runner *r);
void hear_go_on(struct runner *r);

/* live.c: a call has begun; one has ended; which runs are watched is to be asked. */
void live_begin(struct runner *r);
void live_ended(struct runner *r, const struct call *c);
void live_look(struct runner *r);
/* Nothing more sets out; waits for what is under way. Freed when the loop's handles are closed. */
void live_stop(struct runner *r);
void live_free(struct runner *r);

/* trip.c: `there` in a thread, with the connection for itself, then `again` on the loop; both at once
   while few stages are in hand. The connection must be free. */
void trip_start(struct trip *t, struct runner *r, void (*there)(struct trip *t), void (*again)(struct trip *t));

/* pressure.c: fills in r->pressure. */
void pressure_look(struct runner *r);
/* How many stages may be in hand now. */
size_t pressure_slots(const struct runner *r);

/* claim.c, load.c, ask.c, commit.c: the next batch of each sets out, if there is one. */
void claim(struct runner *r);
void load_flush(struct runner *r);
void ask_flush(struct runner *r);
/* What is in `done` and `bookings`; what cannot be written now stays. */
void commit_flush(struct runner *r);

/* judge.c: an agent's output, not yet checked. NULL: it is taken; else what is wrong with it, in
   words for the model. */
const char *judge(struct work *w, struct json_object *output);

/* settle.c: the ways out; each hands the stage to commit.c. */
void settle_advance(struct work *w, const char *outcome, const char *detail);
void settle_retry(struct work *w, double delay_s, bool counts, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void settle_park(struct work *w, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* fallback_work.c, call.c, suite.c: a stage's parts that take time */
void fallback_begin(struct work *w);
/* Makes the prompt, and the request, which waits for ask.c. */
void call_prepare(struct work *w);
/* ask.c has the database's word. */
void call_request(const struct work *w, struct call_request *out);
void call_answer(struct work *w, const struct call_request *told);
void call_abort(struct work *w);
/* There is an output: nothing will be asked again. */
void call_forget(struct work *w);
void suite_begin(struct work *w);
void suite_abort(struct work *w);

#endif
