/* SPDX-License-Identifier: MIT */
/*
 * libcgraph and libgvc have one reader, one error handler and one state in a process: who uses
 * them takes a turn, and what they complain of is kept instead of printed. Internal to
 * flow/graph.
 */
#ifndef FLOW_GRAPH_LIB_H
#define FLOW_GRAPH_LIB_H

void graph_lib_begin(void);
void graph_lib_end(void);
/* "" when nothing was wrong so far in this turn. */
const char *graph_lib_complaint(void);

#endif
