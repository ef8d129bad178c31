# SPDX-License-Identifier: MIT
# The feed behind a real nginx over a real database.
FEED_TESTS = \
	tests/feed/test_text.sh \
	tests/feed/test_cuts.sh
REALTIME_TESTS += $(FEED_TESTS)
API_TESTS += tests/feed/test_streams.sh
CHECK_LONG_TESTS += tests/feed/test_cuts_long.sh
EXTRA_DIST += $(FEED_TESTS) tests/feed/test_streams.sh tests/feed/test_cuts_long.sh tests/feed/cuts.py tests/feed/streams.py tests/feed/text.py tests/feed/watch.py
