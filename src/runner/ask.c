/* SPDX-License-Identifier: MIT */
/* Before calls: intents and holds, for all that want to call at once. */
#include "base/arena.h"
#include "base/err.h"
#include "runner/runner.h"

enum { ASKS = 128 };

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
			work_log(works[i]);
			if (ok)
				call_answer(works[i], &requests[i]);
			else
				settle_park(works[i], "failure",
					    "The call cannot be recorded, so it is not made: %s", e.msg);
		}
		work_log(NULL);
		arena_free(a);
	}
}
