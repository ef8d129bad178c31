/* SPDX-License-Identifier: MIT */
/*
 * The gate of the yard: what stages came to, and what calls cost, is written here, as much
 * at once as came while the database was busy. What cannot be written because the database is
 * away is kept until it is back or the runner is fenced.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fault.h"
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

static void unbook_all(struct booking_list *b)
{
	for (size_t i = 0; i < b->n; i++)
		unbook(b->works[i]);
	b->n = 0;
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
	struct stage_output out[ENGINE_BATCH] = { 0 };
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

struct attempt {
	struct arena *a;
	struct stage_output out[ENGINE_BATCH];
	bool accepted[ENGINE_BATCH], keep, ok, unknown;
	struct lease *kept;
	size_t kept_count;
	int64_t run; /* what the database says of one alone is said of its run; else 0 */
	struct err e;
};

/* What may set out before anything else is done about a batch that was stored. */
static void go_on(struct runner *r, const struct attempt *try, size_t n, struct booking_list *b)
{
	/* What is booked must not set out again. */
	unbook_all(b);
	for (size_t i = 0; i < try->kept_count; i++)
		work_queue(work_new(r, &try->kept[i]), &r->loads);
	/* Runs that go on without being kept can be claimed now. */
	r->want_claim |= try->kept_count < n;
}

static void finish(struct work **works, size_t n, const bool *accepted)
{
	for (size_t i = 0; i < n; i++) {
		accepted_or_fenced(works[i], accepted[i]);
		work_done(works[i]);
	}
}

static void try_begin(struct attempt *try, struct runner *r, struct work **works, size_t n,
		      const struct booking_list *b)
{
	try->run = n + b->n == 1 ? (n ? works[0] : b->works[0])->lease.run : 0;
	try->a = arena_new(0);
	try->keep = !r->closing && r->active <= pressure_slots(r);
	try->ok = try->unknown = false;
	try->kept = NULL;
	try->kept_count = 0;
	try->e = (struct err){ 0 };
	outputs_of(works, n, try->out);
}

static void try_go(struct attempt *try, struct runner *r, size_t n, const struct booking_list *b)
{
	struct stage_batch batch = { try->out, n, b->outcomes, b->n, try->keep };

	int64_t before = log_set_run(try->run);
	try->ok = !fault_err("commit.before", &try->e) &&
		  stage_advance(r->db, try->a, r->id, &batch, try->accepted, &try->kept, &try->kept_count,
				&try->unknown, &try->e);
	log_set_run(before);
}

static bool try_end(struct attempt *try, struct runner *r, struct work **works, size_t n,
		    struct booking_list *b, bool last);

static bool flush_batch(struct runner *r, struct work **works, size_t n, struct booking_list *b)
{
	struct attempt *try = malloc(sizeof(*try));

	if (!try) {
		log_error("out of memory for a batch");
		abort();
	}
	try_begin(try, r, works, n, b);
	try_go(try, r, n, b);
	bool here = try_end(try, r, works, n, b, false);
	free(try);
	return here;
}

/* False: the database is away; all of them are in the queue again. `last`: once these are stored, the trip
   needs the connection no more. */
static bool try_end(struct attempt *try, struct runner *r, struct work **works, size_t n,
		    struct booking_list *b, bool last)
{
	if (try->ok) {
		go_on(r, try, n, b);
		if (last)
			runner_next(r, n);
		finish(works, n, try->accepted);
	}
	arena_free(try->a);
	if (try->ok)
		return true;
	if (try->unknown || life_transient(&try->e)) {
		for (size_t i = 0; i < n; i++)
			works[i]->unsure = try->unknown;
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
	give_up(works, n, b, &try->e);
	return true;
}

static bool flush_one(struct runner *r, struct work *w)
{
	struct err e = { 0 };
	enum moved moved = MOVED_FENCED;
	bool ok;

	if (w->settle == SETTLE_RETRY)
		ok = stage_retry(r->db, r->id, &w->lease, w->delay_s, w->problem, w->counts, &moved, &e) &&
		     !fault_err("retry", &e);
	else
		ok = stage_park(r->db, r->id, &w->lease, w->kind, w->problem, w->amount, w->budgets, &moved, &e) &&
		     !fault_err("park", &e);
	if (!ok && life_transient(&e)) {
		queue_put_back(&r->done, &w, 1);
		return false;
	}
	if (!ok)
		work_note(w, LOG_ERROR_, "stage %s: its trouble cannot be stored (%s); it is left to the rescue",
			  w->lease.node, e.msg);
	w->r->want_claim = true;
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

struct commit {
	struct trip trip; /* first */
	struct work *outputs[ENGINE_BATCH], *unsure[ENGINE_BATCH], *others[ENGINE_BATCH];
	size_t output_count, unsure_count, other_count;
	struct booking_list b;
	struct attempt try;
};

static void sort_out(struct commit *c, struct work **works, size_t n)
{
	c->output_count = c->unsure_count = c->other_count = 0;
	for (size_t i = 0; i < n; i++) {
		if (works[i]->settle != SETTLE_ADVANCE)
			c->others[c->other_count++] = works[i];
		else if (works[i]->unsure)
			c->unsure[c->unsure_count++] = works[i];
		else
			c->outputs[c->output_count++] = works[i];
	}
}

static void go(struct trip *t)
{
	struct commit *c = (struct commit *)t;

	if (c->output_count || c->b.n)
		try_go(&c->try, t->r, c->output_count, &c->b);
	else
		c->try.ok = true;
}

static void back(struct trip *t)
{
	struct commit *c = (struct commit *)t;
	struct runner *r = t->r;
	bool last = !c->unsure_count && !c->other_count;
	bool ok = try_end(&c->try, r, c->outputs, c->output_count, &c->b, last);

	if (c->unsure_count && ok)
		ok = flush_unsure(r, c->unsure, c->unsure_count);
	else
		queue_put_back(&r->done, c->unsure, c->unsure_count);
	for (size_t i = 0; i < c->other_count; i++) {
		if (ok)
			ok = flush_one(r, c->others[i]);
		else
			queue_put_back(&r->done, &c->others[i], 1);
	}
	free(c);
	if (!ok)
		life_trouble(r);
}

void commit_flush(struct runner *r)
{
	struct work *works[ENGINE_BATCH];
	struct commit *c;

	if ((!r->done.first && !r->bookings) || !(c = malloc(sizeof(*c))))
		return;
	sort_out(c, works, take(r, works));
	bookings(r, &c->b);
	try_begin(&c->try, r, c->outputs, c->output_count, &c->b);
	trip_start(&c->trip, r, go, back);
}
