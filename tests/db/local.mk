# SPDX-License-Identifier: MIT
# Tests of src/db, of the schema as a whole, and of what every database test stands on.
check_PROGRAMS += tests/db/migrate_main
tests_db_migrate_main_SOURCES = tests/db/migrate_main.c
tests_db_migrate_main_LDADD = $(LIBDB)

# need_database() for the tests of any room: link $(TESTDB) before the layer's library, and
# compile with -I$(top_srcdir)/tests/lib.
check_LIBRARIES += libtestdb.a
libtestdb_a_SOURCES = tests/lib/database.c tests/lib/database.h
libtestdb_a_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SOURCE_DIR='"$(abs_top_srcdir)"' \
	-DTEST_BUILD_DIR='"$(abs_top_builddir)"'
TESTDB = libtestdb.a
EXTRA_DIST += tests/lib/with-database tests/lib/tap.sh

# The library's own tests need statements that no program has. Their table is the real one
# with more behind it, so that the numbers of the real statements stay; being an object of
# the program it takes the place of the library's.
TRY_QUERIES = $(srcdir)/tests/db/queries/try.sql
EXTRA_DIST += $(TRY_QUERIES)
TRY_STMT = tests/db/try/db/stmt.h tests/db/try/stmt_table.c
CLEANFILES += $(TRY_STMT) tests/db/try/stmt.stamp
tests/db/try/stmt.stamp: stmtc$(EXEEXT) $(srcdir)/sql/queries $(SQL_QUERIES) $(TRY_QUERIES)
	$(AM_V_GEN)$(MKDIR_P) tests/db/try/db && \
		./stmtc$(EXEEXT) $(TRY_STMT) $(SQL_QUERIES) $(TRY_QUERIES) && touch $@
$(TRY_STMT): tests/db/try/stmt.stamp
	@test -f $@ || { rm -f tests/db/try/stmt.stamp; $(MAKE) $(AM_MAKEFLAGS) tests/db/try/stmt.stamp; }
BUILT_SOURCES += $(TRY_STMT)

TRY_CPPFLAGS = -I$(top_builddir)/tests/db/try -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS)
TRY_LDADD = $(TESTDB) $(LIBDB) $(TEST_LIBS)

DB_TRY_TESTS = \
	tests/db/test_ahead \
	tests/db/test_at_once \
	tests/db/test_error \
	tests/db/test_lost \
	tests/db/test_migrate \
	tests/db/test_notify \
	tests/db/test_param \
	tests/db/test_rows \
	tests/db/test_txn
tests_db_test_at_once_SOURCES = tests/db/test_at_once.c tests/db/try.h
nodist_tests_db_test_at_once_SOURCES = tests/db/try/stmt_table.c
tests_db_test_at_once_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_at_once_LDADD = $(TRY_LDADD)
tests_db_test_ahead_SOURCES = tests/db/test_ahead.c tests/db/try.h
nodist_tests_db_test_ahead_SOURCES = tests/db/try/stmt_table.c
tests_db_test_ahead_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_ahead_LDADD = $(TRY_LDADD)
tests_db_test_error_SOURCES = tests/db/test_error.c tests/db/try.h
nodist_tests_db_test_error_SOURCES = tests/db/try/stmt_table.c
tests_db_test_error_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_error_LDADD = $(TRY_LDADD)
tests_db_test_lost_SOURCES = tests/db/test_lost.c tests/db/try.h
nodist_tests_db_test_lost_SOURCES = tests/db/try/stmt_table.c
tests_db_test_lost_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_lost_LDADD = $(TRY_LDADD)
tests_db_test_migrate_SOURCES = tests/db/test_migrate.c tests/db/try.h
nodist_tests_db_test_migrate_SOURCES = tests/db/try/stmt_table.c
tests_db_test_migrate_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_migrate_LDADD = $(TRY_LDADD) $(PTHREAD_LIBS)
tests_db_test_notify_SOURCES = tests/db/test_notify.c tests/db/try.h
nodist_tests_db_test_notify_SOURCES = tests/db/try/stmt_table.c
tests_db_test_notify_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_notify_LDADD = $(TRY_LDADD)
tests_db_test_param_SOURCES = tests/db/test_param.c tests/db/try.h
nodist_tests_db_test_param_SOURCES = tests/db/try/stmt_table.c
tests_db_test_param_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_param_LDADD = $(TRY_LDADD)
tests_db_test_rows_SOURCES = tests/db/test_rows.c tests/db/try.h
nodist_tests_db_test_rows_SOURCES = tests/db/try/stmt_table.c
tests_db_test_rows_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_rows_LDADD = $(TRY_LDADD)
tests_db_test_txn_SOURCES = tests/db/test_txn.c tests/db/try.h
nodist_tests_db_test_txn_SOURCES = tests/db/try/stmt_table.c
tests_db_test_txn_CPPFLAGS = $(TRY_CPPFLAGS)
tests_db_test_txn_LDADD = $(TRY_LDADD) $(PTHREAD_LIBS)

# The real table against the real schema.
tests_db_test_statements_SOURCES = tests/db/test_statements.c
tests_db_test_statements_CPPFLAGS = -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS)
tests_db_test_statements_LDADD = $(TRY_LDADD)

tests_db_test_privileges_SOURCES = tests/db/test_privileges.c
tests_db_test_privileges_CPPFLAGS = -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS) $(PQ_CFLAGS)
tests_db_test_privileges_LDADD = $(TRY_LDADD)

tests_db_test_sqlscan_SOURCES = tests/db/test_sqlscan.c
tests_db_test_sqlscan_LDADD = $(LIBDB) $(TEST_LIBS)

check_PROGRAMS += $(DB_TRY_TESTS) tests/db/test_statements tests/db/test_privileges tests/db/test_sqlscan
DB_SH_TESTS = tests/db/test_cluster.sh tests/db/test_schema.sh tests/db/test_turns.sh tests/db/test_upgrade.sh tests/db/test_with_database.sh
EXTRA_DIST += tests/db/first.sql $(DB_SH_TESTS) tests/db/test_stmtc.sh tests/layers.sh
DATABASE_TESTS += $(DB_TRY_TESTS) tests/db/test_statements tests/db/test_privileges $(DB_SH_TESTS)
UNIT_TESTS += tests/db/test_sqlscan tests/db/test_stmtc.sh tests/layers.sh
