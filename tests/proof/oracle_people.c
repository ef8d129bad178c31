/* SPDX-License-Identifier: MIT */
/* What people do: submit, decide, cancel, pause, go back. */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

struct person people[PEOPLE] = {
	{ .name = "vera", .role = "viewer" },	{ .name = "sam", .role = "submitter" },
	{ .name = "anna", .role = "approver" }, { .name = "bert", .role = "approver" },
	{ .name = "carol", .role = "operator" }, { .name = "dave", .role = "admin" },
	{ .name = "gone", .role = "admin", .disabled = true },
};

void oracle_reset(struct oracle *o)
{
	struct arena *a = o->a;
	int64_t now = o->now;

	arena_reset(a);
	memset(o, 0, sizeof(*o));
	o->a = a;
	o->now = now;
}

int oracle_open(const struct oracle *o)
{
	int n = 0;

	for (int i = 0; i < o->runs; i++)
		n += !o->run[i].ended;
	return n;
}

void o_submit(struct oracle *o, int graph, int tenant, int priority, int64_t cap, int64_t run, int64_t project)
{
	struct o_run *r = &o->run[o->runs++];
	const struct graph *g = &graphs[graph];

	*r = (struct o_run){ .id = run, .project = project, .g = g, .tenant = tenant, .priority = priority,
			     .branches = 1, .state = "queued", .audits = 1 };
	r->c[0] = (struct o_cursor){ .parent = -1, .owner = NOBODY, .state = 'R',
				     .rank = o->now - (int64_t)priority * 600 * SECOND };
	for (int i = 0; i < g->node_count; i++)
		r->s[i].state = "pending";
	o->budget[o->budgets++] = (struct o_budget){ .kind = 4, .key = project, .cap = cap };
	o_event(r, "agent_status");
}

static int rank_of(const char *role)
{
	static const char *const roles[] = { "viewer", "submitter", "approver", "operator", "admin" };
	int at = 0;

	while (!streq(roles[at], role))
		at++;
	return at;
}

static bool one_of(const char *kind, const char *list)
{
	const char *at = strstr(list, kind);
	return at && (at == list || at[-1] == ' ') && (at[strlen(kind)] == ' ' || at[strlen(kind)] == '\0');
}

static const char *allowed(const char *gate)
{
	if (streq(gate, "review") || streq(gate, "tests") || streq(gate, "conflict"))
		return "approve changes reject";
	if (streq(gate, "failure"))
		return "approve changes skip reject";
	return streq(gate, "question") ? "answer reject" : "approve reject";
}

static bool may(const struct o_run *r, const struct o_gate *g, int who)
{
	if (people[who].disabled)
		return false;
	if (g->assignee == who || rank_of(people[who].role) >= rank_of(g->role))
		return true;
	return streq(g->role, "approver") && r->tenant == who && streq(people[who].role, "submitter");
}

/* The edge that a decision takes, or NULL: the stage works again. */
static const char *edge_of(const struct o_run *r, const struct o_gate *g, const char *kind)
{
	if (streq(g->kind, "review"))
		return kind;
	if (streq(kind, "skip"))
		return "pass";
	if (!streq(g->kind, "tests") && !streq(g->kind, "conflict"))
		return NULL;
	if (streq(kind, "approve"))
		return "pass";
	if (streq(g->kind, "tests"))
		return "fail";
	return graph_edge(r->g, g->node, "concern") ? "concern" : "fail";
}

static bool beyond_project(const struct o_gate *g)
{
	for (int i = 0; i < g->caps; i++) {
		if (g->cap[i].kind != 4)
			return true;
	}
	return false;
}

/* Each cap by what it lacked, rounded up to the next cent. */
static void raise_caps(struct oracle *o, const struct o_run *r, const struct o_gate *g)
{
	struct o_cap own = { 4, r->project, g->amount < 0 ? 0 : g->amount };
	const struct o_cap *cap = g->caps < 0 ? &own : g->cap;
	int n = g->caps < 0 ? 1 : g->caps;

	for (int i = 0; i < n; i++) {
		struct o_budget *b = o_find_budget(o, cap[i].kind, cap[i].key);
		if (b && b->cap >= 0)
			b->cap += (cap[i].need + 9999) / 10000 * 10000;
	}
}

static int vote(struct o_run *r, struct o_gate *g, int revision, int who, bool *open)
{
	int have = 1;

	for (int i = 0; i < g->votes; i++) {
		if (g->vote[i].revision != revision)
			continue;
		if (g->vote[i].who == who)
			return 409;
		have++;
	}
	*open = have < g->quorum;
	if (*open) {
		g->vote[g->votes].who = who;
		g->vote[g->votes++].revision = revision;
		r->audits++;
		o_event(r, "vote");
	}
	return 0;
}

static void go_on(struct oracle *o, struct o_run *r, struct o_gate *g, const char *kind, const char *comment)
{
	const char *via = edge_of(r, g, kind);
	struct o_stage *s = &r->s[g->stage];

	if (streq(kind, "answer")) {
		s->kind = "answer";
		s->from = r->g->nodes[g->stage].name;
		s->comment = comment;
		o_post(o, (int)(r - o->run), NULL, NULL, r->g->nodes[g->stage].agent, 10);
	} else if (streq(kind, "skip")) {
		s->state = "skipped";
	} else if (streq(kind, "approve") && streq(via, streq(g->kind, "review") ? "approve" : "pass")) {
		s->state = "done";
		s->problem = NULL;
	}
	if (streq(kind, "changes")) {
		const struct g_edge *e = graph_edge(r->g, g->node, via);
		int target = e ? graph_node(r->g, e->next) : g->stage;
		if (r->g->nodes[target].kind == JOIN)
			target = g->stage;
		if (r->g->nodes[target].kind == AGENT) {
			r->s[target].kind = "changes";
			r->s[target].from = r->g->nodes[g->stage].name;
			r->s[target].comment = comment;
		}
		o_enter(o, r, &(struct o_enter){ .branch = g->branch, .node = target, .amount = -1 }, 1, NOBODY);
	} else if (via) {
		o_step(o, r, &g->branch, &via, &(const char *){ NULL }, 1, NOBODY);
	} else {
		o_enter(o, r, &(struct o_enter){ .branch = g->branch, .node = g->stage, .amount = -1 }, 1, NOBODY);
	}
}

int o_decide(struct oracle *o, int run, int gate, int revision, const char *kind, const char *comment, int who,
	     bool *open)
{
	struct o_run *r = &o->run[run];

	*open = false;
	if (gate >= r->gates)
		return 404;
	struct o_gate *g = &r->gate[gate];
	if (!streq(g->state, "open") || g->revision != revision)
		return 409;
	if (!may(r, g, who))
		return 403;
	bool says = streq(kind, "changes") || streq(kind, "answer");
	if (!one_of(kind, allowed(g->kind)) || (says && *comment == '\0'))
		return 422;
	if (streq(kind, "approve") && g->quorum > 1) {
		int refused = vote(r, g, revision, who, open);
		if (refused || *open)
			return refused;
	}
	const char *via = edge_of(r, g, kind);
	bool ends = streq(kind, "reject") && !streq(g->kind, "review");
	if (streq(kind, "approve") && streq(g->kind, "budget") && beyond_project(g) &&
	    rank_of(people[who].role) < rank_of("operator"))
		return 403;
	if (!ends && !streq(kind, "changes") && via && !graph_edge(r->g, g->node, via))
		return 422;
	if (streq(kind, "approve") && g->quorum > 1) {
		g->vote[g->votes].who = who;
		g->vote[g->votes++].revision = revision;
	}
	g->state = "decided";
	g->decision = kind;
	r->audits++;
	o_event(r, "decision");
	for (int i = 0; streq(g->kind, "failure") && i < r->dead; i++) {
		if (r->letter[i].branch == g->branch && !r->letter[i].resolution)
			r->letter[i].resolution = streq(kind, "approve") ? "resumed" :
						  streq(kind, "changes") ? "changed" :
						  streq(kind, "skip")	 ? "skipped" :
									   "given up";
	}
	if (ends) {
		o_end(o, r, streq(g->kind, "failure") ? "failed" : "rejected");
		return 0;
	}
	if (streq(kind, "approve") && streq(g->kind, "budget"))
		raise_caps(o, r, g);
	else if (streq(kind, "approve") && streq(g->kind, "price"))
		r->unpriced = true;
	go_on(o, r, g, kind, comment);
	return 0;
}

int o_cancel(struct oracle *o, int run)
{
	struct o_run *r = &o->run[run];

	if (r->ended)
		return 409;
	r->audits++;
	o_end(o, r, "cancelled");
	return 0;
}

int o_pause(struct oracle *o, int run, bool paused)
{
	struct o_run *r = &o->run[run];
	bool open = false, begun = false;

	if (r->ended)
		return 409;
	if (r->paused == paused)
		return 0;
	for (int b = 0; b < r->branches; b++) {
		struct o_cursor *c = &r->c[b];
		if (paused && (c->state == 'R' || (c->state == 'W' && streq(c->why, "retry")))) {
			c->state = 'W';
			c->why = "paused";
			c->epoch++;
		} else if (!paused && c->state == 'W' && streq(c->why, "paused")) {
			c->state = 'R';
			c->why = NULL;
			c->epoch++;
			c->rank = o->now - (int64_t)r->priority * 600 * SECOND;
		}
	}
	r->paused = paused;
	for (int i = 0; i < r->gates; i++)
		open = open || streq(r->gate[i].state, "open");
	for (int i = 0; i < r->g->node_count; i++)
		begun = begun || r->s[i].attempts > 0;
	r->state = open ? "waiting" : paused ? "paused" : begun ? "running" : "queued";
	r->audits++;
	o_event(r, "agent_status");
	return 0;
}

int o_run_retry(struct oracle *o, int run, const char *name, const char *comment)
{
	struct o_run *r = &o->run[run];
	int node = graph_node(r->g, name);

	if (node < 0 || r->g->nodes[node].kind != AGENT)
		return 404;
	if ((r->s[node].attempts == 0 && r->s[node].revision == 0) || (r->paused && !r->ended))
		return 409;
	r->paused = false;
	for (int b = 1; b < r->branches; b++) {
		struct o_cursor *c = &r->c[b];
		if (c->state == 'D' && !c->came)
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
			r->letter[i].resolution = "resumed";
	}
	r->loops = 0;
	for (int i = 0; i < r->g->node_count; i++) {
		struct o_stage *s = &r->s[i];
		bool later = r->g->nodes[i].position >= r->g->nodes[node].position;
		bool begun = streq(s->state, "pending") || streq(s->state, "running") || streq(s->state, "waiting");
		bool over = streq(s->state, "failed") || streq(s->state, "skipped");
		if (i == node || !(begun || (later && over)))
			continue;
		s->state = s->revision == 0 ? "pending" : later ? "stale" : "done";
		s->concern = NULL;
	}
	if (*comment) {
		r->s[node].kind = "changes";
		r->s[node].from = r->g->nodes[node].name;
		r->s[node].comment = comment;
	}
	r->state = "running";
	r->ended = false;
	o_enter(o, r, &(struct o_enter){ .branch = 0, .node = node, .amount = -1 }, 1, NOBODY);
	r->audits++;
	o_event(r, "agent_status");
	return 0;
}

/* What has waited long enough: people are reminded, or others asked. */
int o_gate_due(struct oracle *o)
{
	int n = 0;

	for (int i = 0; i < o->runs; i++) {
		struct o_run *r = &o->run[i];
		for (int k = 0; k < r->gates; k++) {
			struct o_gate *g = &r->gate[k];
			const struct g_node *node = &r->g->nodes[g->node];
			if (!streq(g->state, "open") || !g->expires || g->expires > o->now)
				continue;
			n++;
			g->reminders++;
			g->expires = o->now + (int64_t)node->expires_s * SECOND;
			if (streq(node->on_expiry, "escalate") && rank_of(node->expiry_to) > rank_of(g->role))
				g->role = node->expiry_to;
			for (int p = 0; streq(node->on_expiry, "delegate") && p < PEOPLE; p++) {
				if (streq(people[p].name, node->expiry_to) && !people[p].disabled)
					g->assignee = p;
			}
			o_event(r, "action_required");
		}
	}
	return n;
}
