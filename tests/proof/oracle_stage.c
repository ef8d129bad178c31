/* SPDX-License-Identifier: MIT */
/* What runners do with stages. Only who holds the lease, by (epoch, owner), is heard. */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

bool o_live(const struct oracle *o, int runner)
{
	return !o->runner[runner].ended && o->runner[runner].expires > o->now;
}

bool o_holds(const struct oracle *o, int owner, struct o_lease l)
{
	if (l.run < 0 || l.run >= o->runs || l.branch < 0 || l.branch >= o->run[l.run].branches)
		return false;
	const struct o_cursor *c = &o->run[l.run].c[l.branch];
	return c->state == 'L' && c->owner == owner && c->epoch == l.epoch;
}

static bool due(const struct oracle *o, const struct o_cursor *c)
{
	return c->state == 'W' && (streq(c->why, "retry") || streq(c->why, "timer")) && c->run_at <= o->now;
}

int o_due_count(const struct oracle *o)
{
	int n = 0;

	for (int i = 0; i < o->runs; i++) {
		for (int b = 0; b < o->run[i].branches; b++)
			n += due(o, &o->run[i].c[b]);
	}
	return n;
}

/* Retries become ready, timers let their branches go on. */
void o_due(struct oracle *o)
{
	for (int i = 0; i < o->runs; i++) {
		struct o_run *r = &o->run[i];
		int timers[BRANCHES], n = 0;
		const char *pass[BRANCHES], *none[BRANCHES];
		for (int b = 0; b < r->branches; b++) {
			struct o_cursor *c = &r->c[b];
			if (!due(o, c))
				continue;
			if (streq(c->why, "timer")) {
				pass[n] = "pass";
				none[n] = NULL;
				timers[n++] = b;
				continue;
			}
			c->state = r->paused ? 'W' : 'R';
			c->why = r->paused ? "paused" : NULL;
			c->rank = o->now - (int64_t)r->priority * 600 * SECOND;
		}
		if (n > 0)
			o_step(o, r, timers, pass, none, n, NOBODY);
	}
}

struct ready {
	struct o_lease l;
	int64_t rank;
};

static int by_rank(const void *a, const void *b)
{
	const struct ready *x = a, *y = b;
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_lease(const void *a, const void *b)
{
	const struct o_lease *x = a, *y = b;
	return x->run != y->run ? x->run - y->run : x->branch - y->branch;
}

/* Keeps the first `limit`; false when the cut goes through equals. */
static bool cut(struct ready *r, int *n, int limit)
{
	qsort(r, (size_t)*n, sizeof(*r), by_rank);
	if (*n <= limit)
		return true;
	*n = limit;
	return r[limit - 1].rank != r[limit].rank;
}

bool o_claim_plan(const struct oracle *o, int limit, int quota, struct o_lease *got, int *n)
{
	static struct ready all[RUNS * 4];
	int total = 0;
	bool clear = true;

	for (int t = 0; t < PEOPLE; t++) {
		static struct ready own[RUNS * 4];
		int count = 0;
		for (int i = 0; i < o->runs; i++) {
			const struct o_run *r = &o->run[i];
			for (int b = 0; b < r->branches && r->tenant == t && !r->paused; b++) {
				if (r->c[b].state == 'R')
					own[count++] = (struct ready){ { i, b, r->c[b].epoch + 1 }, r->c[b].rank };
			}
		}
		clear = cut(own, &count, quota) && clear;
		memcpy(all + total, own, (size_t)count * sizeof(*own));
		total += count;
	}
	clear = cut(all, &total, limit) && clear;
	for (int i = 0; i < total; i++)
		got[i] = all[i].l;
	qsort(got, (size_t)total, sizeof(*got), by_lease);
	*n = total;
	return clear;
}

int o_claim(struct oracle *o, int owner, int limit, int quota, struct o_lease *got)
{
	int n;

	if (!o_live(o, owner))
		return 0;
	o_due(o);
	o_claim_plan(o, limit, quota, got, &n);
	for (int i = 0; i < n; i++) {
		struct o_run *r = &o->run[got[i].run];
		struct o_cursor *c = &r->c[got[i].branch];
		c->state = 'L';
		c->owner = owner;
		c->epoch++;
		c->deadline = o->now + (int64_t)r->g->nodes[c->node].timeout_s * SECOND;
		r->s[c->node].state = "running";
		r->s[c->node].attempts++;
		if (streq(r->state, "queued"))
			r->state = "running";
	}
	return n;
}

/* Whether anybody else's stage is ready: then nothing is kept. */
static bool others_wait(const struct oracle *o, const struct o_output *out, int n)
{
	int tenant = -1;

	for (int i = 0; i < n; i++) {
		if (!out[i].taken)
			continue;
		int own = o->run[out[i].l.run].tenant;
		if (tenant >= 0 && own != tenant)
			tenant = PEOPLE;
		else if (tenant < 0)
			tenant = own;
	}
	for (int i = 0; i < o->runs; i++) {
		for (int b = 0; b < o->run[i].branches; b++) {
			if (o->run[i].c[b].state == 'R' && o->run[i].tenant != tenant)
				return true;
		}
	}
	return false;
}

static const char *why(const struct o_output *out)
{
	return out->detail ? out->detail : out->report;
}

static void take(struct oracle *o, struct o_output *out)
{
	struct o_run *r = &o->run[out->l.run];
	struct o_cursor *c = &r->c[out->l.branch];
	struct o_stage *s = &r->s[c->node];
	const char *agent = r->g->nodes[c->node].agent;

	out->taken = true;
	r->receipts++;
	r->last[out->l.branch].outcome = out->outcome;
	r->last[out->l.branch].node = c->node;
	r->last[out->l.branch].document = out->document;
	s->state = "done";
	s->revision++;
	s->kind = s->from = s->comment = s->problem = NULL;
	if (!streq(out->outcome, "concern"))
		s->concern = NULL;
	o_heard(o, out->l.run, out->l.branch, out->l.epoch);
	o_event(r, "stage_completed");
	if (out->body)
		o_post(o, out->l.run, agent, out->topic, out->to, 0);
}

int o_advance(struct oracle *o, int owner, struct o_output *out, int n, bool keep, struct o_lease *kept)
{
	int count = 0;

	for (int i = 0; i < n; i++)
		out[i].taken = o_holds(o, owner, out[i].l);
	for (int i = 0; i < n; i++) {
		if (out[i].taken)
			take(o, &out[i]);
	}
	int keeper = keep && !others_wait(o, out, n) ? owner : NOBODY;
	for (int i = 0; i < o->runs; i++) {
		int branch[BRANCHES], steps = 0;
		const char *outcome[BRANCHES], *detail[BRANCHES];
		struct o_run *r = &o->run[i];
		int64_t before[BRANCHES];
		for (int k = 0; k < n; k++) {
			if (!out[k].taken || out[k].l.run != i)
				continue;
			branch[steps] = out[k].l.branch;
			outcome[steps] = out[k].outcome;
			detail[steps++] = why(&out[k]);
		}
		if (steps == 0)
			continue;
		for (int b = 0; b < BRANCHES; b++)
			before[b] = b < r->branches ? r->c[b].epoch : 0;
		o_step(o, r, branch, outcome, detail, steps, keeper);
		for (int b = 0; b < r->branches; b++) {
			if (keeper != NOBODY && r->c[b].state == 'L' && r->c[b].epoch != before[b])
				kept[count++] = (struct o_lease){ i, b, r->c[b].epoch };
		}
	}
	return count;
}

static void bury(struct o_run *r, int branch, const char *problem)
{
	int k = r->dead++;

	if (k == DEAD)
		abort();
	r->letter[k].branch = branch;
	r->letter[k].node = r->c[branch].node;
	r->letter[k].attempts = r->c[branch].attempt + 1;
	r->letter[k].problem = problem;
	r->letter[k].resolution = NULL;
}

const char *o_retry(struct oracle *o, int owner, struct o_lease l, int64_t delay, const char *problem, bool counts,
		    int64_t *least, int64_t *most)
{
	if (!o_holds(o, owner, l))
		return "fenced";
	struct o_run *r = &o->run[l.run];
	struct o_cursor *c = &r->c[l.branch];
	const struct g_node *n = &r->g->nodes[c->node];
	o_back(o, l.run, l.branch, l.epoch, counts);
	if (counts && c->attempt + 1 >= n->max_attempts) {
		bury(r, l.branch, problem);
		o_enter(o, r, &(struct o_enter){ .branch = l.branch, .node = c->node, .gate = "failure",
						 .detail = problem, .amount = -1 }, 1, NOBODY);
		return "asked";
	}
	int64_t wait = (int64_t)n->base_s * SECOND;
	for (int i = 0; i < c->attempt && wait < (int64_t)n->max_s * SECOND; i++)
		wait *= 2;
	if (wait > (int64_t)n->max_s * SECOND)
		wait = (int64_t)n->max_s * SECOND;
	*least = o->now + (delay > wait / 2 ? delay : wait / 2);
	*most = o->now + (delay > wait ? delay : wait);
	c->state = 'W';
	c->why = "retry";
	c->owner = NOBODY;
	c->epoch++;
	c->attempt += counts;
	r->s[c->node].state = "pending";
	r->s[c->node].problem = problem;
	o_event(r, "error");
	return "retry";
}

const char *o_park(struct oracle *o, int owner, struct o_lease l, const char *kind, const char *detail,
		   int64_t amount, const struct o_cap *cap, int caps)
{
	if (!o_holds(o, owner, l))
		return "fenced";
	struct o_run *r = &o->run[l.run];
	int node = r->c[l.branch].node;
	o_back(o, l.run, l.branch, l.epoch, false);
	if (streq(kind, "failure"))
		bury(r, l.branch, detail);
	o_enter(o, r, &(struct o_enter){ .branch = l.branch, .node = node, .gate = kind, .detail = detail,
					 .amount = amount, .cap = cap, .caps = caps }, 1, NOBODY);
	if (streq(kind, "question"))
		o_post(o, l.run, r->g->nodes[node].agent, NULL, "people", 0);
	return "asked";
}

enum { RUNNERS_LOST = 10 };

int o_rescue(struct oracle *o, struct o_lease *freed)
{
	int n = 0;

	for (int i = 0; i < o->runs; i++) {
		struct o_run *r = &o->run[i];
		struct o_enter deadly[BRANCHES];
		int dead_count = 0;
		for (int b = 0; b < r->branches; b++) {
			struct o_cursor *c = &r->c[b];
			if (c->state != 'L')
				continue;
			bool dead = o->runner[c->owner].ended || o->runner[c->owner].expires < o->now;
			if (!dead && c->deadline >= o->now)
				continue;
			o_back(o, i, b, c->epoch, true);
			c->state = r->paused ? 'W' : 'R';
			c->why = r->paused ? "paused" : NULL;
			c->owner = NOBODY;
			c->epoch++;
			r->s[c->node].state = "pending";
			freed[n++] = (struct o_lease){ i, b, c->epoch };
			if (++c->lost < RUNNERS_LOST)
				continue;
			const char *why = arena_printf(o->a, "Runners were lost %d times while they worked on this stage.",
						       c->lost);
			bury(r, b, why);
			deadly[dead_count++] = (struct o_enter){ .branch = b, .node = c->node, .gate = "failure",
								 .amount = -1, .detail = why };
		}
		if (dead_count)
			o_enter(o, r, deadly, dead_count, NOBODY);
	}
	o_calls_lost(o);
	return n;
}
