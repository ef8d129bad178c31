# SPDX-License-Identifier: MIT
# flow: the rules of the product as pure functions. No I/O, no database.
noinst_LIBRARIES += libflow.a
libflow_a_SOURCES = \
	src/flow/canonical.c src/flow/canonical.h \
	src/flow/fileset.c src/flow/fileset.h \
	src/flow/pattern.c src/flow/pattern.h \
	src/flow/price.c src/flow/price.h \
	src/flow/schema.c src/flow/schema.h \
	src/flow/schema_compile.c src/flow/schema_node.h
libflow_a_CFLAGS = $(AM_CFLAGS)
LIBFLOW = libflow.a $(LIBBASE)
