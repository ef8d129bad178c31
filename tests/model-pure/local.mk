# SPDX-License-Identifier: MIT
# What of model and flow needs no database.
MODEL_PURE_TESTS = tests/model-pure/test_archive tests/model-pure/test_diff tests/model-pure/test_fileset
check_PROGRAMS += $(MODEL_PURE_TESTS)
UNIT_TESTS += $(MODEL_PURE_TESTS)
tests_model_pure_test_archive_LDADD = $(LIBMODEL) $(TEST_LIBS)
tests_model_pure_test_diff_LDADD = $(LIBMODEL) $(TEST_LIBS)
tests_model_pure_test_fileset_LDADD = $(LIBFLOW) $(TEST_LIBS)
