/* SPDX-License-Identifier: MIT */
/* The way in: leases as many stages as there are free slots, fairly between accounts. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "runner/runner.h"

enum { LOOK_MS = 2000, SOON_MS = 100, TELL_MS = 250 };

static void on_poll(uv_timer_t *t)
{
	struct runner *r = t->data;

	r->want_claim = true;
	runner_wake(r);
}

struct claim {
	struct trip trip; /* first */
	struct arena *a;
	int64_t limit;
	struct lease *leases;
	size_t n;
	struct err e;
	bool ok;
	bool looked, ready; /* whether more can be claimed, or when */
	int64_t due_ms;
};

/* When to claim again if nobody says anything before. */
static void claim_later(struct runner *r, const struct claim *c)
{
	double wait = LOOK_MS * (1 + random_unit());
	int64_t now = clock_mono_ms();
	bool full = r->active >= pressure_slots(r);

	r->nothing_due = !c->ready;
	if (c->ready && !full)
		wait = SOON_MS * (1 + random_unit());
	else if (c->due_ms >= 0 && (double)c->due_ms < wait)
		wait = (double)c->due_ms + 20 * random_unit();
	/* More than this runner takes: others may sleep. */
	if (c->ready && full && now - r->told_ms >= TELL_MS) {
		r->told_ms = now;
		work_notify(r->db, NULL);
	}
	uv_timer_start(&r->poll, on_poll, (uint64_t)wait, 0);
}

static void go(struct trip *t)
{
	struct claim *c = (struct claim *)t;

	/* An account that has much to do leaves room for those that have little. */
	c->ok = !c->limit ||
		(!fault_err("claim.before", &c->e) &&
		 stage_claim(t->r->db, c->a, t->r->id, c->limit, (c->limit + 1) / 2, &c->leases, &c->n, &c->e) &&
		 !fault_err("claim.after", &c->e));
	if (c->ok && c->n == 0)
		c->looked = stage_pending(t->r->db, &c->ready, &c->due_ms, NULL);
}

static void back(struct trip *t)
{
	struct claim *c = (struct claim *)t;
	struct runner *r = t->r;

	for (size_t i = 0; c->ok && i < c->n; i++)
		work_queue(work_new(r, &c->leases[i]), &r->loads);
	if (c->looked)
		claim_later(r, c);
	else if (c->ok)
		r->want_claim = true;
	if (!c->ok) {
		log_warn("nothing could be claimed: %s", c->e.msg);
		if (life_transient(&c->e))
			life_trouble(r);
	}
	arena_free(c->a);
	free(c);
}

void claim(struct runner *r)
{
	size_t slots = pressure_slots(r), room = slots > r->active ? slots - r->active : 0;
	bool wanted = r->want_claim && !r->closing;
	struct claim *c;

	r->want_claim = false;
	if (!wanted || !(c = calloc(1, sizeof(*c))))
		return;
	r->nothing_due = false;
	c->a = arena_new(0);
	c->limit = (int64_t)(room < ENGINE_BATCH ? room : ENGINE_BATCH);
	trip_start(&c->trip, r, go, back);
}
