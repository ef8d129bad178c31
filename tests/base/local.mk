# SPDX-License-Identifier: MIT
BASE_TESTS = \
	tests/base/test_config \
	tests/base/test_err \
	tests/base/test_mustache_spec
UNIT_TESTS += $(BASE_TESTS)
check_PROGRAMS += $(BASE_TESTS)
tests_base_test_config_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_err_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_mustache_spec_LDADD = $(LIBBASE)
EXTRA_DIST += \
	tests/base/fixtures/README.md \
	tests/base/fixtures/mustache-comments.json \
	tests/base/fixtures/mustache-delimiters.json \
	tests/base/fixtures/mustache-inheritance.json \
	tests/base/fixtures/mustache-interpolation.json \
	tests/base/fixtures/mustache-inverted.json \
	tests/base/fixtures/mustache-partials.json \
	tests/base/fixtures/mustache-sections.json
