# SPDX-License-Identifier: MIT
# Kills and other faults, against a whole system and against runners alone.
CHAOS_TESTS = tests/chaos/test_chaos.sh tests/chaos/test_drains.sh tests/chaos/test_kills.sh
CHAOS_LONG_TESTS = tests/chaos/test_kills_long.sh
CONSISTENCY_TESTS += $(CHAOS_TESTS)
CHECK_LONG_TESTS += $(CHAOS_LONG_TESTS)
EXTRA_DIST += tests/chaos/built.sql tests/chaos/chaos.py tests/chaos/model.py tests/chaos/money.sql \
	tests/chaos/parts.py tests/chaos/sound.py tests/chaos/sound.sql $(CHAOS_TESTS) $(CHAOS_LONG_TESTS)

# The runner as in a build with --enable-faults, whatever this build is.
check_PROGRAMS += tests/chaos/runner
tests_chaos_runner_SOURCES = $(botarmy_runner_SOURCES) src/db/txn.c
tests_chaos_runner_CPPFLAGS = $(AM_CPPFLAGS) -DBOTARMY_FAULTS_BUILD
tests_chaos_runner_CFLAGS = $(botarmy_runner_CFLAGS) $(PQ_CFLAGS)
tests_chaos_runner_LDADD = $(botarmy_runner_LDADD)

# Every kind of fault, and each named point ten times, in about six minutes: by a build of its own.
chaos: tests/db/migrate_main$(EXEEXT)
	@$(MKDIR_P) chaos-build
	@cd chaos-build && { test -f Makefile || '$(abs_top_srcdir)/configure' -q --enable-faults; }
	@cd chaos-build && $(MAKE) $(AM_MAKEFLAGS) src/db/stmt.h src/db/stmt_table.c && \
		$(MAKE) $(AM_MAKEFLAGS) botarmy-runner$(EXEEXT)
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
		CHAOS_RUNNER='$(abs_top_builddir)/chaos-build/botarmy-runner' \
		$(SHELL) '$(top_srcdir)/tests/chaos/test_chaos.sh' --long
.PHONY: chaos
