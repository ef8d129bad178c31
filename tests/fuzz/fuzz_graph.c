/* SPDX-License-Identifier: MIT */
/* A workflow: either it is refused with a reason, or what a run relies on holds. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"

const char fuzz_name[] = "graph";

static void check_edge(const struct graph *g, size_t i)
{
	const struct graph_edge *d = &g->edges[i];
	size_t together = 0;

	HOLDS(d->from < g->node_count && d->to < g->node_count && d->label);
	HOLDS(d->max >= 0 && d->max <= 100);
	/* Forward is upward, but between the nodes of a fork. */
	HOLDS(d->back || g->nodes[d->from].position <= g->nodes[d->to].position);
	for (size_t j = 0; j < g->edge_count; j++)
		together += g->edges[j].from == d->from && streq(g->edges[j].label, d->label);
	HOLDS((together > 1) == (d->meets != NULL));
}

static void check_node(const struct graph_node *n)
{
	HOLDS(n->position >= 1 && n->position <= GRAPH_NODES);
	HOLDS((n->kind == NODE_AGENT) == (n->agent != NULL));
	HOLDS((n->kind == NODE_GATE || n->kind == NODE_JOIN) == (n->reviews != NULL));
	HOLDS((n->kind == NODE_EXIT) == (n->outcome != NULL));
	HOLDS((n->kind == NODE_TIMER) == (n->wait_s > 0));
	HOLDS((n->expires_s > 0) == (n->on_expiry != NULL));
	HOLDS(n->quorum >= 1 && n->confidence >= 0 && n->confidence <= 100 &&
	      n->retry_max_s >= n->retry_base_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct graph *g = graph_parse(a, (const char *)data, size, NULL, &e);

	if (!g)
		HOLDS(e.class == ERR_INVALID && *e.msg);
	for (size_t i = 0; g && i < g->edge_count; i++)
		check_edge(g, i);
	for (size_t i = 0; g && i < g->node_count; i++)
		check_node(&g->nodes[i]);
	arena_free(a);
	return 0;
}
