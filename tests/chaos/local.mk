# SPDX-License-Identifier: MIT
# Kills at random moments, against a whole system.
CHAOS_TESTS = tests/chaos/test_kills.sh
CHAOS_LONG_TESTS = tests/chaos/test_kills_long.sh
CONSISTENCY_TESTS += $(CHAOS_TESTS)
CHECK_LONG_TESTS += $(CHAOS_LONG_TESTS)
EXTRA_DIST += tests/chaos/sound.sql $(CHAOS_TESTS) $(CHAOS_LONG_TESTS)
