/* SPDX-License-Identifier: MIT */
/* The workflows that the differential test runs through: stored as rows, walked by the oracle. */
#ifndef PROOF_GRAPHS_H
#define PROOF_GRAPHS_H

enum kind { AGENT, GATE, JOIN, TIMER, EXIT };

struct g_node {
	const char *name;
	enum kind kind;
	int position;
	const char *agent, *reviews, *outcome;
	int wait_s, quorum, expires_s;
	const char *role, *on_expiry, *expiry_to;
	int max_attempts, base_s, max_s, timeout_s;
};

/* Edges of one node and label stand together in the order of their targets. */
struct g_edge {
	const char *node, *outcome, *next;
	int max;
	const char *meets;
};

struct graph {
	const char *name;
	const struct g_node *nodes;
	const struct g_edge *edges;
	int node_count, edge_count;
};

enum { GRAPHS = 5 };
extern const struct graph graphs[GRAPHS];

int graph_node(const struct graph *g, const char *name); /* -1 */
/* The first edge of a label, or NULL; the others follow it. */
const struct g_edge *graph_edge(const struct graph *g, int node, const char *outcome);
/* The edge after e with the same node and label, or NULL. */
const struct g_edge *graph_more(const struct graph *g, const struct g_edge *e);
/* Whether edges that do not go back lead from one node to another. */
int graph_reaches(const struct graph *g, int from, int to);

#endif
