/* SPDX-License-Identifier: MIT */
/* How a run moves: along the edges of an outcome, onto nodes, through joins, to an end. */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void o_event(struct o_run *r, const char *kind)
{
	r->kinds[r->events++ % KINDS] = kind;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static bool any_open_gate(const struct o_run *r)
{
	for (int i = 0; i < r->gates; i++) {
		if (streq(r->gate[i].state, "open"))
			return true;
	}
	return false;
}

/* Closes what is asked, ends every cursor, which fences whoever works, and says what became of it. */
void o_end(struct oracle *o, struct o_run *r, const char *state)
{
	bool cancelled = streq(state, "cancelled");

	for (int b = 0; b < r->branches; b++) {
		struct o_cursor *c = &r->c[b];
		if (c->state == 'D')
			continue;
		c->state = 'D';
		c->why = c->came = NULL;
		c->owner = NOBODY;
		c->epoch++;
	}
	for (int i = 0; i < r->gates; i++) {
		if (streq(r->gate[i].state, "open"))
			r->gate[i].state = "closed";
	}
	for (int i = 0; i < r->dead; i++) {
		if (!r->letter[i].resolution)
			r->letter[i].resolution = "given up";
	}
	for (int i = 0; i < r->g->node_count; i++) {
		struct o_stage *s = &r->s[i];
		if (streq(s->state, "pending"))
			s->state = "skipped";
		else if (streq(s->state, "running") || streq(s->state, "waiting"))
			s->state = cancelled ? "skipped" : "failed";
	}
	r->state = state;
	r->ended = true;
	if (streq(state, "done"))
		r->problem = NULL;
	o_event(r, "project_complete");
}

/* A gate node asks; with `gate` any node does. */
static bool asks(const struct o_run *r, const struct o_enter *e)
{
	return e->gate || r->g->nodes[e->node].kind == GATE;
}

static int stage_of(const struct o_run *r, int node)
{
	const char *reviews = r->g->nodes[node].reviews;
	return reviews ? graph_node(r->g, reviews) : node;
}

static void move(struct oracle *o, struct o_run *r, const struct o_enter *e, int keep)
{
	struct o_cursor *c = &r->c[e->branch];
	const struct g_node *n = &r->g->nodes[e->node];

	c->node = e->node;
	c->attempt = 0;
	c->lost = 0;
	c->epoch++;
	c->came = n->kind == JOIN ? e->came : NULL;
	c->why = NULL;
	c->owner = NOBODY;
	if (n->kind == AGENT && !e->gate && !r->paused && keep != NOBODY) {
		c->state = 'L';
		c->owner = keep;
		c->deadline = o->now + (int64_t)n->timeout_s * SECOND;
		return;
	}
	c->rank = o->now - (int64_t)r->priority * 600 * SECOND;
	c->run_at = o->now + (int64_t)n->wait_s * SECOND;
	if (asks(r, e)) {
		c->state = 'W';
		c->why = streq(e->gate, "question") ? "answer" : "gate";
	} else if (n->kind == TIMER) {
		c->state = 'W';
		c->why = "timer";
	} else if (n->kind == JOIN) {
		c->state = c->parent < 0 ? 'W' : 'D';
		c->why = c->parent < 0 ? "join" : NULL;
	} else if (n->kind == EXIT) {
		c->state = 'D';
	} else {
		c->state = r->paused ? 'W' : 'R';
		c->why = r->paused ? "paused" : NULL;
	}
}

/* The stage is to be done, or waits for a person; what comes after one that is done again is stale. What
   stands beside it in another branch is not. */
static void mark(struct o_run *r, const struct o_enter *e, int keep)
{
	const struct g_node *n = &r->g->nodes[e->node];
	int stage = stage_of(r, e->node);
	struct o_stage *s = &r->s[stage];
	bool working = keep != NOBODY && !r->paused;

	if (!e->gate && n->kind != AGENT && n->kind != GATE)
		return;
	s->problem = e->gate ? e->detail : NULL;
	if (asks(r, e)) {
		s->state = "waiting";
		return;
	}
	s->state = working ? "running" : "pending";
	s->attempts += working;
	for (int i = 0; i < r->g->node_count; i++) {
		struct o_stage *later = &r->s[i];
		if (i == stage || !graph_reaches(r->g, e->node, i) ||
		    (!streq(later->state, "done") && !streq(later->state, "waiting")))
			continue;
		later->state = "stale";
		later->problem = NULL;
	}
}

static void ask(struct oracle *o, struct o_run *r, const struct o_enter *e)
{
	const struct g_node *n = &r->g->nodes[e->node];

	if (r->gates == QUESTIONS)
		abort();
	struct o_gate *g = &r->gate[r->gates++];
	*g = (struct o_gate){ .branch = e->branch, .node = e->node, .stage = stage_of(r, e->node),
			      .kind = e->gate ? e->gate : "review", .state = "open", .detail = e->detail,
			      .amount = e->amount, .caps = e->cap ? e->caps : -1, .quorum = n->quorum,
			      .role = n->role, .assignee = NOBODY,
			      .expires = n->expires_s ? o->now + (int64_t)n->expires_s * SECOND : 0 };
	for (int i = 0; e->cap && i < e->caps; i++)
		g->cap[i] = e->cap[i];
	g->revision = r->s[g->stage].revision;
	o_event(r, "action_required");
}

/* The run waits while anything is asked. */
static void state_of(struct o_run *r, const struct o_enter *e, int n, int keep)
{
	const char *detail = NULL;
	bool counts = false, open = any_open_gate(r);

	for (int i = 0; i < n; i++) {
		if (r->g->nodes[e[i].node].kind == EXIT && !e[i].gate)
			continue;
		counts = true;
		if (e[i].detail && (!detail || strcmp(e[i].detail, detail) < 0))
			detail = e[i].detail;
	}
	if (!counts)
		return;
	if (detail || !open)
		r->problem = detail;
	if (open)
		r->state = "waiting";
	else if (r->paused)
		r->state = "paused";
	else if (!streq(r->state, "queued") || keep != NOBODY)
		r->state = "running";
}

/* When the last of a fork's branches has come, the trunk goes on with the worst they came with. */
static void meet(struct oracle *o, struct o_run *r, int parent, int keep)
{
	const char *worst = "pass";
	bool any = false;

	for (int b = 0; b < r->branches; b++) {
		const struct o_cursor *c = &r->c[b];
		if (c->parent != parent)
			continue;
		if (c->state != 'D')
			return;
		if (!c->came)
			continue;
		any = true;
		if (streq(c->came, "fail") || (streq(c->came, "concern") && !streq(worst, "fail")))
			worst = c->came;
	}
	if (!any)
		return;
	int before = r->branches;
	o_step(o, r, &parent, &worst, &(const char *){ NULL }, 1, keep);
	for (int b = 0; b < before; b++) {
		if (r->c[b].parent == parent)
			r->c[b].came = NULL;
	}
}

void o_enter(struct oracle *o, struct o_run *r, const struct o_enter *e, int n, int keep)
{
	bool met[BRANCHES] = { false };

	for (int i = 0; i < n; i++)
		move(o, r, &e[i], keep);
	for (int i = 0; i < n; i++)
		mark(r, &e[i], keep);
	for (int i = 0; i < n; i++) {
		if (asks(r, &e[i]))
			ask(o, r, &e[i]);
	}
	state_of(r, e, n, keep);
	for (int i = 0; i < n; i++) {
		const struct g_node *node = &r->g->nodes[e[i].node];
		struct o_cursor *c = &r->c[e[i].branch];
		if (e[i].gate)
			continue;
		if (node->kind == EXIT)
			o_end(o, r, node->outcome);
		else if (node->kind == JOIN && c->parent < 0)
			o_step(o, r, &e[i].branch, &e[i].came, &(const char *){ NULL }, 1, keep);
		else if (node->kind == JOIN && !met[c->parent]) {
			met[c->parent] = true;
			meet(o, r, c->parent, keep);
		}
	}
}

/* What the branches at a join came with that was not well. */
static const char *words_of(struct oracle *o, const struct o_run *r, int parent)
{
	const char *words = NULL;

	for (int b = 0; b < r->branches; b++) {
		const struct o_cursor *c = &r->c[b];
		if (c->parent != parent || !c->came || streq(c->came, "pass") || streq(c->came, "approve") ||
		    !r->last[b].outcome)
			continue;
		const char *name = r->g->nodes[r->last[b].node].name;
		words = arena_printf(o->a, "%s%s%c%s (%s):\n\n%s", or_empty(words), words ? "\n\n" : "",
				     name[0] - 'a' + 'A', name + 1, r->last[b].outcome, r->last[b].document);
	}
	return words;
}

static int *loop_of(struct o_run *r, int node, const char *outcome)
{
	for (int i = 0; i < r->loops; i++) {
		if (r->loop[i].node == node && streq(r->loop[i].outcome, outcome))
			return &r->loop[i].times;
	}
	if (r->loops == LOOPS)
		abort();
	r->loop[r->loops].node = node;
	r->loop[r->loops].outcome = outcome;
	r->loop[r->loops].times = 0;
	return &r->loop[r->loops++].times;
}

/* The cursor waits at the join; each edge gets a branch of its own. */
static int part(struct o_run *r, const struct g_edge *e, int branch, struct o_enter *to)
{
	struct o_cursor *c = &r->c[branch];
	int n = 0;

	c->state = 'W';
	c->why = "join";
	c->node = graph_node(r->g, e->meets);
	c->epoch++;
	c->attempt = 0;
	c->lost = 0;
	c->owner = NOBODY;
	for (; e; e = graph_more(r->g, e)) {
		if (r->branches == BRANCHES)
			abort();
		r->c[r->branches] = (struct o_cursor){ .parent = branch, .state = 'W', .owner = NOBODY,
							.rank = c->rank };
		to[n++] = (struct o_enter){ .branch = r->branches++, .node = graph_node(r->g, e->next), .amount = -1 };
	}
	return n;
}

void o_step(struct oracle *o, struct o_run *r, const int *branch, const char *const *outcome,
	    const char *const *detail, int n, int keep)
{
	struct o_enter to[BRANCHES], parted[BRANCHES];
	int count = 0, more = 0;

	for (int i = 0; i < n; i++) {
		struct o_cursor *c = &r->c[branch[i]];
		const struct g_node *node = &r->g->nodes[c->node];
		const struct g_edge *e = graph_edge(r->g, c->node, outcome[i]);
		struct o_stage *s = &r->s[c->node];
		bool concern = streq(outcome[i], "concern"), again = false;
		const char *words = node->kind == JOIN ? words_of(o, r, branch[i]) : detail[i];

		if (concern && node->kind == AGENT) {
			again = streq(s->concern, or_empty(detail[i]));
			s->concern = or_empty(detail[i]);
		}
		if (!e || again || (e->max && *loop_of(r, c->node, outcome[i]) >= e->max)) {
			to[count++] = (struct o_enter){
				.branch = branch[i], .node = c->node, .came = outcome[i],
				.gate = concern || node->kind == JOIN ? "conflict" : "tests",
				.detail = words ? words : detail[i], .amount = -1
			};
			continue;
		}
		if (e->max)
			++*loop_of(r, c->node, outcome[i]);
		if (e->meets) {
			more += part(r, e, branch[i], parted + more);
			continue;
		}
		int next = graph_node(r->g, e->next);
		if ((concern || streq(outcome[i], "fail")) && r->g->nodes[next].kind == AGENT) {
			r->s[next].kind = concern ? "concern" : node->kind == JOIN ? "review" : "tests_failed";
			r->s[next].from = node->name;
			r->s[next].comment = or_empty(words);
		}
		to[count++] = (struct o_enter){ .branch = branch[i], .node = next, .came = outcome[i], .amount = -1 };
	}
	memcpy(to + count, parted, (size_t)more * sizeof(*to));
	o_enter(o, r, to, count + more, keep);
}
