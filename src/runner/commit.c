/* SPDX-License-Identifier: MIT */
/*
 * The gate of the yard: what stages came to is written here, as many at once as one turn
 * of the loop brought. What cannot be written because the database is away is kept until
 * it is back or the runner is fenced.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "runner/runner.h"

#define BATCH_BYTES ((size_t)16 << 20)

void commit_add(struct work *w)
{
	w->next_finished = w->r->finished;
	w->r->finished = w;
	runner_wake(w->r);
}

void work_free(struct work *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	w->r->active--;
	w->r->want_claim = true;
	arena_free(w->a);
	free(w);
}

static size_t weight(const struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->out.file_count; i++)
		n += w->out.files[i].data.len;
	return n;
}

/* Takes works of one kind from the list, in the order of their runs, up to the bounds. */
static size_t take(struct work **list, enum settle kind, bool unsure, struct work **out, size_t max)
{
	size_t n = 0, bytes = 0;

	for (struct work **at = list; *at && n < max;) {
		struct work *w = *at;
		if (w->settle != kind || w->unsure != unsure || (n && bytes + weight(w) > BATCH_BYTES)) {
			at = &w->next_finished;
			continue;
		}
		bytes += weight(w);
		*at = w->next_finished;
		out[n++] = w;
	}
	return n;
}

static void put_back(struct runner *r, struct work **works, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		works[i]->next_finished = r->finished;
		r->finished = works[i];
	}
}

static void accepted_or_fenced(const struct work *w, bool accepted)
{
	log_set_run(w->lease.run);
	if (accepted)
		log_info("stage %s of run %lld: %s, revision %lld, by %s", w->lease.node,
			 (long long)w->lease.run, w->out.outcome, (long long)w->lease.revision, w->r->provider);
	else
		log_warn("stage %s of run %lld came too late: its lease has gone to others", w->lease.node,
			 (long long)w->lease.run);
	log_set_run(0);
}

static void outputs_of(struct work **works, size_t n, struct stage_output *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = works[i]->out;
}

/* False: the database is away and all of them are back in the list. */
static bool flush_unsure(struct runner *r, struct work **works, size_t n)
{
	struct stage_output out[BATCH] = { 0 };
	bool accepted[BATCH];
	struct err e = { 0 };

	outputs_of(works, n, out);
	if (!stage_receipts(r->db, r->id, out, n, accepted, &e)) {
		put_back(r, works, n);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		works[i]->unsure = false;
		if (accepted[i]) {
			accepted_or_fenced(works[i], true);
			work_free(works[i]);
		} else {
			put_back(r, &works[i], 1);
		}
	}
	return true;
}

static bool flush_batch(struct runner *r, struct work **works, size_t n)
{
	struct stage_output out[BATCH] = { 0 };
	bool accepted[BATCH], unknown = false;
	struct err e = { 0 };

	outputs_of(works, n, out);
	log_set_run(n == 1 ? works[0]->lease.run : 0);
	bool stored = stage_advance(r->db, r->id, out, n, accepted, &unknown, &e);
	log_set_run(0);
	if (stored) {
		for (size_t i = 0; i < n; i++) {
			accepted_or_fenced(works[i], accepted[i]);
			work_free(works[i]);
		}
		return true;
	}
	if (unknown || life_transient(&e)) {
		for (size_t i = 0; i < n; i++)
			works[i]->unsure = unknown;
		put_back(r, works, n);
		return false;
	}
	if (n > 1) {
		log_warn("one of %zu outputs cannot be stored; storing them one by one", n);
		for (size_t i = 0; i < n; i++) {
			if (!flush_batch(r, &works[i], 1)) {
				put_back(r, works + i + 1, n - i - 1);
				return false;
			}
		}
		return true;
	}
	log_set_run(works[0]->lease.run);
	settle_park(works[0], "failure", NULL, "The output of this stage cannot be stored: %s", e.msg);
	log_set_run(0);
	return true;
}

static bool flush_one(struct runner *r, struct work *w)
{
	struct err e = { 0 };
	enum moved moved = MOVED_FENCED;
	bool ok = true;

	log_set_run(w->lease.run);
	if (w->settle == SETTLE_RETRY)
		ok = stage_retry(r->db, r->id, &w->lease, w->delay_s, w->problem, w->counts, &moved, &e);
	else if (w->settle == SETTLE_PARK)
		ok = stage_park(r->db, r->id, &w->lease, w->kind, w->problem, w->amount, &moved, &e);
	bool away = !ok && life_transient(&e);
	if (!ok && !away)
		log_error("stage %s of run %lld: its trouble cannot be stored (%s); it is left to the rescue",
			  w->lease.node, (long long)w->lease.run, e.msg);
	log_set_run(0);
	if (away)
		put_back(r, &w, 1);
	else
		work_free(w);
	return !away;
}

void commit_flush(struct runner *r)
{
	struct work *list = r->finished, *works[BATCH];
	int64_t runs[1024];
	size_t n, changed = 0;
	bool ok = true;

	if (!list)
		return;
	r->finished = NULL;
	while ((n = take(&list, SETTLE_DROP, false, works, BATCH)) ||
	       (n = take(&list, SETTLE_DROP, true, works, BATCH)))
		for (size_t i = 0; i < n; i++)
			work_free(works[i]);
	bool away = !r->registered || r->retry_wait_ms;
	for (struct work *w = list; w && !away && changed < 1024; w = w->next_finished)
		runs[changed++] = w->lease.run;
	/* What is put back meanwhile, as an output that became a question, waits for the next turn. */
	while (!away && ok && (n = take(&list, SETTLE_ADVANCE, true, works, BATCH)))
		ok = flush_unsure(r, works, n);
	while (!away && ok && (n = take(&list, SETTLE_ADVANCE, false, works, BATCH)))
		ok = flush_batch(r, works, n);
	while (!away && ok && (n = take(&list, SETTLE_RETRY, false, works, 1)))
		ok = flush_one(r, works[0]);
	while (!away && ok && (n = take(&list, SETTLE_PARK, false, works, 1)))
		ok = flush_one(r, works[0]);
	while (list) {
		struct work *w = list;
		list = w->next_finished;
		put_back(r, &w, 1);
	}
	if (!ok)
		life_trouble(r);
	else if (r->finished && !away)
		runner_wake(r);
	if (ok && changed)
		runs_notify(r->db, runs, changed, NULL);
}
