/* SPDX-License-Identifier: MIT */
/*
 * Being a runner: registering, staying alive in the database's eyes, and letting go of
 * everything when that fails. After a fence the process goes on under a new id.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "db/db.h"
#include "model/workflow.h"
#include "runner/runner.h"

enum { FIRST_WAIT_MS = 200, SURPLUS = 2, RESCUE_ROWS = 100 };

bool life_transient(const struct err *e)
{
	return e->class == ERR_UNAVAILABLE || e->class == ERR_TIMEOUT;
}

static void on_beat(uv_timer_t *t)
{
	life_beat(t->data);
}

static void beat_in(struct runner *r, int64_t ms)
{
	uv_timer_start(&r->beat, on_beat, (uint64_t)ms, 0);
}

void life_trouble(struct runner *r)
{
	int64_t wait = r->retry_wait_ms ? r->retry_wait_ms * 2 : FIRST_WAIT_MS;

	r->retry_wait_ms = wait < BEAT_MS ? wait : BEAT_MS;
	beat_in(r, (int64_t)((double)r->retry_wait_ms * (0.5 + random_unit() / 2)));
}

static void fence(struct runner *r, const char *why)
{
	struct work *next;

	log_error("fenced: %s; %zu stages in hand are dropped", why, r->active);
	r->registered = false;
	for (struct work *w = r->first; w; w = next) {
		next = w->next;
		drive_step(w, drive_drop);
	}
}

/* ---- listening ---- */

static void heard(void *ctx, const char *channel, const char *payload)
{
	struct runner *r = ctx;

	r->want_claim = true;
	runner_wake(r);
}

static void free_handle(uv_handle_t *h)
{
	free(h);
}

static void stop_hearing(struct runner *r)
{
	if (!r->hear)
		return;
	uv_poll_stop(r->hear);
	uv_close((uv_handle_t *)r->hear, free_handle);
	r->hear = NULL;
}

static void on_hear(uv_poll_t *p, int status, int events)
{
	struct runner *r = p->data;

	if (status < 0 || !db_notifies(r->ears, heard, r, NULL))
		stop_hearing(r);
}

static void hear(struct runner *r)
{
	struct err e = { 0 };

	if (r->hear || (r->drain && !r->until_ms))
		return;
	if (!db_listen(r->ears, "runner_work", &e)) {
		log_warn("not listening, polling instead: %s", e.msg);
		return;
	}
	r->hear = calloc(1, sizeof(*r->hear));
	if (!r->hear)
		return;
	r->hear->data = r;
	uv_poll_init(r->loop, r->hear, db_socket(r->ears));
	uv_poll_start(r->hear, UV_READABLE | UV_DISCONNECT, on_hear);
}

void life_end(struct runner *r)
{
	stop_hearing(r);
	if (r->registered)
		runner_end(r->db, r->id, NULL);
	r->registered = false;
}

/* ---- registration and heartbeat ---- */

static void store_workflows(struct runner *r)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	if (!workflows_store(r->db, path_join(a, r->config->data_dir, "workflows"), &e))
		log_error("the workflow files were not taken in: %s", e.msg);
	else
		r->workflows_stored = true;
	arena_free(a);
}

/* Enough idle runners of this host were here before: one more would only hold a connection. */
static bool surplus(struct runner *r)
{
	int64_t pids[SURPLUS * 8];
	size_t n, alive = 0;

	if (!r->drain || !runner_idle_peers(r->db, r->id, r->host, pids, SURPLUS * 8, &n, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		alive += kill((pid_t)pids[i], 0) == 0 || errno == EPERM;
	return alive >= SURPLUS;
}

static bool enrol(struct runner *r, struct err *e)
{
	/* Whatever the former one still leases is free at once. */
	if (r->id[0] && !runner_end(r->db, r->id, e))
		return false;
	random_uuid(r->id);
	if (!runner_register(r->db, r->id, r->host, getpid(), PACKAGE_VERSION, r->provider, r->model, e))
		return false;
	r->registered = true;
	log_info("runner %s begins", r->id);
	if (!r->workflows_stored)
		store_workflows(r);
	if (surplus(r)) {
		log_info("this host has idle runners enough; this one ends");
		runner_close(r, 0);
		return true;
	}
	life_rescue(r);
	return true;
}

static void unwanted(struct work *w)
{
	log_info("stage %s of run %lld is not wanted any more", w->lease.node, (long long)w->lease.run);
	drive_drop(w);
}

static void give_back(struct runner *r, const struct lease *l)
{
	enum moved moved;

	log_set_run(l->run);
	log_warn("stage %s of run %lld was leased to this runner unheard; it is given back", l->node,
		 (long long)l->run);
	stage_retry(r->db, r->id, l, 0, "the runner lost sight of it", false, &moved, NULL);
	log_set_run(0);
}

static bool same(const struct lease *a, const struct lease *b)
{
	return a->run == b->run && a->branch == b->branch && a->epoch == b->epoch;
}

/*
 * What is in hand against what the database says. A run was cancelled, or a deadline passed:
 * the work is aborted. The answer to a claim was lost with its connection: the stage is given
 * back, as nobody else would look for it before its deadline.
 */
static void compare_leases(struct runner *r)
{
	struct arena *a = arena_new(0);
	struct lease *mine;
	size_t n;

	if (!stage_mine(r->db, a, r->id, &mine, &n, NULL))
		goto out;
	for (struct work *w = r->first, *next; w; w = next) {
		size_t i = 0;
		next = w->next;
		while (i < n && !same(&mine[i], &w->lease))
			i++;
		if (i < n) {
			mine[i].run = 0;
		} else if (!w->dropped && w->settle == SETTLE_NONE) {
			drive_step(w, unwanted);
		}
	}
	for (size_t i = 0; i < n; i++)
		if (mine[i].run)
			give_back(r, &mine[i]);
out:
	arena_free(a);
}

void life_beat(struct runner *r)
{
	int64_t now = clock_mono_ms();
	struct err e = { 0 };
	bool alive = true, ok;

	ok = r->registered ? runner_heartbeat(r->db, r->id, &alive, &e) : enrol(r, &e);
	if (!ok) {
		if (r->registered && now - r->beat_ms > FENCE_MS)
			fence(r, "no heartbeat could be sent for 20 s");
		if (!r->retry_wait_ms)
			log_warn("the database is away: %s", e.msg);
		life_trouble(r);
		return;
	}
	if (!alive) {
		fence(r, "the database has given its stages to others");
		beat_in(r, 0);
		return;
	}
	r->beat_ms = now;
	r->retry_wait_ms = 0;
	beat_in(r, BEAT_MS);
	hear(r);
	compare_leases(r);
	drive_resume(r);
	r->want_claim = true;
	runner_wake(r);
}

void life_rescue(struct runner *r)
{
	size_t n = 0;

	if (!r->registered || !stage_rescue(r->db, RESCUE_ROWS, &n, NULL) || n == 0)
		return;
	log_info("%zu stages of lost runners are ready again", n);
	r->want_claim = true;
	runner_wake(r);
}
