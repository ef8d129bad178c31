# SPDX-License-Identifier: MIT
NET_TESTS = \
	tests/net/test_http_client \
	tests/net/test_http_sync
ERRORS_TESTS += $(NET_TESTS)
check_PROGRAMS += $(NET_TESTS)
tests_net_test_http_client_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib $(UV_CFLAGS)
tests_net_test_http_client_LDADD = $(LIBSTUB_MODEL) $(LIBNET) $(TEST_LIBS)
tests_net_test_http_sync_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_net_test_http_sync_LDADD = $(LIBSTUB_MODEL) $(LIBNET) $(TEST_LIBS)
