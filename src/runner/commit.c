/* SPDX-License-Identifier: MIT */
/*
 * The gate of the yard: what stages came to, and what calls cost, is written here, as much
 * at once as one turn of the loop brought. What cannot be written because the database is
 * away is kept until it is back or the runner is fenced.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "runner/runner.h"

#define BATCH_BYTES ((size_t)16 << 20)

struct booking_list {
	struct work *works[ENGINE_BATCH];
	struct call_outcome outcomes[ENGINE_BATCH];
	size_t n;
};

static void unbook(struct work *w)
{
	struct work **at = &w->r->bookings;

	while (*at != w)
		at = &(*at)->next_booking;
	*at = w->next_booking;
	w->booking = false;
	if (w->dropped && !w->queue && !w->in_flight && !w->errand && !w->suite)
		work_done(w);
}

static void bookings(struct runner *r, struct booking_list *b)
{
	b->n = 0;
	for (struct work *w = r->bookings; w && b->n < ENGINE_BATCH; w = w->next_booking) {
		b->outcomes[b->n] = w->outcome;
		b->works[b->n++] = w;
	}
}

static void accepted_or_fenced(struct work *w, bool accepted)
{
	if (accepted)
		work_note(w, LOG_INFO_, "stage %s: %s, revision %lld, by %s", w->lease.node, w->out.outcome,
			  (long long)w->lease.revision, w->r->provider);
	else
		work_note(w, LOG_WARN_, "stage %s came too late: its lease has gone to others", w->lease.node);
}

static void outputs_of(struct work **works, size_t n, struct stage_output *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = works[i]->out;
}

/* False: the database is away; all of them are in the queue again. */
static bool flush_unsure(struct runner *r, struct work **works, size_t n)
{
	struct stage_output out[ENGINE_BATCH];
	bool accepted[ENGINE_BATCH];

	outputs_of(works, n, out);
	if (!stage_receipts(r->db, r->id, out, n, accepted, NULL)) {
		queue_put_back(&r->done, works, n);
		return false;
	}
	for (size_t i = n; i-- > 0;) {
		works[i]->unsure = false;
		if (accepted[i]) {
			accepted_or_fenced(works[i], true);
			work_done(works[i]);
		} else {
			queue_put_back(&r->done, &works[i], 1);
		}
	}
	return true;
}

static void took(struct runner *r, struct work **works, size_t n, const bool *accepted,
		 const struct booking_list *b, const struct lease *kept, size_t kept_count)
{
	for (size_t i = 0; i < b->n; i++)
		unbook(b->works[i]);
	for (size_t i = 0; i < n; i++) {
		accepted_or_fenced(works[i], accepted[i]);
		work_done(works[i]);
	}
	for (size_t i = 0; i < kept_count; i++)
		work_queue(work_new(r, &kept[i]), &r->loads);
}

/* Something in a batch of one cannot be stored, whatever is done: a person learns of the
   output, the call ends without its answer. */
static void give_up(struct work **works, size_t n, const struct booking_list *b, const struct err *e)
{
	if (n)
		settle_park(works[0], "failure", "The output of this stage cannot be stored: %s", e->msg);
	for (size_t i = 0; i < b->n; i++) {
		struct call_outcome *o = &b->works[i]->outcome;
		if (!o->answered && !o->response.s) {
			work_note(b->works[i], LOG_ERROR_, "call %lld cannot be ended: %s", (long long)o->call,
				  e->msg);
			unbook(b->works[i]);
			continue;
		}
		*o = (struct call_outcome){ .call = o->call, .http_status = o->http_status, .input = o->input,
					    .output = o->output, .cost_usd = o->cost_usd,
					    .error = "the answer cannot be stored" };
	}
}

/* False: the database is away; all of them are in the queue again. */
static bool flush_batch(struct runner *r, struct work **works, size_t n, const struct booking_list *b)
{
	struct arena *a = arena_new(0);
	struct stage_output out[ENGINE_BATCH];
	bool accepted[ENGINE_BATCH], unknown = false;
	struct lease *kept = NULL;
	size_t kept_count = 0;
	struct err e = { 0 };
	struct stage_batch batch = { out, n, b->outcomes, b->n,
				     !r->closing && r->active <= pressure_slots(r) };

	outputs_of(works, n, out);
	/* What the database says of one alone is said of its run. */
	log_set_run(n + b->n == 1 ? (n ? works[0] : b->works[0])->lease.run : 0);
	bool ok = stage_advance(r->db, a, r->id, &batch, accepted, &kept, &kept_count, &unknown, &e);
	log_set_run(0);
	if (ok)
		took(r, works, n, accepted, b, kept, kept_count);
	arena_free(a);
	if (ok)
		return true;
	if (unknown || life_transient(&e)) {
		for (size_t i = 0; i < n; i++)
			works[i]->unsure = unknown;
		queue_put_back(&r->done, works, n);
		return false;
	}
	/* Halves find what it is in few steps; the good ones go on. */
	if (n + b->n > 1) {
		struct booking_list part = { .n = 0 };
		log_warn("something in a batch of %zu outputs and %zu calls cannot be stored", n, b->n);
		if (n > 1 || (n && b->n)) {
			size_t half = n > 1 ? n / 2 : n;
			if (!flush_batch(r, works, half, &part)) {
				queue_put_back(&r->done, works + half, n - half);
				return false;
			}
			return flush_batch(r, works + half, n - half, b);
		}
		for (size_t i = 0; i < b->n; i++) {
			part = (struct booking_list){ .n = 1, .works = { b->works[i] },
						      .outcomes = { b->outcomes[i] } };
			if (!flush_batch(r, NULL, 0, &part))
				return false;
		}
		return true;
	}
	give_up(works, n, b, &e);
	return true;
}

static bool flush_one(struct runner *r, struct work *w)
{
	struct err e = { 0 };
	enum moved moved = MOVED_FENCED;
	bool ok;

	if (w->settle == SETTLE_RETRY)
		ok = stage_retry(r->db, r->id, &w->lease, w->delay_s, w->problem, w->counts, &moved, &e);
	else
		ok = stage_park(r->db, r->id, &w->lease, w->kind, w->problem, w->amount, w->budgets, &moved, &e);
	if (!ok && life_transient(&e)) {
		queue_put_back(&r->done, &w, 1);
		return false;
	}
	if (!ok)
		work_note(w, LOG_ERROR_, "stage %s: its trouble cannot be stored (%s); it is left to the rescue",
			  w->lease.node, e.msg);
	work_done(w);
	return true;
}

static size_t weight(const struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; w->settle == SETTLE_ADVANCE && i < w->out.file_count; i++)
		n += w->out.files[i].data.len;
	return n;
}

/* From the front of the queue, up to the bounds. */
static size_t take(struct runner *r, struct work **works)
{
	size_t n = 0, bytes = 0;

	while (n < ENGINE_BATCH && queue_take(&r->done, works + n, 1)) {
		bytes += weight(works[n]);
		if (n && bytes > BATCH_BYTES) {
			queue_put_back(&r->done, works + n, 1);
			break;
		}
		n++;
	}
	return n;
}

/* False: the database is away. */
static bool flush(struct runner *r, struct work **works, size_t n)
{
	struct work *outputs[ENGINE_BATCH], *unsure[ENGINE_BATCH], *others[ENGINE_BATCH];
	size_t output_count = 0, unsure_count = 0, other_count = 0;
	struct booking_list b;
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		if (works[i]->settle != SETTLE_ADVANCE)
			others[other_count++] = works[i];
		else if (works[i]->unsure)
			unsure[unsure_count++] = works[i];
		else
			outputs[output_count++] = works[i];
	}
	bookings(r, &b);
	if (output_count || b.n)
		ok = flush_batch(r, outputs, output_count, &b);
	if (unsure_count && ok)
		ok = flush_unsure(r, unsure, unsure_count);
	else
		queue_put_back(&r->done, unsure, unsure_count);
	for (size_t i = 0; i < other_count; i++) {
		if (ok)
			ok = flush_one(r, others[i]);
		else
			queue_put_back(&r->done, &others[i], 1);
	}
	return ok;
}

void commit_flush(struct runner *r)
{
	struct work *works[ENGINE_BATCH];
	size_t n = 0;

	while (!life_away(r) && ((n = take(r, works)) || r->bookings))
		if (!flush(r, works, n))
			life_trouble(r);
}
