/* SPDX-License-Identifier: MIT */
/*
 * What others tell through the database, on the connection that does the work: new work,
 * and runs that were stopped. Nothing is lost when it is not heard; it only takes longer.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "runner/runner.h"

static void drop_run(struct runner *r, int64_t run)
{
	struct work *next;

	for (struct work *w = r->first; w; w = next) {
		next = w->next;
		if (w->lease.run == run)
			work_unwanted(w);
	}
}

static void heard(void *ctx, const char *channel, const char *payload)
{
	struct runner *r = ctx;
	int64_t run;

	if (streq(channel, "run_stopped") && parse_i64(payload, 1, INT64_MAX, &run))
		drop_run(r, run);
	r->want_claim = true;
	runner_wake(r);
}

static void free_handle(uv_handle_t *h)
{
	free(h);
}

void hear_stop(struct runner *r)
{
	if (!r->hear)
		return;
	uv_poll_stop(r->hear);
	uv_close((uv_handle_t *)r->hear, free_handle);
	r->hear = NULL;
}

void hear_pause(struct runner *r)
{
	if (r->hear)
		uv_poll_stop(r->hear);
}

static void on_hear(uv_poll_t *p, int status, int events)
{
	struct runner *r = p->data;

	if (status < 0 || !db_notifies(r->db, heard, r, NULL)) {
		hear_stop(r);
		r->want_beat = true;
		runner_wake(r);
	}
}

void hear_only_open(struct runner *r)
{
	if (!r->hear || r->trip || db_socket(r->db) >= 0)
		return;
	hear_stop(r);
	r->want_beat = true;
	runner_wake(r);
}

void hear_go_on(struct runner *r)
{
	if (r->hear && r->hear_connection == db_connections(r->db) && db_socket(r->db) >= 0)
		uv_poll_start(r->hear, UV_READABLE | UV_DISCONNECT, on_hear);
}

static bool watch(struct runner *r)
{
	r->hear = calloc(1, sizeof(*r->hear));
	if (!r->hear)
		return false;
	r->hear->data = r;
	r->hear_connection = db_connections(r->db);
	if (uv_poll_init(r->loop, r->hear, db_socket(r->db)) != 0) {
		free(r->hear);
		r->hear = NULL;
		return false;
	}
	uv_poll_start(r->hear, UV_READABLE | UV_DISCONNECT, on_hear);
	return true;
}

void hear(struct runner *r)
{
	struct err e = { 0 };

	r->heard_ms = clock_mono_ms();
	if (r->hear && r->hear_connection == db_connections(r->db) && db_socket(r->db) >= 0) {
		/* Statements may have read some that no event announces any more. */
		db_notifies(r->db, heard, r, NULL);
		return;
	}
	hear_stop(r);
	if (life_away(r) || db_socket(r->db) < 0)
		return;
	if (!db_listen(r->db, "runner_work", &e) || !db_listen(r->db, "run_stopped", &e) || !watch(r)) {
		log_warn("not listening, polling instead: %s", e.msg);
		return;
	}
	/* What was said while nobody listened is in the rows. */
	r->want_claim = true;
	runner_wake(r);
}
