/* SPDX-License-Identifier: MIT */
#include "flow/graph_shape.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"
#include "flow/graph_check.h"

/* ---- order ---- */

struct walk {
	struct graph *g;
	bool *seen, *open;
	size_t *left; /* nodes in the order in which they were left */
	size_t count;
};

static bool goes_on(const struct graph_edge *d)
{
	return streq(d->label, "pass") || streq(d->label, "approve");
}

/* First where a run goes when all is well, then where else. At most GRAPH_NODES deep. */
static void visit(struct walk *w, size_t node)
{
	struct graph *g = w->g;

	w->seen[node] = w->open[node] = true;
	for (size_t k = 0; k < 2 * g->edge_count; k++) {
		struct graph_edge *d = &g->edges[k % g->edge_count];
		if (d->from != node || goes_on(d) != (k < g->edge_count))
			continue;
		d->back = w->open[d->to];
		if (!w->seen[d->to])
			visit(w, d->to);
	}
	w->open[node] = false;
	w->left[w->count++] = node;
}

void graph_order(struct arena *a, struct graph *g, size_t start)
{
	struct walk w = { g, arena_array(a, g->node_count, sizeof(bool)),
			  arena_array(a, g->node_count, sizeof(bool)),
			  arena_array(a, g->node_count, sizeof(size_t)), 0 };

	visit(&w, start);
	g->nodes[start].position = 1;
	while (w.count-- > 0)
		for (size_t i = 0; i < g->edge_count; i++) {
			const struct graph_edge *d = &g->edges[i];
			if (d->from == w.left[w.count] && !d->back &&
			    g->nodes[d->to].position <= g->nodes[d->from].position)
				g->nodes[d->to].position = g->nodes[d->from].position + 1;
		}
}

/* ---- forks ---- */

/* One fork while it is looked at; `first` and all of its siblings are its edges. */
struct fork {
	struct graph *g;
	size_t first, join; /* node_count: not met yet */
	size_t *branch;	    /* of a node, the edge whose branch it is in; edge_count: none */
};

static const char *name(const struct fork *f, size_t node)
{
	return f->g->nodes[node].name;
}

static bool of_fork(const struct fork *f, size_t edge)
{
	const struct graph_edge *first = &f->g->edges[f->first], *d = &f->g->edges[edge];

	return d->from == first->from && streq(d->label, first->label);
}

/* An edge inside a branch: to the join, or to a node that is in this branch as well. */
static bool follow(struct fork *f, size_t edge, size_t branch, bool *more, struct err *e)
{
	struct graph *g = f->g;
	const struct graph_edge *d = &g->edges[edge];
	const struct graph_node *to = &g->nodes[d->to], *fork = &g->nodes[g->edges[f->first].from];

	if (to->position <= fork->position)
		return err_set(
			e, ERR_INVALID,
			"edge %s -> %s leads out of a branch that begins at %s: its only way out is a join",
			name(f, d->from), to->name, fork->name);
	if (to->kind == NODE_EXIT)
		return err_set(e, ERR_INVALID,
			       "edge %s -> %s: a branch that begins at %s ends in an exit; lead it to the "
			       "join of its fork",
			       name(f, d->from), to->name, fork->name);
	if (to->kind == NODE_JOIN) {
		if (edge == branch)
			return err_set(e, ERR_INVALID, "edge %s -> %s: a branch needs a node before its join",
				       fork->name, to->name);
		if (f->join != g->node_count && f->join != d->to)
			return err_set(
				e, ERR_INVALID,
				"the branches that begin at %s come to %s and %s: let them meet in one join",
				fork->name, name(f, f->join), to->name);
		f->join = d->to;
		return true;
	}
	if (f->branch[d->to] == branch)
		return true;
	if (f->branch[d->to] != g->edge_count)
		return err_set(e, ERR_INVALID,
			       "node %s is in two branches that begin at %s: only a join may be in several",
			       to->name, fork->name);
	f->branch[d->to] = branch;
	return *more = true;
}

/* Finds the nodes of the branch that begins with an edge. */
static bool walk_branch(struct fork *f, size_t branch, struct err *e)
{
	struct graph *g = f->g;
	bool more = false;

	if (!follow(f, branch, branch, &more, e))
		return false;
	while (more) {
		more = false;
		for (size_t i = 0; i < g->edge_count; i++) {
			if (f->branch[g->edges[i].from] != branch)
				continue;
			if (graph_sibling(g, i) != g->edge_count)
				return err_set(e, ERR_INVALID,
					       "node %s parts into branches inside of the fork at %s; forks "
					       "are not nested",
					       name(f, g->edges[i].from), name(f, g->edges[f->first].from));
			if (!follow(f, i, branch, &more, e))
				return false;
		}
	}
	return true;
}

/* No edge but the fork's own leads in, and the join is for its branches alone. */
static bool check_inside(const struct fork *f, struct err *e)
{
	const struct graph *g = f->g;

	for (size_t i = 0; i < g->edge_count; i++) {
		const struct graph_edge *d = &g->edges[i];
		if (of_fork(f, i))
			continue;
		if (f->branch[d->to] != g->edge_count && f->branch[d->from] != f->branch[d->to])
			return err_set(e, ERR_INVALID,
				       "edge %s -> %s leads from outside into a branch that begins at %s",
				       name(f, d->from), name(f, d->to), name(f, g->edges[f->first].from));
		if (d->to == f->join && f->branch[d->from] == g->edge_count)
			return err_set(
				e, ERR_INVALID,
				"edge %s -> %s comes to a join from outside of its fork, which begins at %s",
				name(f, d->from), name(f, d->to), name(f, g->edges[f->first].from));
	}
	for (size_t i = 0; i < g->node_count; i++)
		for (size_t j = 0;
		     f->branch[i] != g->edge_count && g->nodes[i].kind == NODE_GATE && j < g->node_count; j++)
			if (streq(name(f, j), g->nodes[i].reviews) && f->branch[j] != g->edge_count &&
			    f->branch[j] != f->branch[i])
				return err_set(e, ERR_INVALID,
					       "node %s reviews %s, which is in another branch and may not "
					       "have ended",
					       name(f, i), name(f, j));
	return true;
}

/* The agent's node that a node stands for: itself, what a gate or a join reviews, or what a
   timer comes after. */
static const char *agent_of(const struct graph *g, size_t node)
{
	const struct graph_node *n = &g->nodes[node];

	while (n->kind == NODE_TIMER) {
		const struct graph_node *best = NULL;
		for (size_t i = 0; i < g->edge_count; i++) {
			const struct graph_node *from = &g->nodes[g->edges[i].from];
			if (&g->nodes[g->edges[i].to] == n && !g->edges[i].back &&
			    (!best || from->position > best->position))
				best = from;
		}
		n = best;
	}
	return n->kind == NODE_AGENT ? n->name : n->reviews;
}

static bool read_fork(struct arena *a, struct graph *g, size_t first, struct err *e)
{
	struct fork f = { g, first, g->node_count, arena_array(a, g->node_count, sizeof(size_t)) };
	const struct graph_node *from = &g->nodes[g->edges[first].from];

	for (size_t i = 0; i < g->node_count; i++)
		f.branch[i] = g->edge_count;
	for (size_t i = first; i < g->edge_count; i++)
		if (of_fork(&f, i) && !walk_branch(&f, i, e))
			return false;
	if (f.join == g->node_count)
		return err_set(e, ERR_INVALID,
			       "the branches that begin at %s meet nowhere: lead them to one join",
			       from->name);
	if (!check_inside(&f, e))
		return false;
	for (size_t i = first; i < g->edge_count; i++)
		if (of_fork(&f, i))
			g->edges[i].meets = name(&f, f.join);
	g->nodes[f.join].reviews = agent_of(g, g->edges[first].from);
	for (size_t i = 0; i < g->node_count; i++)
		if (f.branch[i] != g->edge_count)
			g->nodes[i].position = from->position + 1;
	return true;
}

bool graph_forks(struct arena *a, struct graph *g, struct err *e)
{
	/* From the start on, so that a join that is a fork's node has its own fork read before. */
	for (int64_t at = 1; at <= (int64_t)g->node_count; at++)
		for (size_t i = 0; i < g->edge_count; i++)
			if (g->nodes[g->edges[i].from].position == at && !g->edges[i].meets &&
			    graph_sibling(g, i) != g->edge_count && !read_fork(a, g, i, e))
				return false;
	for (size_t i = 0; i < g->node_count; i++)
		if (g->nodes[i].kind == NODE_JOIN && !g->nodes[i].reviews)
			return err_set(e, ERR_INVALID,
				       "node %s joins what no fork has parted: let a node before it have "
				       "several edges for "
				       "pass or approve",
				       g->nodes[i].name);
	return true;
}
