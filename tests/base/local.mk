# SPDX-License-Identifier: MIT
BASE_TESTS = \
	tests/base/test_arena \
	tests/base/test_buf \
	tests/base/test_clock \
	tests/base/test_config \
	tests/base/test_crypt \
	tests/base/test_err \
	tests/base/test_fault \
	tests/base/test_file \
	tests/base/test_html \
	tests/base/test_json \
	tests/base/test_log \
	tests/base/test_mustache \
	tests/base/test_mustache_lint \
	tests/base/test_mustache_load \
	tests/base/test_mustache_spec \
	tests/base/test_path_rule \
	tests/base/test_str \
	tests/base/test_value
UNIT_TESTS += $(BASE_TESTS)
check_PROGRAMS += $(BASE_TESTS)
tests_base_test_arena_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_buf_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_clock_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_config_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_crypt_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_err_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_fault_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_file_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_json_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_log_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_mustache_spec_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_path_rule_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_str_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_value_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_html_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_mustache_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_mustache_lint_LDADD = $(LIBBASE) $(TEST_LIBS)
tests_base_test_mustache_load_LDADD = $(LIBBASE) $(TEST_LIBS)
EXTRA_DIST += \
	tests/unit.h \
	tests/base/sheet.h \
	tests/base/fixtures/README.md \
	tests/base/fixtures/mustache-comments.json \
	tests/base/fixtures/mustache-delimiters.json \
	tests/base/fixtures/mustache-inheritance.json \
	tests/base/fixtures/mustache-interpolation.json \
	tests/base/fixtures/mustache-inverted.json \
	tests/base/fixtures/mustache-partials.json \
	tests/base/fixtures/mustache-sections.json
