/* SPDX-License-Identifier: MIT */
/* From a lease to an agent's checked output. */
#include "base/err.h"
#include "base/json.h"
#include "base/config.h"
#include "base/log.h"
#include "db/db.h"
#include "runner/agent.h"
#include "runner/output.h"
#include "runner/runner.h"

static void load(struct work *w)
{
	struct err e = { 0 };
	struct json_object *blueprint = NULL;

	if (drive_away(w, load))
		return;
	w->agent = agents_get(w->r->agents, w->lease.agent, &e);
	if (!w->agent) {
		settle_park(w, "failure", NULL, "The agent %s cannot work: %s", w->lease.agent, e.msg);
		return;
	}
	if (stage_input_load(w->r->db, w->a, &w->lease, &w->in, &e))
		blueprint = agents_blueprint(w->r->agents, w->in.stack, &e);
	if (!blueprint && life_transient(&e)) {
		drive_blocked(w, load);
		return;
	}
	if (!blueprint) {
		settle_park(w, "failure", NULL, "The input of this stage cannot be read: %s", e.msg);
		return;
	}
	json_object_object_add(w->in.json, "blueprint", json_object_get(blueprint));
	if (w->r->http)
		call_start(w);
	else
		fallback_begin(w);
}

void drive_begin(struct work *w)
{
	drive_step(w, load);
}

void drive_step(struct work *w, void (*step)(struct work *))
{
	log_set_run(w->lease.run);
	step(w);
	log_set_run(0);
}

const char *drive_output(struct work *w, struct json_object *output)
{
	const char *problem = output_take(w, output);

	if (problem)
		return problem;
	if (w->agent->delivers == DELIVERS_SUITE)
		suite_begin(w);
	else
		settle_advance(w, "pass");
	return NULL;
}

void drive_blocked(struct work *w, void (*step)(struct work *))
{
	w->blocked = step;
	life_trouble(w->r);
}

bool drive_away(struct work *w, void (*step)(struct work *))
{
	if (w->r->registered && !w->r->retry_wait_ms)
		return false;
	w->blocked = step;
	return true;
}

void drive_resume(struct runner *r)
{
	struct work *next;

	for (struct work *w = r->first; w && !r->retry_wait_ms; w = next) {
		void (*step)(struct work *) = w->blocked;
		next = w->next;
		w->blocked = NULL;
		if (step)
			drive_step(w, step);
	}
}

/* Whatever is still under way comes back once more, sees this, and lets go. */
void drive_drop(struct work *w)
{
	if (w->dropped)
		return;
	w->dropped = true;
	w->blocked = NULL;
	if (w->settle != SETTLE_NONE) {
		w->settle = SETTLE_DROP;
		return;
	}
	if (w->in_flight)
		call_abort(w);
	if (w->suite)
		suite_abort(w);
	if (!w->in_flight && !w->errand && !w->suite) {
		w->settle = SETTLE_DROP;
		commit_add(w);
	}
}
