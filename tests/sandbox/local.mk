# SPDX-License-Identifier: MIT
# The programs run below tests/lib/as-user: a sandbox never runs as root.
SANDBOX_TESTS = tests/sandbox/test_cases tests/sandbox/test_helper tests/sandbox/test_probe \
	tests/sandbox/test_parts
SANDBOX_SUITE = tests/sandbox/suite.c tests/sandbox/suite.h
check_PROGRAMS += $(SANDBOX_TESTS)
tests_sandbox_test_cases_SOURCES = tests/sandbox/test_cases.c $(SANDBOX_SUITE)
tests_sandbox_test_helper_SOURCES = tests/sandbox/test_helper.c $(SANDBOX_SUITE)
tests_sandbox_test_cases_LDADD = $(LIBSANDBOX) $(TEST_LIBS)
tests_sandbox_test_helper_LDADD = $(LIBSANDBOX) $(TEST_LIBS)
tests_sandbox_test_probe_SOURCES = tests/sandbox/test_probe.c $(SANDBOX_SUITE)
tests_sandbox_test_probe_LDADD = $(LIBSANDBOX) $(TEST_LIBS)
SANDBOX_RUNS = tests/sandbox/cases.sh tests/sandbox/helper.sh tests/sandbox/probe.sh \
	tests/sandbox/root.sh tests/sandbox/walled.sh
tests_sandbox_test_parts_LDADD = $(LIBSANDBOX) $(TEST_LIBS)
UNIT_TESTS += tests/sandbox/test_parts $(SANDBOX_RUNS)
EXTRA_DIST += tests/lib/as-user tests/sandbox/cases $(SANDBOX_RUNS)
