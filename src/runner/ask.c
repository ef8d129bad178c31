/* SPDX-License-Identifier: MIT */
/* Before calls: intents and holds, for all that want to call at once. */
#include "base/arena.h"
#include "base/err.h"
#include "runner/runner.h"

enum { ASKS = 128 };

static void go(struct work *w)
{
	const struct call_request *told = w->told;

	w->told = NULL;
	if (w->problem)
		settle_park(w, "failure", "The call cannot be recorded, so it is not made: %s", w->problem);
	else
		call_answer(w, told);
}

void ask_flush(struct runner *r)
{
	struct work *works[ASKS];
	struct call_request requests[ASKS];
	size_t n;

	while (!life_away(r) && (n = queue_take(&r->asks, works, ASKS))) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		for (size_t i = 0; i < n; i++)
			call_request(works[i], &requests[i]);
		bool ok = calls_begin(r->db, a, r->id, requests, n, &e);
		if (!ok && life_transient(&e)) {
			queue_put_back(&r->asks, works, n);
			life_trouble(r);
			arena_free(a);
			return;
		}
		for (size_t i = 0; i < n; i++) {
			works[i]->told = &requests[i];
			works[i]->problem = ok ? NULL : e.msg;
			work_step(works[i], go);
		}
		arena_free(a);
	}
}
