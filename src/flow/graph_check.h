/* SPDX-License-Identifier: MIT */
/* What makes a graph that could be read a sound workflow. Internal to flow/graph. */
#ifndef FLOW_GRAPH_CHECK_H
#define FLOW_GRAPH_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct graph;

/* Computes what is to be computed, too. */
bool graph_check(struct arena *a, struct graph *g, struct err *e);
/* The place of an edge other than `i` that leaves the same node for the same outcome; or
   edge_count. */
size_t graph_sibling(const struct graph *g, size_t i);

#endif
