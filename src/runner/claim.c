/* SPDX-License-Identifier: MIT */
/* The way in: leases as many stages as there are free slots, fairly between accounts. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"
#include "runner/runner.h"

enum { ROUNDS = 64, LOOK_MS = 2000, SOON_MS = 100, TELL_MS = 250 };

static void on_poll(uv_timer_t *t)
{
	struct runner *r = t->data;

	r->want_claim = true;
	runner_wake(r);
}

void claim_later(struct runner *r)
{
	double wait = LOOK_MS * (1 + random_unit());
	int64_t due_ms, now = clock_mono_ms();
	bool ready;

	if (life_away(r) || !stage_pending(r->db, &ready, &due_ms, NULL))
		return;
	r->nothing_due = !ready;
	if (ready && r->active < pressure_slots(r))
		wait = SOON_MS * (1 + random_unit());
	else if (due_ms >= 0 && (double)due_ms < wait)
		wait = (double)due_ms + 20 * random_unit();
	/* More than this runner takes: others may sleep. */
	if (ready && r->active >= pressure_slots(r) && now - r->told_ms >= TELL_MS) {
		r->told_ms = now;
		work_notify(r->db, NULL);
	}
	uv_timer_start(&r->poll, on_poll, (uint64_t)wait, 0);
}

void claim(struct runner *r)
{
	size_t slots = pressure_slots(r);

	r->want_claim = false;
	if (r->closing || life_away(r))
		return;
	r->nothing_due = false;
	for (int round = 0; round < ROUNDS && r->active < slots; round++) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		struct lease *leases;
		size_t n = 0, limit = slots - r->active;
		if (limit > ENGINE_BATCH)
			limit = ENGINE_BATCH;
		/* An account that has much to do leaves room for those that have little. */
		bool ok = stage_claim(r->db, a, r->id, (int64_t)limit, (int64_t)(limit + 3) / 4, &leases, &n,
				      &e);
		for (size_t i = 0; ok && i < n; i++)
			work_queue(work_new(r, &leases[i]), &r->loads);
		arena_free(a);
		if (!ok) {
			log_warn("nothing could be claimed: %s", e.msg);
			if (life_transient(&e))
				life_trouble(r);
			return;
		}
		if (n == 0)
			break;
	}
}
