# SPDX-License-Identifier: MIT
# base: memory, text, time, settings, templates. Knows nothing of the product.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/err.c src/base/err.h
libbase_a_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(CONFUSE_CFLAGS)
LIBBASE = libbase.a $(JSON_LIBS) $(SODIUM_LIBS) $(CONFUSE_LIBS) $(CMARK_LIBS) $(PTHREAD_LIBS) -lm
