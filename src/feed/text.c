/* SPDX-License-Identifier: MIT */
/*
 * What models are writing, to those who watch the run. A piece says how many bytes come before it; it has no
 * number, and who is slow misses some. A viewer that has just come gets what there is from the beginning, or
 * the end of it.
 */
#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"

enum { RUNS = 256, TAIL = 64 << 10, ROWS = 1024 };

struct reading {
	struct trip trip; /* first */
	int64_t runs[RUNS], calls[RUNS * CALLS], bytes[RUNS * CALLS];
	bool whole[RUNS]; /* from the beginning */
	size_t n, call_count;
	struct rows *rows;
};

void text_heard(struct feed *f, const char *payload)
{
	struct str rest = str_from(payload);
	while (rest.len) {
		struct str one = str_cut(&rest, ' ');
		char digits[I64_CHARS];
		int64_t run;
		if (one.len >= sizeof(digits))
			continue;
		memcpy(digits, one.s, one.len);
		digits[one.len] = '\0';
		struct topic *t = NULL;
		if (parse_i64(digits, 1, INT64_MAX, &run))
			t = topic_find(f, TOPIC_RUN, run);
		if (t)
			t->text = f->want_text = true;
	}
	feed_wake(f);
}

static bool go(struct trip *t, struct db *db, struct err *e)
{
	struct reading *k = (struct reading *)t;
	return db_many(db, t->a, STMT_FEED_TEXT,
		       P(p_int_array(k->runs, k->n), p_int_array(k->calls, k->call_count),
			 p_int_array(k->bytes, k->call_count), p_int(ROWS)), &k->rows, e);
}

/* The oldest is forgotten for a new one. */
static struct live_call *call_of(struct topic *t, int64_t call)
{
	if (!t->calls)
		t->calls = calloc(CALLS, sizeof(*t->calls));
	for (unsigned i = 0; t->calls && i < CALLS; i++)
		if (t->calls[i].call == call)
			return &t->calls[i];
	if (!t->calls)
		return NULL;
	struct live_call *c = &t->calls[t->next_call++ % CALLS];
	*c = (struct live_call){ call, 0 };
	return c;
}

static void write_piece(struct message m[2], const struct rows *r, size_t i, struct str s, int64_t at)
{
	const char *node = row_text(r, i, "node");
	struct buf json;

	buf_init(&json, (size_t)8 << 20);
	buf_adds(&json, "{\"kind\":\"text\",\"stage\":");
	json_write_str(&json, node, strlen(node));
	buf_addf(&json, ",\"call\":%lld,\"at\":%lld,\"bytes\":%zu,\"text\":",
		 (long long)row_int(r, i, "call_id"), (long long)at, s.len);
	json_write_str(&json, s.s, s.len);
	buf_addc(&json, '}');
	for (int plain = 0; plain < 2; plain++) {
		message_init(&m[plain]);
		message_add(&m[plain], 0, "text", buf_str(&json), plain);
	}
	buf_release(&json);
}

/* From byte `from` on, or the end of that, at a character's edge. */
static struct str piece(struct str s, int64_t at, int64_t from, int64_t *begins)
{
	size_t skip = from > at ? (size_t)(from - at) : 0;
	skip = skip < s.len ? skip : s.len;
	if (s.len - skip > TAIL)
		skip = s.len - TAIL;
	while (skip < s.len && ((unsigned char)s.s[skip] & 0xc0) == 0x80)
		skip++;
	*begins = at + (int64_t)skip;
	return (struct str){ s.s + skip, s.len - skip };
}

static void give(struct topic *t, const struct rows *r, size_t i)
{
	struct str all = str_from(row_text(r, i, "text"));
	struct live_call *c = call_of(t, row_int(r, i, "call_id"));
	int64_t at = row_int(r, i, "at"), begins;
	struct message fresh[2], more[2];
	struct viewer *next;

	if (!c)
		return;
	struct str first = piece(all, at, 0, &begins);
	write_piece(fresh, r, i, first, begins);
	struct str rest = piece(all, at, c->bytes, &begins);
	write_piece(more, r, i, rest, begins);
	c->bytes = at + (int64_t)all.len;
	for (struct viewer *v = t->viewers; v; v = next) {
		next = v->next;
		if (v->kind == VIEW_RUN && viewer_takes(v) && (v->new_text || rest.len))
			viewer_send(v, v->new_text ? &fresh[v->plain] : &more[v->plain]);
	}
	for (int plain = 0; plain < 2; plain++) {
		message_release(&fresh[plain]);
		message_release(&more[plain]);
	}
}

static void back(struct trip *t, bool ok)
{
	struct reading *k = (struct reading *)t;
	struct topic *topic;

	for (size_t i = 0; ok && i < rows_count(k->rows); i++)
		if ((topic = topic_find(t->feed, TOPIC_RUN, row_int(k->rows, i, "run_id"))))
			give(topic, k->rows, i);
	for (size_t i = 0; i < k->n; i++) {
		topic = k->whole[i] ? topic_find(t->feed, TOPIC_RUN, k->runs[i]) : NULL;
		for (struct viewer *v = topic ? topic->viewers : NULL; v; v = v->next)
			v->new_text = v->new_text && !ok;
	}
}

static void take(struct topic *t, void *ctx)
{
	struct reading *k = ctx;
	bool whole = false;

	if (!t->text || k->n == RUNS)
		return;
	t->text = false;
	for (struct viewer *v = t->viewers; v && !whole; v = v->next)
		whole = v->new_text && viewer_takes(v);
	k->whole[k->n] = whole;
	k->runs[k->n++] = t->id;
	for (unsigned i = 0; t->calls && !whole && i < CALLS; i++) {
		if (!t->calls[i].call)
			continue;
		k->calls[k->call_count] = t->calls[i].call;
		k->bytes[k->call_count++] = t->calls[i].bytes;
	}
}

void text(struct feed *f)
{
	if (!f->want_text)
		return;
	struct reading *k = trip_new(f, sizeof(*k), go, back);
	topics_each(f, take, k);
	f->want_text = k->n == RUNS;
	if (k->n)
		trip_start(&k->trip);
	else
		arena_free(k->trip.a);
}
