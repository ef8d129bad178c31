/* SPDX-License-Identifier: MIT */
/* Before calls: intents and holds, for all that want to call at once. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fault.h"
#include "runner/runner.h"

enum { ASKS = 128 };

struct ask {
	struct trip trip; /* first */
	struct work *works[ASKS];
	struct call_request requests[ASKS];
	size_t n;
	struct arena *a;
	struct err e;
	bool ok;
};

static void told(struct work *w)
{
	const struct call_request *word = w->told;

	w->told = NULL;
	if (w->problem)
		settle_park(w, "failure", "The call cannot be recorded, so it is not made: %s", w->problem);
	else
		call_answer(w, word);
}

static void go(struct trip *t)
{
	struct ask *k = (struct ask *)t;

	k->ok = !fault_err("ask.before", &k->e) &&
		calls_begin(t->r->db, k->a, t->r->id, k->requests, k->n, &k->e) && !fault_err("ask.after", &k->e);
}

static void tell(struct ask *k, bool stored)
{
	for (size_t i = 0; i < k->n; i++) {
		if ((k->ok && k->requests[i].verdict == CALL_STORED) != stored)
			continue;
		k->works[i]->told = &k->requests[i];
		k->works[i]->problem = k->ok ? NULL : k->e.msg;
		work_step(k->works[i], told);
	}
}

static void back(struct trip *t)
{
	struct ask *k = (struct ask *)t;

	if (!k->ok && life_transient(&k->e)) {
		queue_put_back(&t->r->asks, k->works, k->n);
		life_trouble(t->r);
	} else {
		/* What is stored may turn out to be of no use, and the database is told so. */
		tell(k, true);
		runner_next(t->r, k->n);
		tell(k, false);
	}
	arena_free(k->a);
	free(k);
}

/* A stage's next call waits until the one before is booked. */
static size_t take(struct runner *r, struct work **works)
{
	size_t all = queue_take(&r->asks, works, ASKS), n = 0;

	for (size_t i = 0; i < all; i++) {
		if (works[i]->booking)
			work_queue(works[i], &r->asks);
		else
			works[n++] = works[i];
	}
	return n;
}

void ask_flush(struct runner *r)
{
	struct ask *k;

	if (!r->asks.first || !(k = calloc(1, sizeof(*k))))
		return;
	k->n = take(r, k->works);
	if (k->n == 0) {
		free(k);
		return;
	}
	k->a = arena_new(0);
	for (size_t i = 0; i < k->n; i++)
		call_request(k->works[i], &k->requests[i]);
	trip_start(&k->trip, r, go, back);
}
