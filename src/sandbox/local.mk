# SPDX-License-Identifier: MIT
# sandbox: the only place where generated code runs.
noinst_LIBRARIES += libsandbox.a
libsandbox_a_SOURCES = \
	src/sandbox/args.c src/sandbox/args.h \
	src/sandbox/box.c src/sandbox/box.h \
	src/sandbox/filter.c src/sandbox/filter.h \
	src/sandbox/helper.c src/sandbox/helper.h \
	src/sandbox/job.c src/sandbox/job.h \
	src/sandbox/log.c src/sandbox/log.h \
	src/sandbox/pack.c \
	src/sandbox/probe.c \
	src/sandbox/report.c src/sandbox/report.h \
	src/sandbox/sandbox.c src/sandbox/sandbox.h \
	src/sandbox/scratch.c src/sandbox/scratch.h \
	src/sandbox/tree.c
libsandbox_a_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
LIBSANDBOX = libsandbox.a $(LIBFLOW) $(SECCOMP_LIBS)
