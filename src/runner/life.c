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
#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"
#include "db/db.h"
#include "runner/call.h"
#include "runner/runner.h"

enum { FIRST_WAIT_MS = 200, SURPLUS = 2, RESCUE_ROWS = 100, HOUR_MS = 3600000 };

bool life_transient(const struct err *e)
{
	return e->class == ERR_UNAVAILABLE || e->class == ERR_TIMEOUT;
}

bool life_away(const struct runner *r)
{
	return !r->registered || r->retry_wait_ms;
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
		work_drop(w);
	}
}

void life_end(struct runner *r)
{
	hear_stop(r);
	if (r->registered && db_connect(r->db, NULL))
		runner_end(r->db, r->id, NULL);
	r->registered = false;
}

/* ---- registration and heartbeat ---- */

/* Partitions ahead of time, old lines away: once an hour is enough. */
static void housekeeping(struct runner *r)
{
	int64_t now = clock_mono_ms(), gone = 0;
	struct err e = { 0 };

	if (r->kept_ms && now - r->kept_ms < HOUR_MS)
		return;
	r->kept_ms = now;
	if (!retention(r->db, r->config->log_days, r->config->event_days, &gone, &e))
		log_warn("old log lines were not removed: %s", e.msg);
	else if (gone)
		log_info("%lld old partitions were removed", (long long)gone);
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
	if (!r->stored)
		store_files(r);
	if (surplus(r)) {
		log_info("this host has idle runners enough; this one ends");
		runner_close(r, 0);
		return true;
	}
	life_rescue(r);
	return true;
}

static int by_key(const void *x, const void *y)
{
	const struct lease *a = x, *b = y;

	if (a->run != b->run)
		return a->run < b->run ? -1 : 1;
	return (a->branch > b->branch) - (a->branch < b->branch);
}

/*
 * What is in hand against what the database says. A run was cancelled, or a deadline passed:
 * the work is aborted. The answer to a claim was lost with its connection: the stage is given
 * back, as nobody else would look for it before its deadline. And a database that was restored
 * or failed over may have forgotten leases: so a connection begins with this, before anything is
 * claimed or handed in that could be taken for another lease of the same number.
 */
static bool compare_leases(struct runner *r, struct err *e)
{
	struct arena *a = arena_new(0);
	struct lease *mine;
	size_t n;
	bool ok = stage_mine(r->db, a, r->id, &mine, &n, e);

	if (!ok)
		goto out;
	qsort(mine, n, sizeof(*mine), by_key);
	for (struct work *w = r->first, *next; w; w = next) {
		struct lease *l = bsearch(&w->lease, mine, n, sizeof(*mine), by_key);
		next = w->next;
		if (l && l->epoch == w->lease.epoch)
			l->epoch = -1;
		else
			work_unwanted(w);
	}
	for (size_t i = 0; i < n; i++) {
		enum moved moved;
		if (mine[i].epoch < 0)
			continue;
		log_set_run(mine[i].run);
		log_warn("stage %s was leased to this runner unheard; it is given back", mine[i].node);
		log_set_run(0);
		stage_retry(r->db, r->id, &mine[i], 0, "the runner lost sight of it", false, &moved, NULL);
	}
out:
	arena_free(a);
	return ok;
}

static int by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/* The answer to ask.c's question was lost with its connection: the call was never sent, and would
   hold its money and its place at the server until this runner ends. */
static void compare_calls(struct runner *r)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	int64_t *mine, *known = arena_array(a, r->active, sizeof(*known));
	size_t n, k = 0;

	if (!calls_mine(r->db, a, r->id, &mine, &n, NULL) || n == 0)
		goto out;
	struct call_outcome *lost = arena_array(a, n, sizeof(*lost));
	size_t lost_count = 0;
	for (struct work *w = r->first; w; w = w->next)
		known[k++] = w->booking ? w->outcome.call : w->in_flight ? w->call->id : 0;
	qsort(known, k, sizeof(*known), by_number);
	for (size_t i = 0; i < n; i++)
		if (!bsearch(&mine[i], known, k, sizeof(*known), by_number))
			lost[lost_count++] = (struct call_outcome){ .call = mine[i], .error = "it was never sent",
								    .input = -1, .output = -1, .cost_usd = "0" };
	if (lost_count == 0)
		goto out;
	if (calls_end(r->db, lost, lost_count, &e))
		log_warn("%zu calls were begun unheard and never sent; they cost nothing", lost_count);
	else
		log_warn("%zu calls begun unheard cannot be ended: %s", lost_count, e.msg);
out:
	arena_free(a);
}

void life_beat(struct runner *r)
{
	int64_t now = clock_mono_ms();
	struct err e = { 0 };
	bool alive = true, ok;

	r->want_beat = r->trip != NULL;
	if (r->want_beat)
		return;
	if (r->registered && !r->retry_wait_ms)
		pressure_look(r);
	const char *pressure = r->pressure[0] ? r->pressure : NULL;
	ok = !fault_err("beat", &e) && db_connect(r->db, &e);
	if (ok && r->registered)
		ok = runner_heartbeat(r->db, r->id, pressure, &alive, &e) && (!alive || compare_leases(r, &e));
	else if (ok)
		ok = enrol(r, &e);
	if (!ok) {
		if (r->registered && now - r->beat_ms > FENCE_MS)
			fence(r, "no heartbeat could be sent for 20 s");
		if (!r->retry_wait_ms)
			log_warn("the database is away: %s", e.msg);
		life_trouble(r);
		hear_stop(r);
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
	compare_calls(r);
	housekeeping(r);
	hear(r);
	r->want_claim = true;
	runner_wake(r);
}

void life_rescue(struct runner *r)
{
	size_t n = 0;

	r->want_rescue = r->trip != NULL;
	if (r->want_rescue || life_away(r) || fault("rescue") || !stage_rescue(r->db, RESCUE_ROWS, &n, NULL) ||
	    !gates_due(r->db, RESCUE_ROWS, NULL) || n == 0)
		return;
	log_info("%zu stages of lost runners are ready again", n);
	r->want_claim = true;
	runner_wake(r);
}
