# SPDX-License-Identifier: MIT
# flow: the rules of the product as pure functions. No I/O, no database.
noinst_LIBRARIES += libflow.a
libflow_a_SOURCES = \
	src/flow/fileset.c src/flow/fileset.h
libflow_a_CFLAGS = $(AM_CFLAGS)
LIBFLOW = libflow.a $(LIBBASE)
