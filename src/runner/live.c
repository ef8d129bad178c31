/* SPDX-License-Identifier: MIT */
/*
 * What models are writing, for those who watch just now: pieces of answers go into a table that is not worth
 * keeping, four times a second at most, and only of runs that somebody watches. Which these are the runner's
 * connection is asked, once a second while calls go on. The pieces have a connection of their own, made when
 * there is one, and a thread waits for it, one batch at a time: no call and no commit ever waits for them; what the
 * database does not take in time is shown later or not at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "runner/call.h"
#include "runner/runner.h"

enum {
	PACE_MS = 250, LOOK_MS = 1000, REST_MS = 10000, PIECES = 256, PIECE = 8 << 10, WATCHED = 4096, ENDED = 256
};
/* Of one answer. */
#define SHOWN_MAX ((size_t)1 << 20)

struct live {
	struct runner *r;
	struct db *db;
	uv_timer_t timer;
	bool under_way;
	int64_t looked_ms, rest_ms;     /* rest: the database did not take it; not before this */
	int64_t watched[WATCHED];       /* sorted */
	size_t watched_count;
	int64_t ended[ENDED];           /* calls whose pieces may go */
	size_t ended_count;
};

struct batch {
	uv_work_t task;
	struct live *live;
	struct arena *a;
	bool ok;
	int64_t runs[PIECES], calls[PIECES], at[PIECES], ended[ENDED];
	const char *nodes[PIECES], *texts[PIECES];
	size_t n, ended_count;
};

static bool send_batch(struct batch *b, struct db *db, struct err *e)
{
	if (!db_connect(db, e))
		return false;
	if (b->n && !db_exec(db, STMT_LIVE_TEXT_STORE,
			     P(p_int_array(b->runs, b->n), p_int_array(b->calls, b->n),
			       p_int_array(b->at, b->n), p_text_array(b->nodes, b->n),
			       p_text_array(b->texts, b->n)),
			     e))
		return false;
	return b->ended_count == 0 ||
	       db_exec(db, STMT_LIVE_TEXT_END, P(p_int_array(b->ended, b->ended_count)), e);
}

static void go(uv_work_t *task)
{
	struct batch *b = task->data;
	struct err e = { 0 };
	b->ok = send_batch(b, b->live->db, &e);
	if (!b->ok)
		log_warn("what models write is not shown for a while: %s", e.msg);
}

static void back(uv_work_t *task, int status)
{
	struct batch *b = task->data;
	struct live *l = b->live;

	l->under_way = false;
	if (!b->ok)
		l->rest_ms = clock_mono_ms() + REST_MS;
	arena_free(b->a);
}

void live_look(struct runner *r)
{
	struct live *l = r->live;
	struct rows *watched;
	struct arena *a;

	r->want_look = r->trip != NULL;
	if (r->want_look || life_away(r))
		return;
	l->looked_ms = clock_mono_ms();
	a = arena_new(0);
	if (db_many(r->db, a, STMT_LIVE_WATCHED, P(p_int(WATCHED)), &watched, NULL)) {
		l->watched_count = rows_count(watched);
		for (size_t i = 0; i < l->watched_count; i++)
			l->watched[i] = row_int(watched, i, "run_id");
	}
	arena_free(a);
}

static int by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return (a > b) - (a < b);
}

/* The next piece of what has come so far, at characters' edges. */
static void take_piece(struct batch *b, struct work *w)
{
	struct call *c = w->call;
	struct str all = llm_answer_text(c->answer);
	const char *s = all.s + c->shown;
	size_t n = all.len > c->shown && c->shown < SHOWN_MAX ? all.len - c->shown : 0;

	n = n < PIECE ? n : PIECE;
	ptrdiff_t bad = utf8_invalid(s, n);
	n = bad < 0 ? n : (size_t)bad;
	if (n == 0)
		return;
	b->runs[b->n] = w->lease.run;
	b->calls[b->n] = c->id;
	b->at[b->n] = (int64_t)c->shown;
	b->nodes[b->n] = arena_strdup(b->a, w->lease.node);
	b->texts[b->n++] = arena_strndup(b->a, s, n);
	c->shown += n;
}

/* False: no call goes on. */
static bool take(struct live *l, struct batch *b)
{
	bool any = false;
	for (struct work *w = l->r->first; w && b->n < PIECES; w = w->next) {
		if (!w->in_flight || !w->call || !w->call->answer)
			continue;
		any = true;
		if (bsearch(&w->lease.run, l->watched, l->watched_count, sizeof(*l->watched), by_number))
			take_piece(b, w);
	}
	return any;
}

static void on_pace(uv_timer_t *timer)
{
	struct live *l = timer->data;
	int64_t now = clock_mono_ms();

	if (l->under_way || now < l->rest_ms)
		return;
	struct arena *a = arena_new(0);
	struct batch *b = arena_alloc(a, sizeof(*b));
	b->a = a;
	b->live = l;
	b->task.data = b;
	bool any = take(l, b);
	b->ended_count = l->ended_count;
	memcpy(b->ended, l->ended, l->ended_count * sizeof(*l->ended));
	l->ended_count = 0;
	if (!any)
		uv_timer_stop(&l->timer);
	else if (now - l->looked_ms >= LOOK_MS)
		live_look(l->r);
	if (!b->n && !b->ended_count) {
		arena_free(a);
		return;
	}
	l->under_way = uv_queue_work(l->r->loop, &b->task, go, back) == 0;
	if (!l->under_way)
		arena_free(a);
}

void live_begin(struct runner *r)
{
	struct live *l = r->live;

	if (!l) {
		l = r->live = calloc(1, sizeof(*l));
		if (!l)
			return;
		l->r = r;
		l->db = db_open(r->config->runner_database_url, "botarmy-runner-live");
		uv_timer_init(r->loop, &l->timer);
		l->timer.data = l;
	}
	if (!uv_is_active((uv_handle_t *)&l->timer))
		uv_timer_start(&l->timer, on_pace, PACE_MS, PACE_MS);
}

void live_ended(struct runner *r, const struct call *c)
{
	struct live *l = r->live;
	/* What does not fit here the feed clears away, later. */
	if (l && c->shown && l->ended_count < ENDED)
		l->ended[l->ended_count++] = c->id;
}

void live_stop(struct runner *r)
{
	struct live *l = r->live;

	if (!l)
		return;
	uv_timer_stop(&l->timer);
	while (l->under_way)
		uv_run(r->loop, UV_RUN_ONCE);
}

void live_free(struct runner *r)
{
	if (r->live)
		db_close(r->live->db);
	free(r->live);
	r->live = NULL;
}
