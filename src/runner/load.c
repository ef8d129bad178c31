/* SPDX-License-Identifier: MIT */
/* What stages work from: inputs and messages, read for all new ones at once. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "runner/agent.h"
#include "runner/runner.h"

/* Outputs may be large, and all of a batch's are in memory at once. */
enum { LOADS = 64 };

static void begin(struct work *w)
{
	struct err e = { 0 };
	struct json_object *blueprint;

	if (w->problem) {
		settle_park(w, "failure", "The input of this stage cannot be read: %s", w->problem);
		return;
	}
	w->agent = agents_get(w->r->agents, w->lease.agent, &e);
	if (!w->agent) {
		settle_park(w, "failure", "The agent %s cannot work: %s", w->lease.agent, e.msg);
		return;
	}
	blueprint = agents_blueprint(w->r->agents, w->in.stack, &e);
	if (!blueprint) {
		settle_park(w, "failure", "The input of this stage cannot be read: %s", e.msg);
		return;
	}
	json_object_object_add(w->in.json, "blueprint", json_object_get(blueprint));
	if (w->r->http)
		call_prepare(w);
	else
		fallback_begin(w);
}

void load_flush(struct runner *r)
{
	struct work *works[LOADS];
	struct stage_order orders[LOADS];
	struct err e = { 0 };
	size_t n;

	while (!life_away(r) && (n = queue_take(&r->loads, works, LOADS))) {
		for (size_t i = 0; i < n; i++)
			orders[i] = (struct stage_order){ .lease = &works[i]->lease, .a = works[i]->a };
		if (!stage_inputs_load(r->db, r->id, orders, n, &e)) {
			if (life_transient(&e)) {
				queue_put_back(&r->loads, works, n);
				life_trouble(r);
				return;
			}
			for (size_t i = 0; i < n; i++)
				orders[i].problem = arena_strdup(works[i]->a, e.msg);
		}
		for (size_t i = 0; i < n; i++) {
			works[i]->in = orders[i].out;
			works[i]->problem = orders[i].problem;
			work_step(works[i], begin);
		}
	}
}
