/* SPDX-License-Identifier: MIT */
/* The attributes of nodes and edges: which there are, for whom, and their ranges. Internal to
   flow/graph; in a turn of graph_lib.h. */
#ifndef FLOW_GRAPH_READ_H
#define FLOW_GRAPH_READ_H

#include <stdbool.h>

#include <graphviz/cgraph.h>

struct arena;
struct err;
struct graph;
struct graph_edge;
struct graph_node;

/* Before a graph is read: lets absent attributes be told from empty ones. */
void graph_attributes(void);
/* A name of at most 60 bytes: a letter, then letters, digits, _ and what is in `more`. */
bool graph_name(const char *s, const char *more);
bool graph_read_node(struct arena *a, Agnode_t *n, const char *const *agents, struct graph_node *out,
		     struct err *e);
/* Its ends must be among g's nodes already. */
bool graph_read_edge(struct arena *a, Agedge_t *edge, const struct graph *g, struct graph_edge *out,
		     struct err *e);
/* The graph has no attribute that the language does not have, and none set for all. */
bool graph_known_attributes(Agraph_t *dot, struct err *e);

#endif
