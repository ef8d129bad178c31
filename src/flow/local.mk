# SPDX-License-Identifier: MIT
# flow: the rules of the product as pure functions. No I/O, no database.
noinst_LIBRARIES += libflow.a
libflow_a_SOURCES = \
	src/flow/canonical.c src/flow/canonical.h \
	src/flow/fileset.c src/flow/fileset.h \
	src/flow/graph.c src/flow/graph.h \
	src/flow/graph_check.c src/flow/graph_check.h \
	src/flow/items.c src/flow/items.h \
	src/flow/handover.c src/flow/handover.h \
	src/flow/graph_layout.c src/flow/graph_layout.h \
	src/flow/graph_lib.c src/flow/graph_lib.h \
	src/flow/graph_read.c src/flow/graph_read.h \
	src/flow/graph_shape.c src/flow/graph_shape.h \
	src/flow/pattern.c src/flow/pattern.h \
	src/flow/price.c src/flow/price.h \
	src/flow/prompt.c src/flow/prompt.h \
	src/flow/schema.c src/flow/schema.h \
	src/flow/schema_compile.c src/flow/schema_node.h \
	src/flow/states.c src/flow/states.h
libflow_a_CFLAGS = $(AM_CFLAGS) $(GVC_CFLAGS)
LIBFLOW = libflow.a $(LIBBASE) $(GVC_LIBS)
