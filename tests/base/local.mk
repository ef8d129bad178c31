# SPDX-License-Identifier: MIT
BASE_TESTS = \
	tests/base/test_config \
	tests/base/test_err
UNIT_TESTS += $(BASE_TESTS)
check_PROGRAMS += $(BASE_TESTS)
tests_base_test_config_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_err_LDADD = $(LIBBASE) $(TEST_LIBS)
