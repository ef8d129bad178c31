/* SPDX-License-Identifier: MIT */
#include "graphs.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))
#define DEFAULTS .quorum = 1, .role = "approver", .max_attempts = 2, .base_s = 1, .max_s = 6, .timeout_s = 60
#define WORK(node, at, who) { .name = node, .kind = AGENT, .position = at, .agent = who, DEFAULTS }
#define END(node, at, how) { .name = node, .kind = EXIT, .position = at, .outcome = how, DEFAULTS }
#define MEET(node, at, of) { .name = node, .kind = JOIN, .position = at, .reviews = of, DEFAULTS }
#define WAIT(node, at, s) { .name = node, .kind = TIMER, .position = at, .wait_s = s, DEFAULTS }

/* One after another, with loops that are bounded and concerns. */
static const struct g_node line_nodes[] = {
	WORK("a", 1, "analyst"),
	{ "d", AGENT, 2, "developer", .quorum = 1, .role = "approver", .max_attempts = 4, .base_s = 1,
	  .max_s = 4, .timeout_s = 600 },
	WORK("t", 3, "tester"),
	END("done", 4, "done"),
};
static const struct g_edge line_edges[] = {
	{ .node = "a", .outcome = "pass", .next = "d" },
	{ .node = "d", .outcome = "concern", .next = "a", .max = 3 },
	{ .node = "d", .outcome = "pass", .next = "t" },
	{ .node = "t", .outcome = "concern", .next = "d", .max = 1 },
	{ .node = "t", .outcome = "fail", .next = "d", .max = 2 },
	{ .node = "t", .outcome = "pass", .next = "done" },
};

/* People decide: two of them, operators, with every kind of expiry; a timer between. */
static const struct g_node gate_nodes[] = {
	WORK("a", 1, "analyst"),
	{ "ga", GATE, 2, .reviews = "a", .quorum = 2, .role = "approver", .expires_s = 600, .on_expiry = "escalate",
	  .expiry_to = "admin", .max_attempts = 4, .base_s = 1, .max_s = 60, .timeout_s = 60 },
	WORK("d", 3, "developer"),
	{ "gd", GATE, 4, .reviews = "d", .quorum = 1, .role = "operator", .expires_s = 300, .on_expiry = "remind",
	  .max_attempts = 4, .base_s = 1, .max_s = 60, .timeout_s = 60 },
	WAIT("w", 5, 120),
	WORK("e", 6, "tester"),
	{ "ge", GATE, 7, .reviews = "e", .quorum = 2, .role = "admin", .expires_s = 900, .on_expiry = "delegate",
	  .expiry_to = "carol", .max_attempts = 4, .base_s = 1, .max_s = 60, .timeout_s = 60 },
	END("done", 8, "done"),
	END("no", 8, "rejected"),
};
static const struct g_edge gate_edges[] = {
	{ .node = "a", .outcome = "pass", .next = "ga" },
	{ .node = "ga", .outcome = "approve", .next = "d" },
	{ .node = "ga", .outcome = "changes", .next = "a" },
	{ .node = "ga", .outcome = "reject", .next = "no" },
	{ .node = "d", .outcome = "pass", .next = "gd" },
	{ .node = "gd", .outcome = "approve", .next = "w" },
	{ .node = "gd", .outcome = "changes", .next = "d" },
	{ .node = "w", .outcome = "pass", .next = "e" },
	{ .node = "e", .outcome = "fail", .next = "d", .max = 1 },
	{ .node = "e", .outcome = "pass", .next = "ge" },
	{ .node = "ge", .outcome = "approve", .next = "done" },
	{ .node = "ge", .outcome = "changes", .next = "a" },
	{ .node = "ge", .outcome = "reject", .next = "no" },
};

/* Two reviewers at once, and what they say goes back. */
static const struct g_node fork_nodes[] = {
	WORK("a", 1, "analyst"), WORK("d", 2, "developer"), WORK("s", 3, "security"), WORK("u", 3, "usability"),
	MEET("j", 4, "d"),	 END("done", 5, "done"),
};
static const struct g_edge fork_edges[] = {
	{ .node = "a", .outcome = "pass", .next = "d" },
	{ .node = "d", .outcome = "concern", .next = "a", .max = 2 },
	{ .node = "d", .outcome = "pass", .next = "s", .meets = "j" },
	{ .node = "d", .outcome = "pass", .next = "u", .meets = "j" },
	{ .node = "s", .outcome = "concern", .next = "j" },
	{ .node = "s", .outcome = "fail", .next = "j" },
	{ .node = "s", .outcome = "pass", .next = "j" },
	{ .node = "u", .outcome = "concern", .next = "j" },
	{ .node = "u", .outcome = "fail", .next = "j" },
	{ .node = "u", .outcome = "pass", .next = "j" },
	{ .node = "j", .outcome = "concern", .next = "d", .max = 2 },
	{ .node = "j", .outcome = "fail", .next = "d", .max = 1 },
	{ .node = "j", .outcome = "pass", .next = "done" },
};

/* Branches of unlike length, with a loop, a timer and a gate inside. */
static const struct g_node uneven_nodes[] = {
	WORK("a", 1, "analyst"),	WORK("b1", 2, "developer"), WORK("b2", 3, "tester"),
	WORK("b3", 4, "security"),	WORK("c1", 2, "usability"), WAIT("cw", 3, 30),
	{ "cg", GATE, 4, .reviews = "c1", .quorum = 1, .role = "approver", .max_attempts = 4, .base_s = 1,
	  .max_s = 60, .timeout_s = 60 },
	MEET("j", 5, "a"),		WORK("z", 6, "developer"),  END("done", 7, "done"),
};
static const struct g_edge uneven_edges[] = {
	{ .node = "a", .outcome = "pass", .next = "b1", .meets = "j" },
	{ .node = "a", .outcome = "pass", .next = "c1", .meets = "j" },
	{ .node = "b1", .outcome = "pass", .next = "b2" },
	{ .node = "b2", .outcome = "fail", .next = "b1", .max = 1 },
	{ .node = "b2", .outcome = "pass", .next = "b3" },
	{ .node = "b3", .outcome = "fail", .next = "j" },
	{ .node = "b3", .outcome = "pass", .next = "j" },
	{ .node = "c1", .outcome = "pass", .next = "cw" },
	{ .node = "cg", .outcome = "approve", .next = "j" },
	{ .node = "cg", .outcome = "changes", .next = "c1" },
	{ .node = "cw", .outcome = "pass", .next = "cg" },
	{ .node = "j", .outcome = "fail", .next = "a", .max = 2 },
	{ .node = "j", .outcome = "pass", .next = "z" },
	{ .node = "z", .outcome = "fail", .next = "a", .max = 1 },
	{ .node = "z", .outcome = "pass", .next = "done" },
};

/* A gate parts the run, and so does the join at which it meets again. */
static const struct g_node twice_nodes[] = {
	WORK("a", 1, "analyst"),
	{ "g", GATE, 2, .reviews = "a", .quorum = 2, .role = "submitter", .max_attempts = 4, .base_s = 1,
	  .max_s = 60, .timeout_s = 60 },
	WORK("s", 3, "security"), WORK("u", 3, "usability"), MEET("j", 4, "a"),
	WORK("p", 5, "developer"), WORK("q", 5, "tester"), WORK("r", 5, "writer"), MEET("k", 6, "a"),
	END("done", 7, "done"), END("no", 3, "rejected"),
};
static const struct g_edge twice_edges[] = {
	{ .node = "a", .outcome = "pass", .next = "g" },
	{ .node = "g", .outcome = "approve", .next = "s", .meets = "j" },
	{ .node = "g", .outcome = "approve", .next = "u", .meets = "j" },
	{ .node = "g", .outcome = "changes", .next = "a" },
	{ .node = "g", .outcome = "reject", .next = "no" },
	{ .node = "s", .outcome = "fail", .next = "j" },
	{ .node = "s", .outcome = "pass", .next = "j" },
	{ .node = "u", .outcome = "concern", .next = "j" },
	{ .node = "u", .outcome = "pass", .next = "j" },
	{ .node = "j", .outcome = "fail", .next = "a", .max = 1 },
	{ .node = "j", .outcome = "pass", .next = "p", .meets = "k" },
	{ .node = "j", .outcome = "pass", .next = "q", .meets = "k" },
	{ .node = "j", .outcome = "pass", .next = "r", .meets = "k" },
	{ .node = "p", .outcome = "fail", .next = "k" },
	{ .node = "p", .outcome = "pass", .next = "k" },
	{ .node = "q", .outcome = "concern", .next = "k" },
	{ .node = "q", .outcome = "pass", .next = "k" },
	{ .node = "r", .outcome = "pass", .next = "k" },
	{ .node = "k", .outcome = "pass", .next = "done" },
};

#define GRAPH(of) { #of, of##_nodes, of##_edges, COUNT(of##_nodes), COUNT(of##_edges) }
const struct graph graphs[GRAPHS] = { GRAPH(line), GRAPH(gate), GRAPH(fork), GRAPH(uneven), GRAPH(twice) };

int graph_node(const struct graph *g, const char *name)
{
	for (int i = 0; i < g->node_count; i++) {
		if (strcmp(g->nodes[i].name, name) == 0)
			return i;
	}
	return -1;
}

const struct g_edge *graph_edge(const struct graph *g, int node, const char *outcome)
{
	for (int i = 0; outcome && i < g->edge_count; i++) {
		const struct g_edge *e = &g->edges[i];
		if (strcmp(e->node, g->nodes[node].name) == 0 && strcmp(e->outcome, outcome) == 0)
			return e;
	}
	return NULL;
}

const struct g_edge *graph_more(const struct graph *g, const struct g_edge *e)
{
	const struct g_edge *next = e + 1;
	if (next == g->edges + g->edge_count || strcmp(next->node, e->node) != 0 ||
	    strcmp(next->outcome, e->outcome) != 0)
		return NULL;
	return next;
}

int graph_reaches(const struct graph *g, int from, int to)
{
	unsigned seen = 1U << from, before = 0;

	while (seen != before) {
		before = seen;
		for (int i = 0; i < g->edge_count; i++) {
			int node = graph_node(g, g->edges[i].node), next = graph_node(g, g->edges[i].next);
			if (seen & 1U << node && g->nodes[next].position > g->nodes[node].position)
				seen |= 1U << next;
		}
	}
	return (seen >> to) & 1;
}
