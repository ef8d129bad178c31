/* SPDX-License-Identifier: MIT */
/* Numbered events to those who watch a run, each from its own place on. */
#include "feed/feed.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"

enum { PLACES = 256, EVENTS = 100, ENOUGH = 48 << 10 };

/* Where somebody stands, and what came after it. */
struct place {
	int64_t run, after;
	int64_t last;          /* the run's newest; -1: there is no such run any more */
	int64_t first, upto;   /* what `named` holds; 0: nothing */
	struct message named, plain;
	struct buf list;       /* for long polls */
	bool found;
};

struct batch {
	struct trip trip; /* first */
	struct place places[PLACES];
	size_t n;
	struct rows *rows;
};

static bool go(struct trip *t, struct db *db, struct err *e)
{
	struct batch *k = (struct batch *)t;
	int64_t runs[PLACES], afters[PLACES];
	for (size_t i = 0; i < k->n; i++) {
		runs[i] = k->places[i].run;
		afters[i] = k->places[i].after;
	}
	return db_many(db, t->a, STMT_FEED_EVENTS,
		       P(p_int_array(runs, k->n), p_int_array(afters, k->n), p_int(EVENTS)),
		       &k->rows, e);
}

static void add_event(struct place *p, const struct rows *r, size_t i)
{
	const char *kind = row_text(r, i, "kind"), *body = row_text(r, i, "body");
	int64_t seq = row_int(r, i, "seq");
	struct buf json;

	buf_init(&json, (size_t)8 << 20);
	buf_addf(&json, "{\"seq\":%lld,\"kind\":", (long long)seq);
	json_write_str(&json, kind, str_from(kind).len);
	buf_addf(&json, ",\"at\":\"%s\",\"body\":", row_text(r, i, "at"));
	buf_adds(&json, body);
	buf_addc(&json, '}');
	/* Cut off, but never silently: without it the number would be missing. */
	if (!buf_ok(&json)) {
		buf_clear(&json);
		buf_addf(&json, "{\"seq\":%lld,\"kind\":\"large\"}", (long long)seq);
	}
	message_add(&p->named, seq, kind, buf_str(&json), false);
	message_add(&p->plain, seq, kind, buf_str(&json), true);
	if (p->upto)
		buf_addc(&p->list, ',');
	buf_add(&p->list, buf_str(&json), json.len);
	p->first = p->first ? p->first : seq;
	p->upto = seq;
	buf_release(&json);
}

static void read_rows(struct batch *k)
{
	for (size_t i = 0; i < rows_count(k->rows); i++) {
		struct place *p = &k->places[row_int(k->rows, i, "n") - 1];
		p->last = row_int(k->rows, i, "ev_seq");
		p->found = true;
		if (!row_null(k->rows, i, "seq") && p->named.text.len < ENOUGH)
			add_event(p, k->rows, i);
	}
}

/* Events without gaps from the viewer's place on; else what it knows is of another time. */
static void give(struct viewer *v, struct place *p)
{
	bool whole = p->upto ? p->first == p->after + 1 : p->last == p->after;
	if (v->kind == VIEW_POLL) {
		if (p->upto || clock_mono_ms() >= v->until_ms || !whole)
			request_answer_poll(v, buf_str(&p->list), p->last);
	} else if (!whole) {
		struct message m;
		message_init(&m);
		message_reset(&m, p->last, v->plain);
		v->seq = p->last;
		viewer_send(v, &m);
		message_release(&m);
	} else if (p->upto) {
		v->seq = p->upto;
		viewer_send(v, v->plain ? &p->plain : &p->named);
	}
}

static void deliver(struct feed *f, struct place *p)
{
	struct topic *t = topic_find(f, TOPIC_RUN, p->run);
	struct viewer *next;
	if (!t || !p->found)
		return;
	t->known = p->last;
	/* The last viewer takes its topic along. */
	for (struct viewer *v = t->viewers; v; v = next) {
		next = v->next;
		if (v->seq == p->after && viewer_takes(v))
			give(v, p);
	}
	t = topic_find(f, TOPIC_RUN, p->run);
	for (struct viewer *v = t ? t->viewers : NULL; v; v = v->next) {
		if (v->seq < t->known && viewer_takes(v)) {
			topic_due(t);
			break;
		}
	}
}

static void again(struct feed *f, int64_t run)
{
	struct topic *t = topic_find(f, TOPIC_RUN, run);
	if (t)
		topic_due(t);
}

static void back(struct trip *t, bool ok)
{
	struct batch *k = (struct batch *)t;
	if (ok)
		read_rows(k);
	for (size_t i = 0; i < k->n; i++) {
		struct place *p = &k->places[i];
		if (ok)
			deliver(t->feed, p);
		else if (err_transient(t->e.class))
			again(t->feed, p->run);
		message_release(&p->named);
		message_release(&p->plain);
		buf_release(&p->list);
	}
}

static bool stands(const struct batch *k, size_t from, int64_t after)
{
	for (size_t i = from; i < k->n; i++)
		if (k->places[i].after == after)
			return true;
	return false;
}

/* Each place once, however many stand there. What does not fit comes with the next batch. */
static bool take(struct batch *k, struct topic *t)
{
	size_t from = k->n;
	for (struct viewer *v = t->viewers; v; v = v->next) {
		if (!viewer_takes(v) || stands(k, from, v->seq))
			continue;
		if (k->n == PLACES)
			return false;
		struct place *p = &k->places[k->n++];
		p->run = t->id;
		p->after = v->seq;
		message_init(&p->named);
		message_init(&p->plain);
		buf_init(&p->list, (size_t)16 << 20);
	}
	topic_undue(t);
	return true;
}

void events(struct feed *f)
{
	if (!f->due[TOPIC_RUN])
		return;
	struct batch *k = trip_new(f, sizeof(*k), go, back);
	while (f->due[TOPIC_RUN] && take(k, f->due[TOPIC_RUN]))
		;
	if (k->n)
		trip_start(&k->trip);
	else
		arena_free(k->trip.a);
}
