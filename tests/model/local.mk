# SPDX-License-Identifier: MIT
# model against a real database.
check_PROGRAMS += tests/model/workflow_main
tests_model_workflow_main_SOURCES = tests/model/workflow_main.c
tests_model_workflow_main_CPPFLAGS = -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS)
tests_model_workflow_main_LDADD = $(LIBMODEL)
DATABASE_TESTS += tests/model/test_workflow.sh
EXTRA_DIST += tests/model/test_workflow.sh
