# SPDX-License-Identifier: MIT
# Tests of the engine, by statements of their own behind the real ones, and of the runner.
ENGINE_QUERIES = $(srcdir)/tests/runner/queries/try.sql
EXTRA_DIST += $(ENGINE_QUERIES)
ENGINE_STMT = tests/runner/try/db/stmt.h tests/runner/try/stmt_table.c
CLEANFILES += $(ENGINE_STMT) tests/runner/try/stmt.stamp
tests/runner/try/stmt.stamp: stmtc$(EXEEXT) $(srcdir)/sql/queries $(SQL_QUERIES) $(ENGINE_QUERIES)
	$(AM_V_GEN)$(MKDIR_P) tests/runner/try/db && \
		./stmtc$(EXEEXT) $(ENGINE_STMT) $(SQL_QUERIES) $(ENGINE_QUERIES) && touch $@
$(ENGINE_STMT): tests/runner/try/stmt.stamp
	@test -f $@ || { rm -f tests/runner/try/stmt.stamp; $(MAKE) $(AM_MAKEFLAGS) tests/runner/try/stmt.stamp; }
BUILT_SOURCES += $(ENGINE_STMT)

ENGINE_CPPFLAGS = -I$(top_builddir)/tests/runner/try -I$(top_srcdir)/tests/lib -I$(top_srcdir)/tests $(AM_CPPFLAGS)
ENGINE_LDADD = $(TESTDB) $(LIBMODEL) $(PTHREAD_LIBS) $(TEST_LIBS)

tests_runner_test_engine_SOURCES = tests/runner/test_engine.c tests/runner/engine.h
nodist_tests_runner_test_engine_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_engine_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_engine_LDADD = $(ENGINE_LDADD)
tests_runner_test_graph_SOURCES = tests/runner/test_graph.c tests/runner/engine.h
nodist_tests_runner_test_graph_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_graph_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_graph_LDADD = $(ENGINE_LDADD)
tests_runner_test_people_SOURCES = tests/runner/test_people.c tests/runner/engine.h
nodist_tests_runner_test_people_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_people_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_people_LDADD = $(ENGINE_LDADD)
tests_runner_test_messages_SOURCES = tests/runner/test_messages.c tests/runner/engine.h
nodist_tests_runner_test_messages_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_messages_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_messages_LDADD = $(ENGINE_LDADD)
tests_runner_test_money_SOURCES = tests/runner/test_money.c tests/runner/engine.h
nodist_tests_runner_test_money_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_money_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_money_LDADD = $(ENGINE_LDADD)
tests_runner_test_races_SOURCES = tests/runner/test_races.c tests/runner/engine.h
nodist_tests_runner_test_races_SOURCES = tests/runner/try/stmt_table.c
tests_runner_test_races_CPPFLAGS = $(ENGINE_CPPFLAGS)
tests_runner_test_races_LDADD = $(ENGINE_LDADD)

ENGINE_TESTS = tests/runner/test_engine tests/runner/test_graph tests/runner/test_people \
	tests/runner/test_messages tests/runner/test_money
check_PROGRAMS += $(ENGINE_TESTS) tests/runner/test_races
DATABASE_TESTS += $(ENGINE_TESTS)
CONSISTENCY_TESTS += tests/runner/test_races

# The runner as a program.
RUNNER_SH = tests/runner/briefs.sh tests/runner/drain.sh tests/runner/kept.sh tests/runner/mistakes.sh tests/runner/outage.sh \
	tests/runner/paid.sh tests/runner/plans.sh
EXTRA_DIST += tests/runner/inside.sh $(RUNNER_SH) tests/fixtures/agents tests/fixtures/briefs
AGENTS_TESTS += tests/runner/briefs.sh tests/runner/kept.sh
ERRORS_TESTS += tests/runner/mistakes.sh tests/runner/paid.sh
CONSISTENCY_TESTS += tests/runner/drain.sh tests/runner/outage.sh
PERFORMANCE_TESTS += tests/runner/plans.sh
