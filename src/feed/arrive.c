/* SPDX-License-Identifier: MIT */
/* Who looks, and may they: asked when a viewer arrives, and again from time to time as long as it stays. */
#include "feed/feed.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/str.h"
#include "db/db.h"

enum { ARRIVALS = 256 };

struct arrival {
	struct trip trip; /* first */
	struct viewer *viewers[ARRIVALS];
	bool arriving[ARRIVALS];
	size_t n;
	struct str hashes[ARRIVALS];
	uint8_t bytes[ARRIVALS][SHA256_LEN];
	const char *bearer[ARRIVALS];
	int64_t runs[ARRIVALS];
	int64_t idle_minutes;
	/* what came back: 0 is nobody, and no run of theirs */
	int64_t accounts[ARRIVALS], seen[ARRIVALS], last[ARRIVALS];
};

static bool go(struct trip *t, struct db *db, struct err *e)
{
	struct arrival *k = (struct arrival *)t;
	struct rows *r;
	int64_t watched[ARRIVALS];
	size_t n = 0;

	if (!db_many(db, t->a, STMT_FEED_ARRIVE,
		     P(p_bytes_array(k->hashes, k->n), p_text_array(k->bearer, k->n),
		       p_int_array(k->runs, k->n), p_int(k->idle_minutes)),
		     &r, e))
		return false;
	for (size_t i = 0; i < rows_count(r); i++) {
		size_t at = (size_t)row_int(r, i, "n") - 1;
		k->accounts[at] = row_int(r, i, "account_id");
		k->seen[at] = row_int(r, i, "run_id");
		k->last[at] = row_int(r, i, "ev_seq");
	}
	/* From here on events wake us; those before are looked for once the viewer is in. */
	for (size_t i = 0; i < k->n; i++)
		if (k->arriving[i] && k->accounts[i] && k->seen[i] == k->runs[i])
			watched[n++] = k->runs[i];
	return n == 0 || db_exec(db, STMT_FEED_WATCH, P(p_int_array(watched, n), p_int(WATCHED_S)), e);
}

static void refuse(struct viewer *v, bool known)
{
	struct err e = { 0 };
	if (known)
		err_set(&e, ERR_NOT_FOUND, "There is no such run, or it is not yours to see.");
	else
		err_set(&e, ERR_UNAUTHENTICATED,
			"You are not signed in, or no longer; sign in and try again.");
	request_refuse(v, &e);
}

/* A place beyond the end is one of another database, or of one that was restored. */
static void begin_stream(struct viewer *v, int64_t last)
{
	struct message m;

	message_init(&m);
	message_head(&m);
	if (v->kind == VIEW_RUN && v->seq > last) {
		message_reset(&m, last, v->plain);
		v->seq = last;
	} else if (v->kind == VIEW_RUN && v->seq < 0) {
		v->seq = last;
		message_place(&m, last);
	}
	viewer_send(v, &m);
	message_release(&m);
}

static void let_in(struct viewer *v, int64_t account, int64_t last)
{
	struct feed *f = v->feed;
	struct topic *t = v->kind == VIEW_STATE ? topic_get(f, TOPIC_STATE, account) :
						  topic_get(f, TOPIC_RUN, v->run);
	int64_t now = clock_mono_ms();

	viewer_unlink(v);
	v->state = V_OPEN;
	v->checked_ms = now;
	topic_join(t, v);
	if (t->kind == TOPIC_RUN) {
		t->told_ms = t->told_ms ? t->told_ms : now;
		t->known = t->known > last ? t->known : last;
	} else {
		t->fresh = true;
		f->told_all_ms = f->told_all_ms ? f->told_all_ms : now;
	}
	topic_due(t);
	wheel_add(v);
	if (v->kind == VIEW_POLL) {
		v->until_ms = now + (v->seq > last ? 0 : v->wait_ms);
		return;
	}
	if (v->kind == VIEW_RUN) {
		v->new_text = t->text = true;
		f->want_text = true;
	}
	begin_stream(v, last);
}

static void back(struct trip *t, bool ok)
{
	struct arrival *k = (struct arrival *)t;
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < k->n; i++) {
		struct viewer *v = k->viewers[i];
		bool may = k->accounts[i] && (v->kind == VIEW_STATE || k->seen[i]);
		if (!viewer_back(v))
			continue;
		if (!ok && v->state == V_ASKING && !err_transient(t->e.class))
			request_refuse(v, &t->e);
		if (!ok)
			continue;
		if (v->state == V_ASKING && may)
			let_in(v, k->accounts[i], k->last[i]);
		else if (v->state == V_ASKING)
			refuse(v, k->accounts[i] != 0);
		else if (v->state == V_OPEN && may)
			v->checked_ms = now;
		else if (v->state == V_OPEN)
			viewer_end(v);
	}
}

static void take(struct arrival *k, struct viewer *v)
{
	size_t i = k->n++;
	v->asked = true;
	k->viewers[i] = v;
	k->arriving[i] = v->state == V_ASKING;
	memcpy(k->bytes[i], v->hash, SHA256_LEN);
	k->hashes[i] = (struct str){ (const char *)k->bytes[i], SHA256_LEN };
	k->bearer[i] = v->bearer ? "true" : "false";
	k->runs[i] = v->run;
}

static void take_again(struct topic *t, void *ctx)
{
	struct arrival *k = ctx;
	int64_t before = clock_mono_ms() - t->feed->config->feed_check_s * 1000;
	for (struct viewer *v = t->viewers; v && k->n < ARRIVALS; v = v->next)
		if (v->state == V_OPEN && !v->asked && v->checked_ms <= before)
			take(k, v);
}

void arrive(struct feed *f)
{
	if (!f->asking && !f->want_check)
		return;
	struct arrival *k = trip_new(f, sizeof(*k), go, back);
	k->idle_minutes = f->config->session_idle_minutes;
	for (struct viewer *v = f->asking; v && k->n < ARRIVALS; v = v->next)
		if (!v->asked)
			take(k, v);
	if (f->want_check)
		topics_each(f, take_again, k);
	f->want_check = f->want_check && k->n == ARRIVALS;
	if (k->n)
		trip_start(&k->trip);
	else
		arena_free(k->trip.a);
}
