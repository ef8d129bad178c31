# SPDX-License-Identifier: MIT
# db: the only place that speaks to PostgreSQL, and only in named statements.
noinst_LIBRARIES += libdb.a
libdb_a_SOURCES = \
	src/db/ahead.c \
	src/db/array.c src/db/array.h \
	src/db/conn.h \
	src/db/connect.c src/db/db.h \
	src/db/encode.c \
	src/db/error.c \
	src/db/migrate.c src/db/migrate.h \
	src/db/notify.c \
	src/db/param.c \
	src/db/rows.c \
	src/db/script.c src/db/script.h \
	src/db/sqlscan.c src/db/sqlscan.h \
	src/db/statement.c src/db/statement.h \
	src/db/txn.c
nodist_libdb_a_SOURCES = src/db/stmt.h src/db/stmt_table.c
libdb_a_CFLAGS = $(AM_CFLAGS) $(PQ_CFLAGS)
LIBDB = libdb.a $(LIBBASE) $(PQ_LIBS)

# Named statements become a table. The stamp is what make compares: stmtc leaves files
# alone that would not change. The folder stands for files that were removed from it.
BUILT_SOURCES += src/db/stmt.h src/db/stmt_table.c
CLEANFILES += src/db/stmt.h src/db/stmt_table.c src/db/stmt.stamp
src/db/stmt.stamp: stmtc$(EXEEXT) $(srcdir)/sql/queries $(SQL_QUERIES)
	$(AM_V_GEN)$(MKDIR_P) src/db && \
		./stmtc$(EXEEXT) src/db/stmt.h src/db/stmt_table.c $(SQL_QUERIES) && touch $@
src/db/stmt.h src/db/stmt_table.c: src/db/stmt.stamp
	@test -f $@ || { rm -f src/db/stmt.stamp; $(MAKE) $(AM_MAKEFLAGS) src/db/stmt.stamp; }
