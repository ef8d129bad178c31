/* SPDX-License-Identifier: MIT */
/* The way in: leases as many stages as there are free slots, fairly between accounts. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"
#include "runner/runner.h"

enum { ROUNDS = 64, LOOK_MS = 2000, SOON_MS = 100 };

static void begin(struct runner *r, const struct lease *l)
{
	struct work *w = calloc(1, sizeof(*w));

	if (!w) {
		log_error("out of memory for a stage");
		abort();
	}
	w->r = r;
	w->a = arena_new((size_t)1 << 30);
	w->lease = *l;
	w->lease.node = arena_strdup(w->a, l->node);
	w->lease.agent = arena_strdup(w->a, l->agent);
	w->next = r->first;
	w->link = &r->first;
	if (w->next)
		w->next->link = &w->next;
	r->first = w;
	r->active++;
	drive_begin(w);
}

static void on_poll(uv_timer_t *t)
{
	struct runner *r = t->data;

	r->want_claim = true;
	runner_wake(r);
}

/* When to look again, if nobody says anything before. */
static void look_later(struct runner *r)
{
	double wait = LOOK_MS * (1 + random_unit());
	int64_t retry_ms;
	bool ready;

	if (!stage_pending(r->db, &ready, &retry_ms, NULL))
		return;
	r->nothing_due = !ready;
	if (ready && r->active < r->slots)
		wait = SOON_MS * (1 + random_unit());
	else if (retry_ms >= 0 && (double)retry_ms < wait)
		wait = (double)retry_ms + 20 * random_unit();
	uv_timer_start(&r->poll, on_poll, (uint64_t)wait, 0);
}

void claim(struct runner *r)
{
	r->want_claim = false;
	if (r->closing || !r->registered || r->retry_wait_ms)
		return;
	r->nothing_due = false;
	for (int round = 0; round < ROUNDS && r->active < r->slots; round++) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		struct lease *leases;
		size_t n = 0, free_slots = r->slots - r->active;
		size_t limit = free_slots < BATCH ? free_slots : BATCH;
		/* An account that has much to do leaves room for those that have little. */
		bool ok = stage_claim(r->db, a, r->id, (int64_t)limit, (int64_t)(limit + 3) / 4, &leases, &n,
				      &e);
		for (size_t i = 0; ok && i < n; i++)
			begin(r, &leases[i]);
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
	look_later(r);
}
