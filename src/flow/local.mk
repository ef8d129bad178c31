# SPDX-License-Identifier: MIT
# flow: what a workflow is and what its stages take and give. Pure: no I/O, no database.
noinst_LIBRARIES += libflow.a
libflow_a_SOURCES = \
	src/flow/graph.c src/flow/graph.h \
	src/flow/graph_check.c src/flow/graph_check.h \
	src/flow/states.c src/flow/states.h
libflow_a_CFLAGS = $(AM_CFLAGS) $(CGRAPH_CFLAGS)
LIBFLOW = libflow.a $(LIBBASE) $(CGRAPH_LIBS)
