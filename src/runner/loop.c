/* SPDX-License-Identifier: MIT */
/* When things happen, and when it is over. */
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "net/http_client.h"
#include "runner/runner.h"
#include "sandbox/sandbox.h"

/* A drain that has not reached the database for so long gives up, if it has no time of its own. */
#define PATIENCE_MS 30000
#define TERM_GRACE_MS 20000
#define RESCUE_MS 5000
/* However busy the connection is, what others tell is heard after so long. */
#define HEAR_MS 100

static void nothing(uv_idle_t *idle)
{
}

void runner_wake(struct runner *r)
{
	/* An active idle handle keeps the loop from waiting, so this turn's end comes at once. */
	uv_idle_start(&r->idle, nothing);
}

void runner_close(struct runner *r, int64_t grace_ms)
{
	r->closing = true;
	if (grace_ms)
		r->grace_ms = clock_mono_ms() + grace_ms;
	runner_wake(r);
}

static void stop(struct runner *r, int status)
{
	if (r->stopped)
		return;
	r->stopped = true;
	r->status = status;
	uv_stop(r->loop);
}

static void end_if_done(struct runner *r)
{
	bool idle = r->active == 0;
	int64_t now = clock_mono_ms();

	if (r->closing && idle)
		stop(r, r->status);
	else if (r->closing && r->grace_ms && now >= r->grace_ms)
		stop(r, r->status);
	else if (r->drain && !r->until_ms && idle && r->registered && r->nothing_due && !r->want_claim)
		stop(r, 0);
}

static bool something_waits(const struct runner *r)
{
	return r->done.first || r->bookings || r->loads.first || r->asks.first || (r->want_claim && !r->closing);
}

/* By turns, so that no kind of batch waits for ever while another always has one. */
static void send_next(struct runner *r)
{
	static void (*const kinds[])(struct runner *) = { commit_flush, claim, load_flush, ask_flush };
	enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

	for (unsigned i = 0; i < KINDS && !r->trip && !life_away(r); i++) {
		r->turn = (r->turn + 1) % KINDS;
		kinds[r->turn](r);
	}
}

void runner_next(struct runner *r, size_t n)
{
	/* Batches that follow each other without a pause would leave the turn's end nothing. */
	bool others_wait = r->want_beat || r->want_rescue || r->want_look || r->sweep ||
			   clock_mono_ms() - r->heard_ms > HEAR_MS;

	/* Few are worked on at once, and what comes of them sets out first. Without threads this would nest. */
	if (n > RUNNER_FEW && !r->stopped && !r->fallback && !others_wait)
		send_next(r);
}

static void on_turn(uv_check_t *c)
{
	struct runner *r = c->data;

	uv_idle_stop(&r->idle);
	if (r->trip || r->stopped)
		return;
	if (r->want_beat)
		life_beat(r);
	if (r->want_rescue)
		life_rescue(r);
	if (r->want_look)
		live_look(r);
	hear(r);
	work_sweep(r);
	send_next(r);
	if (r->trip)
		return;
	note_flush(r);
	if (something_waits(r) && !life_away(r))
		runner_wake(r);
	end_if_done(r);
}

static void on_prepare(uv_prepare_t *p)
{
	hear_only_open(p->data);
}

static void on_rescue(uv_timer_t *t)
{
	life_rescue(t->data);
}

static void on_end(uv_timer_t *t)
{
	struct runner *r = t->data;

	if (!r->registered) {
		log_error("the database could not be reached in the time of this drain");
		stop(r, 1);
	} else if (r->until_ms) {
		runner_close(r, 0);
	}
}

static void on_second(uv_timer_t *t)
{
	end_if_done(t->data);
}

static void on_signal(uv_signal_t *s, int number)
{
	struct runner *r = s->data;

	if (r->closing && r->grace_ms) {
		log_warn("asked again to end: what is in hand goes to other runners");
		stop(r, r->status);
		return;
	}
	log_info("asked to end: finishing what is in hand");
	runner_close(r, TERM_GRACE_MS);
	uv_timer_start(&r->end, on_second, 1000, 1000);
}

static void on_helper(uv_poll_t *p, int status, int events)
{
	struct runner *r = p->data;

	log_error("the sandbox's helper has died; this runner ends, the next one has a new helper");
	uv_poll_stop(p);
	r->sandbox = NULL;
	r->sandbox_why = "the sandbox's helper has died";
	if (!r->drain)
		r->status = 1;
	runner_close(r, 0);
}

static void http_closed(void *ctx)
{
	struct runner *r = ctx;

	r->http = NULL;
}

static void close_handle(uv_handle_t *h, void *ctx)
{
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static void start(struct runner *r)
{
	uv_timer_t *timers[] = { &r->beat, &r->poll, &r->rescue, &r->end };

	for (size_t i = 0; i < sizeof(timers) / sizeof(*timers); i++) {
		uv_timer_init(r->loop, timers[i]);
		timers[i]->data = r;
	}
	uv_idle_init(r->loop, &r->idle);
	uv_prepare_init(r->loop, &r->prepare);
	uv_check_init(r->loop, &r->check);
	r->prepare.data = r->check.data = r;
	uv_prepare_start(&r->prepare, on_prepare);
	uv_check_start(&r->check, on_turn);
	uv_signal_init(r->loop, &r->term);
	uv_signal_init(r->loop, &r->intr);
	r->term.data = r->intr.data = r;
	uv_signal_start(&r->term, on_signal, SIGTERM);
	uv_signal_start(&r->intr, on_signal, SIGINT);
	if (r->sandbox) {
		uv_poll_init(r->loop, &r->helper, sandbox_watch_fd(r->sandbox));
		r->helper.data = r;
		uv_poll_start(&r->helper, UV_READABLE | UV_DISCONNECT, on_helper);
	}
	uv_timer_start(&r->rescue, on_rescue, RESCUE_MS, RESCUE_MS);
	if (r->drain) {
		int64_t left = r->until_ms ? r->until_ms - clock_mono_ms() : PATIENCE_MS;
		uv_timer_start(&r->end, on_end, (uint64_t)(left > 0 ? left : 0), 0);
	}
	life_beat(r);
}

int runner_loop(struct runner *r)
{
	start(r);
	if (!r->stopped)
		uv_run(r->loop, UV_RUN_DEFAULT);
	while (r->trip)
		uv_run(r->loop, UV_RUN_ONCE);
	if (r->active)
		log_warn("%zu stages in hand go to other runners", r->active);
	live_stop(r);
	note_end(r);
	life_end(r);
	/* Threads that still work, and what they work on, end with the process. */
	if (r->active == 0) {
		if (r->http)
			http_client_close(r->http, http_closed, r);
		/* The client's own turns must come before its handles are closed under it. */
		while (r->http)
			uv_run(r->loop, UV_RUN_NOWAIT);
		uv_walk(r->loop, close_handle, NULL);
		uv_run(r->loop, UV_RUN_DEFAULT);
		uv_loop_close(r->loop);
		live_free(r);
	}
	return r->status;
}
