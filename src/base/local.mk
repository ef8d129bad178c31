# SPDX-License-Identifier: MIT
# base: memory, text, time, settings, templates. Knows nothing of the product.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/config.c src/base/config.h \
	src/base/config_file.c src/base/config_file.h \
	src/base/crypt.c src/base/crypt.h \
	src/base/dir.c \
	src/base/drain_options.c src/base/drain_options.h \
	src/base/err.c src/base/err.h \
	src/base/fault.c src/base/fault.h \
	src/base/file.c src/base/file.h \
	src/base/html.c src/base/html.h \
	src/base/json.c src/base/json.h \
	src/base/json_parse.c \
	src/base/log.c src/base/log.h \
	src/base/markdown.c \
	src/base/markdown_mem.c src/base/markdown_mem.h \
	src/base/mustache.c src/base/mustache.h src/base/mustache_ops.h \
	src/base/mustache_compile.c \
	src/base/mustache_escape.c \
	src/base/mustache_lint.c \
	src/base/mustache_render.c \
	src/base/mustache_scan.c \
	src/base/path_rule.c src/base/path_rule.h \
	src/base/sign.c src/base/sign.h \
	src/base/str.c src/base/str.h \
	src/base/value.c src/base/value.h \
	src/base/value_json.c
libbase_a_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS) $(CRYPTO_CFLAGS) $(CONFUSE_CFLAGS)
LIBBASE = libbase.a $(JSON_LIBS) $(SODIUM_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(CMARK_LIBS) $(PTHREAD_LIBS) -lm
