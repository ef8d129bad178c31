# SPDX-License-Identifier: MIT
# What proves the engine: a program against an oracle, what it must catch, and a model.
PROOF_QUERIES = $(srcdir)/tests/proof/queries/proof.sql
PROOF_STMT = tests/proof/try/db/stmt.h tests/proof/try/stmt_table.c
CLEANFILES += $(PROOF_STMT) tests/proof/try/stmt.stamp
tests/proof/try/stmt.stamp: stmtc$(EXEEXT) $(srcdir)/sql/queries $(SQL_QUERIES) $(PROOF_QUERIES)
	$(AM_V_GEN)$(MKDIR_P) tests/proof/try/db && \
		./stmtc$(EXEEXT) $(PROOF_STMT) $(SQL_QUERIES) $(PROOF_QUERIES) && touch $@
$(PROOF_STMT): tests/proof/try/stmt.stamp
	@test -f $@ || { rm -f tests/proof/try/stmt.stamp; $(MAKE) $(AM_MAKEFLAGS) tests/proof/try/stmt.stamp; }
BUILT_SOURCES += $(PROOF_STMT)

check_PROGRAMS += tests/proof/differential
tests_proof_differential_SOURCES = \
	tests/proof/differential.c \
	tests/proof/graphs.c tests/proof/graphs.h \
	tests/proof/ops_money.c \
	tests/proof/ops_people.c \
	tests/proof/ops_stages.c \
	tests/proof/oracle.h \
	tests/proof/oracle_dump.c \
	tests/proof/oracle_message.c \
	tests/proof/oracle_money.c \
	tests/proof/oracle_people.c \
	tests/proof/oracle_stage.c \
	tests/proof/oracle_step.c \
	tests/proof/real.c tests/proof/real.h
nodist_tests_proof_differential_SOURCES = tests/proof/try/stmt_table.c
tests_proof_differential_CPPFLAGS = -I$(top_builddir)/tests/proof/try $(AM_CPPFLAGS)
tests_proof_differential_LDADD = $(LIBDB) -lm

PROOF_TESTS = tests/proof/test_differential.sh tests/proof/test_model.sh
PROOF_LONG_TESTS = tests/proof/test_differential_long.sh tests/proof/test_differential_new.sh \
	tests/proof/test_model_long.sh \
	tests/proof/test_mutations_1.sh tests/proof/test_mutations_2.sh tests/proof/test_mutations_3.sh
PROOF_MUTATIONS = $(sort $(wildcard $(srcdir)/tests/proof/mutations/*.sed))
EXTRA_DIST += $(PROOF_QUERIES) $(PROOF_TESTS) $(PROOF_LONG_TESTS) $(PROOF_MUTATIONS) \
	tests/proof/differential.sh tests/proof/engine.pml tests/proof/engine_moves.pml tests/proof/inside.sh \
	tests/proof/mutations.sh
CONSISTENCY_TESTS += $(PROOF_TESTS)
CHECK_LONG_TESTS += $(PROOF_LONG_TESTS)
