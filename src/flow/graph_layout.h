/* SPDX-License-Identifier: MIT */
/* Where a drawing of a workflow puts its nodes and edges. */
#ifndef FLOW_GRAPH_LAYOUT_H
#define FLOW_GRAPH_LAYOUT_H

struct arena;
struct err;
struct graph;

/*
 * JSON, in px, from left to right, y downwards:
 *   {width, height,
 *    nodes: [{node, text, x, y, width, height}],             x, y: its middle
 *    edges: [{node, next, back, text, x, y, points: [[x, y], …]}]}
 * points: of cubic Béziers, one and then three for each. text: the outcomes that lead there, at
 * x, y its middle; absent where things go on as they should. Edges between the same two nodes
 * are one. The same graph has the same layout. NULL on failure. Takes
 * turns with graph_parse().
 */
const char *graph_layout(struct arena *a, const struct graph *g, struct err *e);

#endif
