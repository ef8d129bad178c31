/* SPDX-License-Identifier: MIT */
/* From DOT text to the struct. What attributes say is in graph_read.c, what makes a workflow
   sound in graph_check.c, where its parts stand to each other in graph_shape.c. */
#include "flow/graph.h"

#include <string.h>

#include <graphviz/cgraph.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph_check.h"
#include "flow/graph_lib.h"
#include "flow/graph_read.h"

enum { TITLE_MAX_BYTES = 200 };

struct reader {
	const char *at;
	size_t left;
};

/* A line at a time: what follows the graph stays ours to look at. */
static int feed(void *channel, char *buf, int size)
{
	struct reader *r = channel;
	size_t n = 0;

	while (n < r->left && n < (size_t)size && (n == 0 || r->at[n - 1] != '\n'))
		n++;
	memcpy(buf, r->at, n);
	r->at += n;
	r->left -= n;
	return (int)n;
}

/* NULL where it is absent or empty. */
static const char *of_graph(struct arena *a, Agraph_t *dot, const char *name)
{
	char *value = agget(dot, (char *)name);

	return value && *value ? arena_strdup(a, value) : NULL;
}

static bool read_head(struct arena *a, Agraph_t *dot, struct graph *g, struct err *e)
{
	g->name = arena_strdup(a, agnameof(dot) ? agnameof(dot) : "");
	if (!agisdirected(dot))
		return err_set(e, ERR_INVALID, "a workflow is a digraph");
	if (agisstrict(dot))
		return err_set(e, ERR_INVALID,
			       "a strict digraph keeps one edge between two nodes; remove \"strict\"");
	if (!graph_name(g->name, "-"))
		return err_set(e, ERR_INVALID,
			       "the digraph's name is made of a-z, 0-9, _ and -, and begins with a letter");
	if (agfstsubg(dot))
		return err_set(e, ERR_INVALID, "a workflow has no subgraphs");
	if (!graph_known_attributes(dot, e))
		return false;
	if (agnnodes(dot) > GRAPH_NODES || agnedges(dot) > GRAPH_EDGES)
		return err_set(e, ERR_INVALID, "a workflow has at most %d nodes and %d edges", GRAPH_NODES,
			       GRAPH_EDGES);
	g->title = of_graph(a, dot, "title");
	g->start = of_graph(a, dot, "start");
	if (!g->title || strlen(g->title) > TITLE_MAX_BYTES || utf8_invalid(g->title, strlen(g->title)) >= 0)
		return err_set(e, ERR_INVALID, "the graph needs a title of at most %d bytes of UTF-8",
			       TITLE_MAX_BYTES);
	if (!g->start)
		return err_set(e, ERR_INVALID, "the graph needs a start: the node at which a run begins");
	return true;
}

static bool read_graph(struct arena *a, Agraph_t *dot, const char *const *agents, struct graph *g,
		       struct err *e)
{
	if (!read_head(a, dot, g, e))
		return false;
	g->nodes = arena_array(a, (size_t)agnnodes(dot), sizeof(*g->nodes));
	g->edges = arena_array(a, (size_t)agnedges(dot), sizeof(*g->edges));
	for (Agnode_t *n = agfstnode(dot); n; n = agnxtnode(dot, n))
		if (!graph_read_node(a, n, agents, &g->nodes[g->node_count++], e))
			return false;
	for (Agnode_t *n = agfstnode(dot); n; n = agnxtnode(dot, n))
		for (Agedge_t *edge = agfstout(dot, n); edge; edge = agnxtout(dot, edge))
			if (!graph_read_edge(a, edge, g, &g->edges[g->edge_count++], e))
				return false;
	return true;
}

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = { "agent", "gate", "join", "timer", "exit" };

	return names[kind];
}

struct graph *graph_parse(struct arena *a, const char *text, size_t n, const char *const *agents,
			  struct err *e)
{
	Agiodisc_t io = { feed, NULL, NULL };
	Agdisc_t disc = { NULL, &AgIdDisc, &io };
	struct reader r = { text, n };
	struct graph *g = arena_alloc(a, sizeof(*g));
	ptrdiff_t bad = utf8_invalid(text, n);
	bool ok = false;

	if (n > GRAPH_BYTES || bad >= 0) {
		err_set(e, ERR_INVALID, "a workflow is at most %zu bytes of UTF-8 text", GRAPH_BYTES);
		return NULL;
	}
	graph_lib_begin();
	graph_attributes();
	agreadline(1);
	Agraph_t *dot = agread(&r, &disc);
	if (!dot || *graph_lib_complaint()) {
		err_set(e, ERR_INVALID, "this is not a graph in DOT: %s",
			*graph_lib_complaint() ? graph_lib_complaint() : "it is empty");
	} else {
		Agraph_t *second = agread(&r, &disc);
		if (second || *graph_lib_complaint())
			err_set(e, ERR_INVALID, "something follows the graph's closing brace; remove it");
		else
			ok = read_graph(a, dot, agents, g, e);
		if (second)
			agclose(second);
	}
	if (dot)
		agclose(dot);
	graph_lib_end();
	return ok && graph_check(a, g, e) ? g : NULL;
}
