# SPDX-License-Identifier: MIT
LLM_TESTS = \
	tests/llm/test_extract \
	tests/llm/test_openai_build \
	tests/llm/test_openai_parse
UNIT_TESTS += $(LLM_TESTS)
check_PROGRAMS += $(LLM_TESTS)
tests_llm_test_extract_LDADD = $(LIBLLM) $(TEST_LIBS)
tests_llm_test_openai_build_LDADD = $(LIBLLM) $(TEST_LIBS)
tests_llm_test_openai_parse_LDADD = $(LIBLLM) $(TEST_LIBS)

LLM_ERROR_TESTS = tests/llm/test_misbehaviour
ERRORS_TESTS += $(LLM_ERROR_TESTS)
check_PROGRAMS += $(LLM_ERROR_TESTS)
tests_llm_test_misbehaviour_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_llm_test_misbehaviour_LDADD = $(LIBSTUB_MODEL) $(LIBLLM) $(LIBNET) $(TEST_LIBS)
AGENTS_TESTS += tests/llm/test_stub_agents.py
EXTRA_DIST += tests/llm/test_stub_agents.py
