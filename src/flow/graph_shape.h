/* SPDX-License-Identifier: MIT */
/*
 * Where the nodes of a graph, all of which can be reached, stand to each other: which edges go
 * back, positions, forks and their joins. Internal to flow/graph.
 */
#ifndef FLOW_GRAPH_SHAPE_H
#define FLOW_GRAPH_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct graph;

/* Sets `back` of edges and `position` of nodes: the longest way. An edge goes back when its
   end was on the way to it: the way along pass and approve first, then in the file's order. */
void graph_order(struct arena *a, struct graph *g, size_t start);
/* After graph_order(): sets `meets` of edges and `reviews` of joins, and gives the nodes of a
   fork one position; or says what is wrong with a fork or a join. */
bool graph_forks(struct arena *a, struct graph *g, struct err *e);

#endif
