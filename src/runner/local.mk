# SPDX-License-Identifier: MIT
# runner: claims stages, calls models, runs sandboxes, commits.
noinst_LIBRARIES += librunner.a
librunner_a_SOURCES = \
	src/runner/sandbox.c src/runner/sandbox.h \
	src/runner/sandbox_args.c src/runner/sandbox_args.h \
	src/runner/sandbox_box.c src/runner/sandbox_box.h \
	src/runner/sandbox_filter.c src/runner/sandbox_filter.h \
	src/runner/sandbox_helper.c src/runner/sandbox_helper.h \
	src/runner/sandbox_job.c src/runner/sandbox_job.h \
	src/runner/sandbox_log.c src/runner/sandbox_log.h \
	src/runner/sandbox_pack.c \
	src/runner/sandbox_probe.c \
	src/runner/sandbox_report.c src/runner/sandbox_report.h \
	src/runner/sandbox_scratch.c src/runner/sandbox_scratch.h \
	src/runner/sandbox_tree.c
librunner_a_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
LIBRUNNER = librunner.a $(LIBFLOW) $(SECCOMP_LIBS)
