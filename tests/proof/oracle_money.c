/* SPDX-License-Identifier: MIT */
/* Paid calls under caps and limits: one at a time, each in full. */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#define DAY (86400LL * SECOND)

/* Days since 1970; the test begins at 2030-01-01. */
int64_t o_day(const struct oracle *o)
{
	return 21915 + o->now / DAY;
}

struct o_budget *o_find_budget(struct oracle *o, int kind, int64_t key)
{
	for (int i = 0; i < o->budgets; i++) {
		if (o->budget[i].kind == kind && o->budget[i].key == key)
			return &o->budget[i];
	}
	return NULL;
}

static struct o_budget *make_budget(struct oracle *o, int kind, int64_t key)
{
	if (o->budgets == BUDGETS)
		abort();
	o->budget[o->budgets] = (struct o_budget){ .kind = kind, .key = key, .cap = -1 };
	return &o->budget[o->budgets++];
}

/* The caps over a call, in the order site, day, account, project. */
static int above(struct oracle *o, const struct o_run *r, int64_t day, struct o_budget **out)
{
	int n = 0;
	const int64_t keys[4] = { 0, day, people[r->tenant].id, r->project };

	for (int kind = 1; kind <= 4; kind++) {
		struct o_budget *b = o_find_budget(o, kind, keys[kind - 1]);
		if (b)
			out[n++] = b;
	}
	return n;
}

static const struct o_call *answered(const struct oracle *o, const struct o_ask *ask, int node, int revision)
{
	const struct o_call *best = NULL;

	for (int i = 0; i < o->calls; i++) {
		const struct o_call *c = &o->call[i];
		if (c->run == ask->l.run && c->node == node && c->revision == revision && streq(c->hash, ask->hash) &&
		    streq(c->state, "answered") && !c->error)
			best = c;
	}
	return best;
}

static void refill(struct oracle *o, struct o_server *p)
{
	if (!p->set || !p->per_minute)
		return;
	double full = p->per_minute / 6.0 > 1 ? p->per_minute / 6.0 : 1;
	double now = p->tokens + (double)(o->now - p->refilled) / SECOND * p->per_minute / 60.0;
	p->tokens = now < full ? now : full;
	p->refilled = o->now;
}

/* Whether the server and every cap have room; then it is taken. */
static void weigh(struct oracle *o, struct o_ask *ask, const struct o_run *r)
{
	struct o_server *p = &o->server[ask->server];
	struct o_budget *b[4];
	int n = above(o, r, o_day(o), b);
	bool capped = false;
	int64_t amount = ask->amount < 0 ? 0 : ask->amount;

	ask->verdict = "busy";
	ask->wait_s = 1;
	if (p->set && p->most && p->in_flight >= p->most)
		return;
	if (p->set && p->per_minute && p->tokens < 1) {
		ask->wait_s = (1 - p->tokens) * 60 / p->per_minute;
		return;
	}
	ask->wait_s = 0;
	for (int i = 0; i < n; i++) {
		if (b[i]->cap < 0)
			continue;
		int64_t over = b[i]->spent + b[i]->held + amount - b[i]->cap;
		capped = true;
		if (over <= 0)
			continue;
		if (over > ask->need)
			ask->need = over;
		ask->cap[ask->caps++] = (struct o_cap){ b[i]->kind, b[i]->key, over };
	}
	if (capped && ask->amount < 0 && !r->unpriced)
		ask->verdict = "unknown";
	else if (ask->caps > 0)
		ask->verdict = "over";
	else
		ask->verdict = "go";
	if (!streq(ask->verdict, "go"))
		return;
	for (int i = 0; i < n; i++)
		b[i]->held += amount;
	if (p->set) {
		p->in_flight++;
		p->tokens -= p->per_minute > 0;
	}
}

void o_call_begin(struct oracle *o, int owner, struct o_ask *ask, int n)
{
	const struct o_budget *every = o_find_budget(o, 2, 0);

	if (every && every->cap >= 0 && !o_find_budget(o, 2, o_day(o))) {
		int64_t cap = every->cap;
		make_budget(o, 2, o_day(o))->cap = cap;
	}
	for (int i = 0; i < n; i++) {
		struct o_ask *q = &ask[i];
		q->call = -1;
		if (!o_holds(o, owner, q->l)) {
			q->verdict = "fenced";
			continue;
		}
		const struct o_run *r = &o->run[q->l.run];
		int node = r->c[q->l.branch].node, revision = r->s[node].revision + 1, no = 0;
		const struct o_call *had = answered(o, q, node, revision);
		if (had) {
			q->verdict = "stored";
			q->call = (int)(had - o->call);
			q->response = had->response;
			continue;
		}
		refill(o, &o->server[q->server]);
		weigh(o, q, r);
		if (!streq(q->verdict, "go"))
			continue;
		for (int k = 0; k < o->calls; k++) {
			if (o->call[k].run == q->l.run && o->call[k].node == node && o->call[k].revision == revision)
				no = o->call[k].no;
		}
		if (o->calls == CALLS)
			abort();
		q->call = o->calls++;
		o->call[q->call] = (struct o_call){ .run = q->l.run, .node = node, .revision = revision, .no = no + 1,
						    .owner = owner, .server = q->server, .state = "intent",
						    .hash = q->hash, .amount = q->amount, .held = q->amount >= 0,
						    .day = o_day(o), .limited = o->server[q->server].set, .cost = -1 };
	}
}

/* Once: what was held goes, what was spent comes; what is not known counts in full. */
static void settle(struct oracle *o, struct o_call *c, int64_t cost)
{
	struct o_budget *b[4];

	if (c->limited) {
		c->limited = false;
		if (o->server[c->server].in_flight > 0)
			o->server[c->server].in_flight--;
	}
	if (!c->held || c->settled)
		return;
	c->settled = true;
	c->unconfirmed = cost < 0;
	c->spent = cost < 0 ? c->amount : cost;
	for (int i = above(o, &o->run[c->run], c->day, b) - 1; i >= 0; i--) {
		b[i]->held -= c->amount;
		b[i]->spent += c->spent;
	}
}

void o_call_end(struct oracle *o, int call, const char *state, const char *response, const char *error, int64_t cost)
{
	struct o_call *c = &o->call[call];

	if (streq(c->state, "intent") || streq(c->state, "lost")) {
		c->state = state;
		c->response = response;
		c->error = error;
		c->cost = cost;
	}
	settle(o, c, cost);
}

/* The calls of dead runners count in full. */
void o_calls_lost(struct oracle *o)
{
	for (int i = 0; i < o->calls; i++) {
		struct o_call *c = &o->call[i];
		if (!streq(c->state, "intent") || (!o->runner[c->owner].ended && o->runner[c->owner].expires >= o->now))
			continue;
		c->state = "lost";
		c->error = "its runner died";
		settle(o, c, -1);
	}
}

/* A cap that comes counts what was before it. */
static void begin_budget(struct oracle *o, int kind, int64_t key)
{
	if (o_find_budget(o, kind, key))
		return;
	struct o_budget *b = make_budget(o, kind, key);
	for (int i = 0; i < o->calls; i++) {
		const struct o_call *c = &o->call[i];
		if (!c->held || (kind == 2 && (key == 0 || c->day != key)) ||
		    (kind == 3 && people[o->run[c->run].tenant].id != key))
			continue;
		if (c->settled)
			b->spent += c->spent;
		else
			b->held += c->amount;
	}
}

int o_budget_set(struct oracle *o, int kind, int64_t key, int64_t cap)
{
	if (kind == 4) {
		struct o_budget *b = o_find_budget(o, 4, key);
		if (!b)
			return 404;
		b->cap = cap;
		for (int i = 0; i < o->runs; i++)
			o->run[i].audits += o->run[i].project == key;
		return 0;
	}
	begin_budget(o, kind, key);
	o_find_budget(o, kind, key)->cap = cap;
	if (kind == 2 && key == 0) {
		begin_budget(o, 2, o_day(o));
		o_find_budget(o, 2, o_day(o))->cap = cap;
	}
	o->site_audits++;
	return 0;
}

void o_limit_set(struct oracle *o, int server, int most, int per_minute)
{
	struct o_server *p = &o->server[server];
	int open = 0;

	if (p->most == most && p->per_minute == per_minute)
		return;
	for (int i = 0; i < o->calls; i++) {
		struct o_call *c = &o->call[i];
		if (c->server != server)
			continue;
		if (!most && !per_minute)
			c->limited = false;
		else if (streq(c->state, "intent"))
			c->limited = true;
		open += c->limited;
	}
	if (!most && !per_minute) {
		*p = (struct o_server){ 0 };
		return;
	}
	if (!p->set || p->per_minute != per_minute) {
		p->tokens = per_minute / 6.0 > 1 ? per_minute / 6.0 : 1;
		p->refilled = o->now;
	}
	p->set = true;
	p->most = most;
	p->per_minute = per_minute;
	p->in_flight = open;
}
