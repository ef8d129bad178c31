# SPDX-License-Identifier: MIT
# What a page costs, in rows and statements; and that the bench measures what it says. No test
# asserts a time: times are what make bench is for.
PERFORMANCE_SH_TESTS = tests/performance/test_bench.sh tests/performance/test_list.sh
PERFORMANCE_TESTS += $(PERFORMANCE_SH_TESTS)
EXTRA_DIST += $(PERFORMANCE_SH_TESTS) tests/performance/figures.py tests/performance/plan.py
check_PROGRAMS += $(BENCH_TOOLS)
