/* SPDX-License-Identifier: MIT */
/* An agent's output from the built-in fallback, made by a thread of the loop's pool. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "fallback/fallback.h"
#include "runner/runner.h"

#define ANSWER_BYTES ((size_t)24 << 20)

struct errand {
	uv_work_t task;
	struct work *w;
	struct json_object *output;
	struct err e;
};

/* On another thread: nothing but the stage's own arena and the fallback's constant data. */
static void answer(uv_work_t *task)
{
	struct errand *m = task->data;
	struct work *w = m->w;
	struct buf text;

	log_set_run(w->lease.run); /* a thread has a run of its own */
	buf_init(&text, ANSWER_BYTES);
	if (!fallback_answer(w->r->fallback, w->a, w->lease.agent, w->in.json, &text, &m->e))
		m->output = NULL;
	else if (!buf_ok(&text))
		err_set(&m->e, ERR_TOO_LARGE, "its answer is too long");
	else
		m->output = json_parse(w->a, buf_str(&text), text.len, &m->e);
	buf_release(&text);
	log_set_run(0);
}

static void take(struct work *w)
{
	struct errand *m = w->errand;

	w->errand = NULL;
	if (w->dropped) {
		work_done(w);
		return;
	}
	const char *problem = m->output ? judge(w, m->output) : m->e.msg;
	if (problem)
		settle_park(w, "failure", "The built-in %s could not do this: %s", w->lease.agent,
			    problem);
}

static void answered(uv_work_t *task, int status)
{
	struct errand *m = task->data;

	work_step(m->w, take);
}

void fallback_begin(struct work *w)
{
	struct errand *m = arena_alloc(w->a, sizeof(*m));

	m->w = w;
	m->task.data = m;
	w->errand = m;
	uv_queue_work(w->r->loop, &m->task, answer, answered);
}
