/* SPDX-License-Identifier: MIT */
/* What stages work from: inputs and messages, read for all new ones at once. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/json.h"
#include "runner/agent.h"
#include "runner/runner.h"

/* Outputs may be large, and all of a batch's are in memory at once. */
enum { LOADS = 128 };

struct load {
	struct trip trip; /* first */
	struct work *works[LOADS];
	struct stage_order orders[LOADS];
	size_t n;
	struct err e;
	bool ok;
};

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
	w->demands = demands_read(w->a, w->in.json);
	if (w->r->http)
		call_prepare(w);
	else
		fallback_begin(w);
}

static void go(struct trip *t)
{
	struct load *l = (struct load *)t;

	l->ok = stage_inputs_load(t->r->db, t->r->id, l->orders, l->n, &l->e) &&
		!fault_err("load.after", &l->e);
}

static void back(struct trip *t)
{
	struct load *l = (struct load *)t;

	if (!l->ok && life_transient(&l->e)) {
		queue_put_back(&t->r->loads, l->works, l->n);
		life_trouble(t->r);
		free(l);
		return;
	}
	runner_next(t->r, l->n);
	for (size_t i = 0; i < l->n; i++) {
		struct work *w = l->works[i];
		w->in = l->orders[i].out;
		w->problem = l->ok ? l->orders[i].problem : arena_strdup(w->in_arena, l->e.msg);
		work_step(w, begin);
	}
	free(l);
}

void load_flush(struct runner *r)
{
	struct load *l;

	if (!r->loads.first || !(l = calloc(1, sizeof(*l))))
		return;
	l->n = queue_take(&r->loads, l->works, LOADS);
	for (size_t i = 0; i < l->n; i++)
		l->orders[i] = (struct stage_order){ .lease = &l->works[i]->lease, .a = l->works[i]->in_arena };
	trip_start(&l->trip, r, go, back);
}
