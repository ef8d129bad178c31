/* SPDX-License-Identifier: MIT */
/*
 * What is told through the database, on the connection that does the work. Nothing is lost when it is not
 * heard: look.c finds it, later.
 */
#include "feed/feed.h"

#include <stdlib.h>

#include "base/str.h"
#include "db/db.h"

static void heard(void *ctx, const char *channel, const char *payload)
{
	struct feed *f = ctx;
	struct topic *t;
	int64_t run;

	if (streq(channel, "text")) {
		text_heard(f, payload);
	} else if (parse_i64(payload, 1, INT64_MAX, &run)) {
		t = topic_find(f, TOPIC_RUN, run);
		if (t)
			topic_due(t);
		if (f->watchers)
			state_heard(f, run);
	}
}

static void free_handle(uv_handle_t *h)
{
	free(h);
}

void hear_stop(struct feed *f)
{
	if (!f->hear)
		return;
	uv_poll_stop(f->hear);
	uv_close((uv_handle_t *)f->hear, free_handle);
	f->hear = NULL;
}

void hear_pause(struct feed *f)
{
	if (f->hear)
		uv_poll_stop(f->hear);
}

static void on_hear(uv_poll_t *p, int status, int events)
{
	struct feed *f = p->data;

	if (status >= 0 && db_notifies(f->db, heard, f, NULL))
		return;
	/* The next trip connects again. */
	hear_stop(f);
	f->want_look = true;
	feed_wake(f);
}

static bool watch(struct feed *f)
{
	hear_stop(f);
	f->hear = calloc(1, sizeof(*f->hear));
	if (!f->hear)
		return false;
	f->hear->data = f;
	f->hear_connection = db_connections(f->db);
	if (uv_poll_init(f->loop, f->hear, db_socket(f->db)) == 0)
		return true;
	free(f->hear);
	f->hear = NULL;
	return false;
}

void hear_go_on(struct feed *f)
{
	/* Statements may have read some that no event announces any more. */
	if (db_socket(f->db) < 0 || !db_notifies(f->db, heard, f, NULL))
		hear_stop(f);
	else if ((f->hear && f->hear_connection == db_connections(f->db)) || watch(f))
		uv_poll_start(f->hear, UV_READABLE | UV_DISCONNECT, on_hear);
}
