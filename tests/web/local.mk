# SPDX-License-Identifier: MIT
# The responder behind a real nginx over a real database, asked by curl.
check_PROGRAMS += tests/web/account_main
tests_web_account_main_SOURCES = tests/web/account_main.c
tests_web_account_main_CPPFLAGS = -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS)
tests_web_account_main_LDADD = $(TESTDB) $(LIBMODEL)
EXTRA_DIST += tests/lib/web.sh tests/web/workflows.sql
