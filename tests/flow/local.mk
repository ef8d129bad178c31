# SPDX-License-Identifier: MIT
FLOW_TESTS = \
	tests/flow/test_graph \
	tests/flow/test_handover \
	tests/flow/test_graph_shape \
	tests/flow/test_items \
	tests/flow/test_prompt \
	tests/flow/test_states
UNIT_TESTS += $(FLOW_TESTS)
check_PROGRAMS += $(FLOW_TESTS)
tests_flow_test_graph_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_test_handover_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_test_graph_shape_CPPFLAGS = -I$(top_srcdir)/tests $(AM_CPPFLAGS)
tests_flow_test_graph_shape_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_test_items_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_test_prompt_LDADD = $(LIBFLOW) $(TEST_LIBS)
tests_flow_test_states_LDADD = $(LIBFLOW) $(TEST_LIBS)
