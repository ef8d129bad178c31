/* SPDX-License-Identifier: MIT */
#include "flow/graph_check.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"
#include "flow/graph_shape.h"

static const char *const labels[][4] = {
	[NODE_AGENT] = { "pass", "fail", "concern", NULL },
	[NODE_GATE] = { "approve", "changes", "reject", NULL },
	[NODE_JOIN] = { "pass", "fail", "concern", NULL },
	[NODE_TIMER] = { "pass", NULL },
	[NODE_EXIT] = { NULL },
};

static bool has_label(const struct graph *g, size_t node, const char *label)
{
	for (size_t i = 0; i < g->edge_count; i++)
		if (g->edges[i].from == node && streq(g->edges[i].label, label))
			return true;
	return false;
}

size_t graph_sibling(const struct graph *g, size_t i)
{
	size_t j = 0;

	while (j < g->edge_count && (j == i || g->edges[j].from != g->edges[i].from ||
				     !streq(g->edges[j].label, g->edges[i].label)))
		j++;
	return j;
}

/* An edge that is one of several for its outcome. */
static bool check_branch(const struct graph *g, size_t i, size_t other, struct err *e)
{
	const struct graph_edge *d = &g->edges[i];
	const char *from = g->nodes[d->from].name;

	if (!streq(d->label, "pass") && !streq(d->label, "approve"))
		return err_set(e, ERR_INVALID,
			       "node %s has two edges for \"%s\": only pass and approve part into branches",
			       from, d->label);
	if (d->max != g->edges[other].max)
		return err_set(e, ERR_INVALID,
			       "node %s: its edges for \"%s\" are taken together; give all the same max",
			       from, d->label);
	for (size_t j = 0; j < i; j++)
		if (g->edges[j].from == d->from && g->edges[j].to == d->to &&
		    streq(g->edges[j].label, d->label))
			return err_set(e, ERR_INVALID, "edge %s -> %s for \"%s\" is there twice; remove one",
				       from, g->nodes[d->to].name, d->label);
	return true;
}

static bool check_edge(const struct graph *g, size_t i, struct err *e)
{
	const struct graph_edge *d = &g->edges[i];
	const struct graph_node *from = &g->nodes[d->from], *to = &g->nodes[d->to];
	size_t k = 0, other = graph_sibling(g, i);

	if (from->kind == NODE_EXIT)
		return err_set(e, ERR_INVALID, "node %s is an exit and must have no edges", from->name);
	while (labels[from->kind][k] && !streq(labels[from->kind][k], d->label))
		k++;
	if (!labels[from->kind][k])
		return err_set(e, ERR_INVALID, "edge %s -> %s: \"%.40s\" is no outcome of a node of kind %s",
			       from->name, to->name, d->label, node_kind_name(from->kind));
	if (d->max && from->kind == NODE_GATE)
		return err_set(e, ERR_INVALID,
			       "edge %s -> %s: a gate's edge has no max; people decide freely", from->name,
			       to->name);
	if (d->max && from->kind == NODE_TIMER)
		return err_set(e, ERR_INVALID,
			       "edge %s -> %s: a timer's edge has no max, as nobody could be asked there; "
			       "put it at an agent's or a join's edge",
			       from->name, to->name);
	if (streq(d->label, "changes") && to->kind != NODE_AGENT)
		return err_set(e, ERR_INVALID,
			       "edge %s -> %s: who asks for changes asks an agent; %s is none", from->name,
			       to->name, to->name);
	if (streq(d->label, "reject") && to->kind == NODE_JOIN)
		return err_set(e, ERR_INVALID, "edge %s -> %s: what was rejected does not go on to a join",
			       from->name, to->name);
	return other == g->edge_count || check_branch(g, i, other, e);
}

static bool check_node(const struct graph *g, size_t i, struct err *e)
{
	const struct graph_node *n = &g->nodes[i];
	const char *onward = n->kind == NODE_GATE ? "approve" : "pass";

	if (n->kind != NODE_EXIT && !has_label(g, i, onward))
		return err_set(e, ERR_INVALID, "node %s needs an edge for \"%s\"", n->name, onward);
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

static bool check_ways(struct arena *a, const struct graph *g, size_t start, struct err *e)
{
	bool *reached = arena_array(a, g->node_count, sizeof(*reached));
	bool *ends = arena_array(a, g->node_count, sizeof(*ends));

	reached[start] = true;
	for (size_t i = 0; i < g->node_count; i++)
		ends[i] = g->nodes[i].kind == NODE_EXIT;
	spread(g, reached, false);
	spread(g, ends, true);
	for (size_t i = 0; i < g->node_count; i++) {
		if (!reached[i])
			return err_set(e, ERR_INVALID,
				       "node %s is never reached from the start: lead an edge to it",
				       g->nodes[i].name);
		if (!ends[i])
			return err_set(e, ERR_INVALID, "node %s has no way to an exit", g->nodes[i].name);
	}
	return true;
}

/* The edge by which a run may go on from a node for ever; or edge_count. */
static size_t free_way(const struct graph *g, const bool *gone, size_t node)
{
	size_t i = 0;

	while (i < g->edge_count && (g->edges[i].from != node || g->edges[i].max || gone[g->edges[i].to]))
		i++;
	return i;
}

/* Takes away, again and again, what leads on only to what is taken away: what then
   remains leads round for ever without a person or a bound. */
static bool check_circles(struct arena *a, const struct graph *g, struct err *e)
{
	bool *gone = arena_array(a, g->node_count, sizeof(*gone));
	size_t at = 0, n;
	const char *way;

	for (bool more = true; more;) {
		more = false;
		for (n = 0; n < g->node_count; n++)
			if (!gone[n] &&
			    (g->nodes[n].kind == NODE_GATE || free_way(g, gone, n) == g->edge_count))
				more = gone[n] = true;
	}
	while (at < g->node_count && gone[at])
		at++;
	if (at == g->node_count)
		return true;
	/* As many steps as there are nodes lead into the circle itself. */
	for (size_t i = 0; i < g->node_count; i++)
		at = g->edges[free_way(g, gone, at)].to;
	way = g->nodes[n = at].name;
	do {
		n = g->edges[free_way(g, gone, n)].to;
		way = arena_printf(a, "%s -> %s", way, g->nodes[n].name);
	} while (n != at);
	return err_set(e, ERR_INVALID, "the circle %.300s has no bound: give one of its edges a max", way);
}

static bool check_reviews(const struct graph *g, struct err *e)
{
	for (size_t i = 0; i < g->node_count; i++) {
		const struct graph_node *n = &g->nodes[i];
		for (size_t j = 0; n->kind == NODE_GATE && j < g->node_count; j++)
			if (streq(g->nodes[j].name, n->reviews) && g->nodes[j].position >= n->position)
				return err_set(e, ERR_INVALID,
					       "node %s reviews %s, which comes after it; a gate stands "
					       "behind what it reviews",
					       n->name, n->reviews);
	}
	return true;
}

bool graph_check(struct arena *a, struct graph *g, struct err *e)
{
	size_t start = 0;

	for (size_t i = 0; i < g->edge_count; i++)
		if (!check_edge(g, i, e))
			return false;
	for (size_t i = 0; i < g->node_count; i++)
		if (!check_node(g, i, e))
			return false;
	while (start < g->node_count && !streq(g->nodes[start].name, g->start))
		start++;
	if (start == g->node_count)
		return err_set(e, ERR_INVALID, "the start, \"%.60s\", is not a node", g->start);
	if (g->nodes[start].kind != NODE_AGENT)
		return err_set(e, ERR_INVALID, "the start, %s, must be an agent's node", g->start);
	if (!check_ways(a, g, start, e) || !check_circles(a, g, e))
		return false;
	graph_order(a, g, start);
	return check_reviews(g, e) && graph_forks(a, g, e);
}
