# SPDX-License-Identifier: MIT
# The responder behind a real nginx over a real database, asked by curl.
check_PROGRAMS += tests/web/account_main
tests_web_account_main_SOURCES = tests/web/account_main.c
tests_web_account_main_CPPFLAGS = -I$(top_srcdir)/tests/lib $(AM_CPPFLAGS)
tests_web_account_main_LDADD = $(TESTDB) $(LIBMODEL)

WEB_API_TESTS = \
	tests/web/test_accounts.sh \
	tests/web/test_budgets.sh \
	tests/web/test_decide_link.sh \
	tests/web/test_drawing.sh \
	tests/web/test_every_route.sh \
	tests/web/test_gates.sh \
	tests/web/test_idempotency.sh \
	tests/web/test_inbox.sh \
	tests/web/test_people.sh \
	tests/web/test_projects.sh \
	tests/web/test_proxy.sh \
	tests/web/test_record.sh \
	tests/web/test_reviews.sh \
	tests/web/test_roles.sh \
	tests/web/test_runs.sh \
	tests/web/test_settings.sh \
	tests/web/test_sign_in.sh
WEB_ERRORS_TESTS = \
	tests/web/test_data.sh \
	tests/web/test_lifecycle.sh \
	tests/web/test_refusals.sh
API_TESTS += $(WEB_API_TESTS)
ERRORS_TESTS += $(WEB_ERRORS_TESTS)
CONSISTENCY_TESTS += tests/web/test_decide_once.sh
CHECK_LONG_TESTS += tests/web/test_decide_once_long.sh
EXTRA_DIST += tests/web/roles.py tests/lib/play.sh tests/lib/web.sh tests/web/parallel.sql tests/web/play.sql tests/web/reviews.sql \
	tests/web/test_decide_once.sh tests/web/test_decide_once_long.sh tests/web/workflows.sql $(WEB_API_TESTS) $(WEB_ERRORS_TESTS)
