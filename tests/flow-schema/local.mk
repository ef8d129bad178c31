# SPDX-License-Identifier: MIT
SCHEMA_TESTS = \
	tests/flow-schema/test_price \
	tests/flow-schema/test_schema
UNIT_TESTS += $(SCHEMA_TESTS) tests/flow-schema/test_schema_oracle.py
CHECK_LONG_TESTS += tests/flow-schema/test_schema_long.sh
check_PROGRAMS += $(SCHEMA_TESTS) tests/flow-schema/schema_check
tests_flow_schema_test_price_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_schema_test_schema_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_schema_schema_check_LDADD = $(LIBFLOW)
EXTRA_DIST += tests/flow-schema/test_schema_oracle.py tests/flow-schema/test_schema_long.sh
