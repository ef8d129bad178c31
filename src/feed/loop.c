/* SPDX-License-Identifier: MIT */
/* When things happen, and when it is over. */
#include "feed/feed.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "db/db.h"

enum { ACCEPTS = 256, LEAVE_MS = 3000 };

static void nothing(uv_idle_t *idle)
{
}

void feed_wake(struct feed *f)
{
	uv_idle_start(&f->idle, nothing);
}

/* By turns, so that no kind of batch waits for ever while another always has one. */
static void send_next(struct feed *f)
{
	static void (*const kinds[])(struct feed *) = { arrive, events, text, state, look };
	enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

	for (unsigned i = 0; i < KINDS && !f->trip && (!f->away || f->retrying); i++) {
		f->turn_of = (f->turn_of + 1) % KINDS;
		kinds[f->turn_of](f);
	}
}

static void on_turn(uv_check_t *c)
{
	struct feed *f = c->data;

	uv_idle_stop(&f->idle);
	if (f->stopping && !f->viewers && !f->trip)
		uv_stop(f->loop);
	else if (!f->trip)
		send_next(f);
}

/* ---- viewers come ---- */

static void on_viewers(uv_poll_t *p, int status, int events)
{
	struct feed *f = p->data;

	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(f->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			viewer_accept(f, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			log_error("no more viewers can be taken: %s; there are %zu", strerror(errno),
				  f->viewers);
			f->pausing = true;
			uv_poll_stop(p);
		}
		return;
	}
}

static void on_tick(uv_timer_t *t)
{
	struct feed *f = t->data;

	if (f->pausing && !f->stopping) {
		f->pausing = false;
		uv_poll_start(&f->accept, UV_READABLE, on_viewers);
	}
	wheel_turn(f);
	f->want_look = f->want_check = true;
	feed_wake(f);
}

/* ---- the end ---- */

static void end_viewers(struct topic *t, void *ctx)
{
	struct viewer *next;
	for (struct viewer *v = t->viewers; v; v = next) {
		next = v->next;
		/* The topic goes away with its last viewer. */
		if (v->kind == VIEW_POLL)
			request_answer_poll(v, "", v->seq);
		else
			viewer_end(v);
	}
}

static void close_all(struct viewer *list)
{
	struct viewer *next;
	for (struct viewer *v = list; v; v = next) {
		next = v->next;
		if (v->state != V_ENDING)
			viewer_close(v);
	}
}

static void on_late(uv_timer_t *t)
{
	uv_stop(t->loop);
}

static void on_signal(uv_signal_t *s, int number)
{
	struct feed *f = s->data;

	if (f->stopping)
		return;
	log_info("stopping: %s; %zu viewers come again", strsignal(number), f->viewers);
	f->stopping = true;
	uv_poll_stop(&f->accept);
	close(f->listener);
	unlink(f->config->feed_socket);
	topics_each(f, end_viewers, NULL);
	close_all(f->reading);
	close_all(f->asking);
	uv_timer_start(&f->retry, on_late, LEAVE_MS, 0);
	feed_wake(f);
}

static void close_handle(uv_handle_t *h, void *ctx)
{
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static void start(struct feed *f)
{
	uv_timer_init(f->loop, &f->tick);
	uv_timer_init(f->loop, &f->retry);
	uv_timer_init(f->loop, &f->again);
	uv_idle_init(f->loop, &f->idle);
	uv_check_init(f->loop, &f->check);
	uv_signal_init(f->loop, &f->term);
	uv_signal_init(f->loop, &f->intr);
	uv_poll_init(f->loop, &f->accept, f->listener);
	f->tick.data = f->retry.data = f->again.data = f;
	f->check.data = f->term.data = f->intr.data = f->accept.data = f;
	uv_check_start(&f->check, on_turn);
	uv_signal_start(&f->term, on_signal, SIGTERM);
	uv_signal_start(&f->intr, on_signal, SIGINT);
	uv_timer_start(&f->tick, on_tick, 1000, 1000);
	uv_poll_start(&f->accept, UV_READABLE, on_viewers);
}

int feed_loop(struct feed *f)
{
	start(f);
	uv_run(f->loop, UV_RUN_DEFAULT);
	while (f->trip)
		uv_run(f->loop, UV_RUN_ONCE);
	/* Who did not take its end within the time goes with the process. */
	if (f->viewers == 0) {
		hear_stop(f);
		uv_walk(f->loop, close_handle, NULL);
		uv_run(f->loop, UV_RUN_DEFAULT);
		uv_loop_close(f->loop);
	}
	return 0;
}
