# SPDX-License-Identifier: MIT
# Unit tests of src/http: exchanges are fed without sockets.
check_LIBRARIES += libfeed.a
libfeed_a_SOURCES = tests/http/feed.c tests/http/feed.h
HTTP_TESTS = \
	tests/http/test_form \
	tests/http/test_record_reader \
	tests/http/test_request \
	tests/http/test_respond \
	tests/http/test_route
UNIT_TESTS += $(HTTP_TESTS)
check_PROGRAMS += $(HTTP_TESTS)
HTTP_TEST_CPPFLAGS = -I$(top_srcdir)/tests -I$(top_srcdir)/tests/http $(AM_CPPFLAGS)
HTTP_TEST_LDADD = libfeed.a $(LIBHTTP) $(TEST_LIBS)
tests_http_test_form_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
tests_http_test_form_LDADD = $(HTTP_TEST_LDADD)
tests_http_test_record_reader_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
tests_http_test_record_reader_LDADD = $(HTTP_TEST_LDADD)
tests_http_test_request_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
tests_http_test_request_LDADD = $(HTTP_TEST_LDADD)
tests_http_test_respond_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
tests_http_test_respond_LDADD = $(HTTP_TEST_LDADD)
tests_http_test_route_CPPFLAGS = $(HTTP_TEST_CPPFLAGS)
tests_http_test_route_LDADD = $(HTTP_TEST_LDADD)
