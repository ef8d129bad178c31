/* SPDX-License-Identifier: MIT */
/*
 * The way of a batch to the database and back. There is one connection, so one is under way at a time; a
 * thread waits for it. When the database is away it is tried again after a while, and whatever may have been
 * missed is looked at then.
 */
#include "feed/feed.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"

enum { FIRST_WAIT_MS = 200, LONGEST_WAIT_MS = 3000 };

static void go(uv_work_t *task)
{
	struct trip *t = task->data;
	t->ok = db_connect(t->feed->db, &t->e) && db_listen(t->feed->db, "event", &t->e) &&
		db_listen(t->feed->db, "text", &t->e) && t->go(t, t->feed->db, &t->e);
}

static void lost(struct feed *f, const struct err *e)
{
	if (!f->away)
		log_warn("the database is away: %s", e->msg);
	f->away = true;
	f->retry_ms = f->retry_ms ? f->retry_ms * 2 : FIRST_WAIT_MS;
	if (f->retry_ms > LONGEST_WAIT_MS)
		f->retry_ms = LONGEST_WAIT_MS;
	uv_timer_start(&f->retry, trip_retry, (uint64_t)f->retry_ms, 0);
}

static void back(uv_work_t *task, int status)
{
	struct trip *t = task->data;
	struct feed *f = t->feed;
	struct arena *a = t->a;

	f->trip = NULL;
	/* What the database refuses says nothing about the database. */
	if (t->ok || !err_transient(t->e.class)) {
		if (f->away)
			log_info("the database is back");
		f->away = false;
		f->retry_ms = 0;
	} else {
		lost(f, &t->e);
	}
	if (f->connection != db_connections(f->db)) {
		f->connection = db_connections(f->db);
		topics_doubt(f);
	}
	t->back(t, t->ok);
	arena_free(a);
	hear_go_on(f);
	feed_wake(f);
}

void trip_retry(uv_timer_t *timer)
{
	struct feed *f = timer->data;
	/* Something must set out, so that it is known whether it arrives. */
	f->retrying = f->want_look = true;
	feed_wake(f);
}

void *trip_new(struct feed *f, size_t size, bool (*there)(struct trip *, struct db *, struct err *),
	       void (*again)(struct trip *, bool))
{
	struct arena *a = arena_new(0);
	struct trip *t = arena_alloc(a, size);
	t->a = a;
	t->feed = f;
	t->go = there;
	t->back = again;
	t->task.data = t;
	return t;
}

void trip_start(struct trip *t)
{
	struct feed *f = t->feed;
	f->trip = t;
	f->retrying = false;
	hear_pause(f);
	if (uv_queue_work(f->loop, &t->task, go, back) != 0) {
		go(&t->task);
		back(&t->task, 0);
	}
}
