/* SPDX-License-Identifier: MIT */
/* Stages in hand: in which queue they wait, and when they may go. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "runner/runner.h"

#define STAGE_BYTES ((size_t)1 << 30)

void work_step(struct work *w, void (*step)(struct work *w))
{
	int64_t before = log_set_run(w->lease.run);

	step(w);
	log_set_run(before);
}

struct work *work_new(struct runner *r, const struct lease *l)
{
	struct work *w = calloc(1, sizeof(*w));

	if (!w) {
		log_error("out of memory for a stage");
		abort();
	}
	w->r = r;
	w->a = arena_new(STAGE_BYTES);
	w->in_arena = arena_new(STAGE_BYTES);
	w->lease = *l;
	w->lease.node = arena_strdup(w->a, l->node);
	w->lease.agent = arena_strdup(w->a, l->agent);
	w->next = r->first;
	w->link = &r->first;
	if (w->next)
		w->next->link = &w->next;
	r->first = w;
	r->active++;
	return w;
}

static void release(struct work *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	w->r->active--;
	/* Unless the last look found nothing: who makes work says so. */
	w->r->want_claim |= !w->r->nothing_due;
	arena_free(w->in_arena);
	arena_free(w->call_arena);
	arena_free(w->a);
	free(w);
}

void work_forget_input(struct work *w)
{
	arena_free(w->in_arena);
	w->in_arena = NULL;
	w->in = (struct stage_input){ 0 };
}

void work_done(struct work *w)
{
	w->dropped = true;
	if (!w->booking)
		release(w);
}

void work_queue(struct work *w, struct queue *q)
{
	w->queue = q;
	w->next_in_queue = NULL;
	if (q->last)
		q->last->next_in_queue = w;
	else
		q->first = w;
	q->last = w;
	runner_wake(w->r);
}

size_t queue_take(struct queue *q, struct work **out, size_t max)
{
	size_t n = 0;

	while (q->first && n < max) {
		struct work *w = q->first;
		q->first = w->next_in_queue;
		if (!q->first)
			q->last = NULL;
		w->queue = NULL;
		out[n++] = w;
	}
	return n;
}

void queue_put_back(struct queue *q, struct work **works, size_t n)
{
	while (n-- > 0) {
		works[n]->queue = q;
		works[n]->next_in_queue = q->first;
		q->first = works[n];
		if (!q->last)
			q->last = works[n];
	}
}

/* Whatever is still under way comes back once more, sees this, and lets go. */
void work_drop(struct work *w)
{
	if (w->dropped)
		return;
	w->dropped = true;
	runner_wake(w->r);
	if (w->in_flight)
		call_abort(w);
	if (w->suite) {
		suite_abort(w);
		work_done(w);
	} else if (w->queue) {
		w->r->sweep = true;
	}
}

void work_unwanted(struct work *w)
{
	if (w->dropped || w->settle != SETTLE_NONE)
		return;
	work_note(w, LOG_INFO_, "stage %s is not wanted any more", w->lease.node);
	work_drop(w);
}

static void sweep(struct queue *q)
{
	struct work *w = q->first;

	*q = (struct queue){ 0 };
	while (w) {
		struct work *next = w->next_in_queue;
		w->queue = NULL;
		if (w->dropped)
			work_done(w);
		else
			work_queue(w, q);
		w = next;
	}
}

void work_sweep(struct runner *r)
{
	if (!r->sweep)
		return;
	r->sweep = false;
	sweep(&r->loads);
	sweep(&r->asks);
	sweep(&r->done);
}

void work_book(struct work *w)
{
	w->booking = true;
	w->next_booking = w->r->bookings;
	w->r->bookings = w;
	runner_wake(w->r);
}
