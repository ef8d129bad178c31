/* SPDX-License-Identifier: MIT */
/*
 * A workflow read from DOT text and checked, so that whatever runs by it can end.
 *
 *   digraph NAME {
 *     title = "…"; start = NODE
 *     NODE [kind=agent, agent=NAME, max_attempts=N, timeout_s=N]   the last two optional
 *     NODE [kind=gate, reviews=AGENT_NODE]
 *     NODE [kind=exit, outcome=done|failed|rejected]
 *     AGENT -> NODE [label=pass|fail, max=N]      max: how often a run takes it by itself
 *     GATE -> NODE [label=approve|changes|reject]
 *   }
 *
 * Nothing else is accepted. An agent needs a pass edge, a gate its approve edge; every
 * node must be reached from the start and have a way to an exit; a circle of agents
 * needs a max on one of its edges.
 */
#ifndef FLOW_GRAPH_H
#define FLOW_GRAPH_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

enum node_kind { NODE_AGENT, NODE_GATE, NODE_EXIT };
/* "agent", "gate", "exit": as in the database. */
const char *node_kind_name(enum node_kind kind);

#define GRAPH_BYTES ((size_t)64 << 10)
#define GRAPH_NODES 100
#define GRAPH_EDGES 400

struct graph_node {
	const char *name;
	enum node_kind kind;
	const char *agent, *reviews, *outcome; /* one of them, by kind; the others NULL */
	int64_t max_attempts, timeout_s;
};

struct graph_edge {
	size_t from, to; /* places in nodes */
	const char *label;
	int64_t max; /* 0: any number of times */
};

struct graph {
	const char *name, *title, *start;
	struct graph_node *nodes; /* in the order of the file, which is the order on pages */
	size_t node_count;
	struct graph_edge *edges;
	size_t edge_count;
};

/* NULL with ERR_INVALID, naming the line, node or edge and what to change. Any thread
   may call it; they take turns, as libcgraph has one state. */
struct graph *graph_parse(struct arena *a, const char *text, size_t n, struct err *e);

#endif
