/* SPDX-License-Identifier: MIT */
/*
 * For pages that list runs: that something has happened which this person may see, and how much waits for
 * them. It has no number: who comes again is told how things are. Asked for all people at once, and not so
 * often that it would become most of what the database does.
 */
#include "feed/feed.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"

enum { PEOPLE = 1024, PACE_MS = 200, SHARE = 5, RUNS = sizeof(((struct feed *)0)->runs) / sizeof(int64_t) };

struct asking {
	struct trip trip; /* first */
	int64_t accounts[PEOPLE], runs[RUNS];
	size_t n, run_count;
	bool all;         /* whatever happened, it may concern everybody */
	int64_t took_ms;
	struct rows *rows;
};

void state_heard(struct feed *f, int64_t run)
{
	for (size_t i = 0; i < f->run_count; i++)
		if (f->runs[i] == run)
			return;
	if (f->run_count == RUNS)
		f->state_missed = true;
	else
		f->runs[f->run_count++] = run;
	feed_wake(f);
}

static bool go(struct trip *t, struct db *db, struct err *e)
{
	struct asking *k = (struct asking *)t;
	int64_t began = clock_mono_ms();
	bool ok = db_many(db, t->a, STMT_FEED_STATE,
			  P(p_int_array(k->accounts, k->n), p_int_array(k->runs, k->run_count)),
			  &k->rows, e);
	k->took_ms = clock_mono_ms() - began;
	return ok;
}

static void tell(struct topic *t, bool touched, int64_t turn, int64_t running)
{
	struct message m[2];
	struct viewer *next;
	char json[120];

	if (!touched && !t->fresh && t->turn == turn && t->running == running)
		return;
	t->fresh = false;
	t->turn = turn;
	t->running = running;
	snprintf(json, sizeof(json), "{\"kind\":\"state\",\"turn\":%lld,\"running\":%lld}", (long long)turn,
		 (long long)running);
	for (int plain = 0; plain < 2; plain++) {
		message_init(&m[plain]);
		message_add(&m[plain], 0, "state", json, plain);
	}
	for (struct viewer *v = t->viewers; v; v = next) {
		next = v->next;
		/* Who takes nothing now is told when it does. */
		if (viewer_takes(v))
			viewer_send(v, &m[v->plain]);
		else
			t->fresh = true;
	}
	message_release(&m[0]);
	message_release(&m[1]);
}

static void on_again(uv_timer_t *timer)
{
	feed_wake(timer->data);
}

static void back(struct trip *t, bool ok)
{
	struct asking *k = (struct asking *)t;
	struct feed *f = t->feed;
	int64_t pause = k->took_ms * SHARE > PACE_MS ? k->took_ms * SHARE : PACE_MS;

	f->state_ms = clock_mono_ms() + pause;
	uv_timer_start(&f->again, on_again, (uint64_t)pause, 0);
	if (!ok) {
		f->state_missed = true;
		return;
	}
	for (size_t i = 0; i < rows_count(k->rows); i++) {
		struct topic *topic = topic_find(f, TOPIC_STATE, row_int(k->rows, i, "account_id"));
		if (topic)
			tell(topic, k->all || row_bool(k->rows, i, "touched"), row_int(k->rows, i, "turn"),
			     row_int(k->rows, i, "running"));
	}
}

static void take(struct topic *t, void *ctx)
{
	struct asking *k = ctx;
	if (t->kind != TOPIC_STATE)
		return;
	topic_undue(t);
	if (k->n < PEOPLE) {
		k->accounts[k->n++] = t->id;
		return;
	}
	t->fresh = true;
	topic_due(t);
}

void state(struct feed *f)
{
	bool news = f->run_count || f->state_missed;

	if ((!news && !f->due[TOPIC_STATE]) || clock_mono_ms() < f->state_ms)
		return;
	struct asking *k = trip_new(f, sizeof(*k), go, back);
	k->all = f->state_missed;
	k->run_count = f->run_count;
	memcpy(k->runs, f->runs, f->run_count * sizeof(*f->runs));
	f->run_count = 0;
	f->state_missed = false;
	if (news)
		topics_each(f, take, k);
	while (f->due[TOPIC_STATE] && k->n < PEOPLE && !news)
		take(f->due[TOPIC_STATE], k);
	if (k->n)
		trip_start(&k->trip);
	else
		arena_free(k->trip.a);
}
