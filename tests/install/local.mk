# SPDX-License-Identifier: MIT
INSTALL_SH_TESTS = tests/install/test_setup.sh
EXTRA_DIST += $(INSTALL_SH_TESTS)
E2E_TESTS += $(INSTALL_SH_TESTS)
