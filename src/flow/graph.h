/* SPDX-License-Identifier: MIT */
/*
 * A workflow read from DOT text and checked, so that whatever runs by it can end.
 *
 *   digraph NAME {
 *     title = "…"; start = NODE                 one line for people; an agent's node
 *
 *     NODE [kind=agent, agent=NAME]             an agent works; may also have:
 *       max_attempts=1…20 (4)                     failed attempts before a person is asked
 *       retry_base_s=1…3600 (1), retry_max_s=1…86400 (60)
 *                                                 the wait between attempts, doubled each time
 *       timeout_s=10…86400 (1800)                 after which its runner counts as lost
 *       confidence=0…1 (0.6)                      concerns raised with less go along "concern"
 *     NODE [kind=gate, reviews=AGENT_NODE]      people decide; may also have:
 *       quorum=1…20 (1)                           so many of them must approve
 *       role=submitter|approver|operator|admin    the least role that may decide (approver)
 *       expires_s=60…31536000                     then, again and again:
 *       then=remind|escalate|delegate, to=…         ask again (default), ask the higher role `to`,
 *                                                   ask the account `to` as well; never approve
 *     NODE [kind=join]                          branches meet
 *     NODE [kind=timer, wait_s=1…31536000]      time passes
 *     NODE [kind=exit, outcome=done|failed|rejected]
 *
 *     AGENT -> NODE [label=pass|fail|concern, max=N]     max: 1…100, how often a run takes
 *     JOIN -> NODE [label=pass|fail|concern, max=N]      the edge before a person is asked
 *     GATE -> NODE [label=approve|changes|reject]        changes lead to an agent
 *     TIMER -> NODE [label=pass]
 *   }
 *
 * Nothing else is accepted. Every node is reached from the start and has a way to an exit;
 * agents, joins and timers need an edge for pass, gates for approve. A circle needs a max on
 * one of its edges or a gate, where a person bounds it. What a gate reviews comes before it.
 *
 * Several edges of one node for one outcome, pass or approve, part a run into branches. All
 * branches meet in one join, which no other fork uses; between the two there is no exit, no
 * further fork, no node of two branches, and no edge from or to the outside. A join passes when
 * all came by pass or approve, fails when one failed, and else has a concern.
 *
 * NAME and an agent's name are of a-z, 0-9, _ and - (DOT wants quotes around a -), a node's
 * of a-z, 0-9 and _; all begin with a letter.
 */
#ifndef FLOW_GRAPH_H
#define FLOW_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

enum node_kind { NODE_AGENT, NODE_GATE, NODE_JOIN, NODE_TIMER, NODE_EXIT };
/* "agent", "gate" …: as in the database. */
const char *node_kind_name(enum node_kind kind);

#define GRAPH_BYTES ((size_t)64 << 10)
#define GRAPH_NODES 100
#define GRAPH_EDGES 400

/* What a node's kind does not have is NULL, or has its default. */
struct graph_node {
	const char *name;
	enum node_kind kind;
	const char *agent;
	const char *reviews; /* gate: an agent's node; join: the last one before the fork */
	const char *outcome;
	/* The longest way from the start, 1, over edges that do not go back. Nodes between a
	   fork and its join have one position: none of them comes after another's. */
	int64_t position;
	int64_t max_attempts, timeout_s, retry_base_s, retry_max_s;
	int64_t confidence; /* hundredths */
	int64_t quorum;
	const char *role;
	int64_t expires_s; /* 0: never */
	const char *on_expiry, *expiry_to;
	int64_t wait_s;
};

struct graph_edge {
	size_t from, to; /* places in nodes */
	const char *label;
	int64_t max;       /* 0: any number of times */
	const char *meets; /* one of several: the join of its fork, else NULL */
	bool back;         /* to a node that was on the way here */
};

struct graph {
	const char *name, *title, *start;
	struct graph_node *nodes; /* in the order of the file */
	size_t node_count;
	struct graph_edge *edges;
	size_t edge_count;
};

/* `agents`: the names that an agent may have, ended by NULL; NULL: any. Returns NULL with
   ERR_INVALID, naming the line, node or edge and what to change. Any thread may call it;
   they take turns, as libcgraph has one state. */
struct graph *graph_parse(struct arena *a, const char *text, size_t n, const char *const *agents,
			  struct err *e);

#endif
