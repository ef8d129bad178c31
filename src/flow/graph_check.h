/* SPDX-License-Identifier: MIT */
/* What makes a graph that could be read a sound workflow. Internal to flow/graph. */
#ifndef FLOW_GRAPH_CHECK_H
#define FLOW_GRAPH_CHECK_H

#include <stdbool.h>

struct arena;
struct err;
struct graph;

bool graph_check(struct arena *a, const struct graph *g, struct err *e);

#endif
