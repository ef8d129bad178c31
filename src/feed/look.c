/* SPDX-License-Identifier: MIT */
/*
 * Once a second: which runs have moved without our having heard of it, and the word that they are watched. An
 * event whose transaction began before that word is told to nobody, so a topic is looked at more often when
 * it is young.
 */
#include "feed/feed.h"

#include "base/arena.h"
#include "base/clock.h"
#include "db/db.h"

enum {
	LOOKS = 1024, YOUNG_MS = 60000, YOUNG_LOOK_MS = 2000, LOOK_MS = 10000, STATE_LOOK_MS = 30000,
	TELL_MS = 60000, CLEAR_MS = 60000
};

struct looking {
	struct trip trip; /* first */
	int64_t runs[LOOKS], told[LOOKS + 1];
	size_t run_count, told_count;
	bool clear, all;
	int64_t now;
	struct rows *rows;
};

static bool go(struct trip *t, struct db *db, struct err *e)
{
	struct looking *k = (struct looking *)t;

	if (k->told_count && !db_exec(db, STMT_FEED_WATCH,
				      P(p_int_array(k->told, k->told_count), p_int(WATCHED_S)), e))
		return false;
	if (k->clear &&
	    (!db_exec(db, STMT_FEED_UNWATCH, P_NONE, e) || !db_exec(db, STMT_FEED_TEXT_CLEAR, P_NONE, e)))
		return false;
	return !k->run_count ||
	       db_many(db, t->a, STMT_FEED_SEQS, P(p_int_array(k->runs, k->run_count)), &k->rows, e);
}

static void back(struct trip *t, bool ok)
{
	struct looking *k = (struct looking *)t;
	struct feed *f = t->feed;

	if (!ok)
		return;
	for (size_t i = 0; i < k->told_count; i++) {
		struct topic *topic = topic_find(f, TOPIC_RUN, k->told[i]);
		if (topic)
			topic->told_ms = k->now;
	}
	if (k->all)
		f->told_all_ms = k->now;
	if (k->clear)
		f->cleared_ms = k->now;
	for (size_t i = 0; k->rows && i < rows_count(k->rows); i++) {
		struct topic *topic = topic_find(f, TOPIC_RUN, row_int(k->rows, i, "run_id"));
		if (topic && row_int(k->rows, i, "ev_seq") != topic->known)
			topic_due(topic);
	}
}

static void consider(struct topic *t, void *ctx)
{
	struct looking *k = ctx;
	bool young = k->now - t->began_ms < YOUNG_MS || !t->feed->hear;
	int64_t pace = t->kind == TOPIC_STATE ? STATE_LOOK_MS : young ? YOUNG_LOOK_MS : LOOK_MS;

	if (k->run_count == LOOKS || k->now - t->looked_ms < pace)
		return;
	t->looked_ms = k->now;
	if (t->kind == TOPIC_STATE) {
		topic_due(t);
		return;
	}
	k->runs[k->run_count++] = t->id;
	if (k->now - t->told_ms >= TELL_MS)
		k->told[k->told_count++] = t->id;
}

void look(struct feed *f)
{
	if (!f->want_look)
		return;
	struct looking *k = trip_new(f, sizeof(*k), go, back);
	k->now = clock_mono_ms();
	topics_each(f, consider, k);
	k->all = f->watchers && k->now - f->told_all_ms >= TELL_MS;
	if (k->all)
		k->told[k->told_count++] = 0;
	k->clear = f->topic_count && k->now - f->cleared_ms >= CLEAR_MS;
	f->want_look = false;
	if (k->run_count || k->told_count || k->clear || f->retrying || !f->hear)
		trip_start(&k->trip);
	else
		arena_free(k->trip.a);
}
