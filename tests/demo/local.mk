# SPDX-License-Identifier: MIT
DEMO_TESTS = tests/demo/test_demo.sh
E2E_TESTS += $(DEMO_TESTS)
EXTRA_DIST += $(DEMO_TESTS)
