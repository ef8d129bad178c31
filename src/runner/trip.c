/* SPDX-License-Identifier: MIT */
/*
 * The way of a batch to the database and back. It is waited for in a thread, so that the loop
 * can work on answers meanwhile. There is one connection, so one is under way at a time; until
 * it is back nobody else uses r->db, and nothing that it has taken along is touched.
 */
#include "db/db.h"
#include "runner/runner.h"

static void go(uv_work_t *task)
{
	struct trip *t = task->data;

	t->go(t);
	note_give(t->r->db, t->notes);
}

static void back(uv_work_t *task, int status)
{
	struct trip *t = task->data;
	struct runner *r = t->r;

	r->trip = NULL;
	hear_go_on(r);
	t->back(t);
	runner_wake(r);
}

void trip_start(struct trip *t, struct runner *r, void (*there)(struct trip *t), void (*again)(struct trip *t))
{
	t->r = r;
	t->go = there;
	t->back = again;
	t->task.data = t;
	t->notes = note_take(r);
	r->trip = t;
	hear_pause(r);
	/* The fallback keeps all threads busy, and nothing comes in from anywhere. */
	if (r->fallback || r->active <= RUNNER_FEW || uv_queue_work(r->loop, &t->task, go, back) != 0) {
		go(&t->task);
		back(&t->task, 0);
	}
}
