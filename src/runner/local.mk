# SPDX-License-Identifier: MIT
# runner: claims stages, calls models, runs suites, commits.
bin_PROGRAMS += botarmy-runner
botarmy_runner_SOURCES = \
	src/runner/agent.c src/runner/agent.h \
	src/runner/ahead.c src/runner/ahead.h \
	src/runner/ask.c \
	src/runner/call.c src/runner/call.h \
	src/runner/claim.c \
	src/runner/commit.c \
	src/runner/fallback_work.c \
	src/runner/hear.c \
	src/runner/judge.c \
	src/runner/life.c \
	src/runner/live.c \
	src/runner/load.c \
	src/runner/loop.c \
	src/runner/main.c \
	src/runner/note.c \
	src/runner/output.c src/runner/output.h \
	src/runner/pressure.c \
	src/runner/request.c \
	src/runner/runner.h \
	src/runner/settle.c \
	src/runner/store.c \
	src/runner/suite.c \
	src/runner/trip.c \
	src/runner/work.c
botarmy_runner_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
botarmy_runner_LDADD = $(LIBMODEL) $(LIBSANDBOX) $(LIBFALLBACK) $(LIBLLM) $(LIBNET) $(UV_LIBS)
