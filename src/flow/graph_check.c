/* SPDX-License-Identifier: MIT */
#include "flow/graph_check.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"

static const char *const labels[][4] = {
	[NODE_AGENT] = { "pass", "fail", NULL },
	[NODE_GATE] = { "approve", "changes", "reject", NULL },
	[NODE_EXIT] = { NULL },
};

static bool has_label(const struct graph *g, size_t node, const char *label)
{
	for (size_t i = 0; i < g->edge_count; i++)
		if (g->edges[i].from == node && streq(g->edges[i].label, label))
			return true;
	return false;
}

static bool check_edge(const struct graph *g, size_t i, struct err *e)
{
	const struct graph_edge *d = &g->edges[i];
	const struct graph_node *from = &g->nodes[d->from];
	size_t k = 0;

	if (from->kind == NODE_EXIT)
		return err_set(e, ERR_INVALID, "node %s is an exit and must have no edges", from->name);
	while (labels[from->kind][k] && !streq(labels[from->kind][k], d->label))
		k++;
	if (!labels[from->kind][k])
		return err_set(e, ERR_INVALID, "edge %s -> %s: \"%.40s\" is no outcome of a node of kind %s",
			       from->name, g->nodes[d->to].name, d->label, node_kind_name(from->kind));
	if (d->max && from->kind != NODE_AGENT)
		return err_set(e, ERR_INVALID,
			       "edge %s -> %s: only an agent's edge has a max; people decide freely",
			       from->name, g->nodes[d->to].name);
	for (size_t j = 0; j < i; j++)
		if (g->edges[j].from == d->from && streq(g->edges[j].label, d->label))
			return err_set(e, ERR_INVALID, "node %s has two edges for \"%s\"", from->name,
				       d->label);
	return true;
}

static bool check_node(const struct graph *g, size_t i, struct err *e)
{
	const struct graph_node *n = &g->nodes[i];

	if (n->kind == NODE_AGENT && !has_label(g, i, "pass"))
		return err_set(e, ERR_INVALID, "node %s needs an edge for \"pass\"", n->name);
	if (n->kind == NODE_GATE && !has_label(g, i, "approve"))
		return err_set(e, ERR_INVALID, "node %s needs an edge for \"approve\"", n->name);
	if (n->kind == NODE_EXIT && !streq(n->outcome, "done") && !streq(n->outcome, "failed") &&
	    !streq(n->outcome, "rejected"))
		return err_set(e, ERR_INVALID, "node %s: an exit's outcome is done, failed or rejected",
			       n->name);
	if (n->kind != NODE_GATE)
		return true;
	for (size_t j = 0; j < g->node_count; j++)
		if (g->nodes[j].kind == NODE_AGENT && streq(g->nodes[j].name, n->reviews))
			return true;
	return err_set(e, ERR_INVALID, "node %s reviews \"%.60s\", which is not an agent's node", n->name,
		       n->reviews);
}

/* Marks what can be reached from the marked, along the edges or against them. */
static void spread(const struct graph *g, bool *marked, bool backwards)
{
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < g->edge_count; i++) {
			size_t from = backwards ? g->edges[i].to : g->edges[i].from;
			size_t to = backwards ? g->edges[i].from : g->edges[i].to;
			if (marked[from] && !marked[to])
				more = marked[to] = true;
		}
	}
}

/* Takes away, again and again, what leads on only to what is taken away: what then
   remains goes round for ever without a person or a bound. */
static bool check_circles(struct arena *a, const struct graph *g, struct err *e)
{
	bool *gone = arena_array(a, g->node_count, sizeof(*gone));

	for (bool more = true; more;) {
		more = false;
		for (size_t n = 0; n < g->node_count; n++) {
			bool free_way = false;
			for (size_t i = 0; i < g->edge_count; i++)
				if (g->edges[i].from == n && !g->edges[i].max && !gone[g->edges[i].to])
					free_way = true;
			if (!gone[n] && (g->nodes[n].kind != NODE_AGENT || !free_way))
				more = gone[n] = true;
		}
	}
	for (size_t n = 0; n < g->node_count; n++)
		if (!gone[n])
			return err_set(e, ERR_INVALID,
				       "node %s is part of a circle that nothing ends: give its edge a max",
				       g->nodes[n].name);
	return true;
}

bool graph_check(struct arena *a, const struct graph *g, struct err *e)
{
	bool *reached = arena_array(a, g->node_count, sizeof(*reached));
	bool *ends = arena_array(a, g->node_count, sizeof(*ends));
	bool start = false;

	for (size_t i = 0; i < g->edge_count; i++)
		if (!check_edge(g, i, e))
			return false;
	for (size_t i = 0; i < g->node_count; i++) {
		if (!check_node(g, i, e))
			return false;
		ends[i] = g->nodes[i].kind == NODE_EXIT;
		if (streq(g->nodes[i].name, g->start)) {
			if (g->nodes[i].kind != NODE_AGENT)
				return err_set(e, ERR_INVALID, "the start, %s, must be an agent's node",
					       g->start);
			start = reached[i] = true;
		}
	}
	if (!start)
		return err_set(e, ERR_INVALID, "the start, \"%.60s\", is not a node", g->start);
	spread(g, reached, false);
	spread(g, ends, true);
	for (size_t i = 0; i < g->node_count; i++) {
		if (!reached[i])
			return err_set(e, ERR_INVALID, "node %s is never reached from the start",
				       g->nodes[i].name);
		if (!ends[i])
			return err_set(e, ERR_INVALID, "node %s has no way to an exit", g->nodes[i].name);
	}
	return check_circles(a, g, e);
}
