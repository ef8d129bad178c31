# SPDX-License-Identifier: MIT
# http: requests in, responses out. libfcgi lives only here.
noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
	src/http/etag.c src/http/etag.h \
	src/http/exchange.h \
	src/http/fcgi.c src/http/fcgi.h \
	src/http/form.c src/http/form.h \
	src/http/listen.c src/http/listen.h \
	src/http/record_reader.c src/http/record_reader.h \
	src/http/records.c src/http/records.h \
	src/http/request.c src/http/request.h \
	src/http/request_read.c \
	src/http/respond.c src/http/respond.h \
	src/http/response.c src/http/response.h \
	src/http/route.c src/http/route.h \
	src/http/urlencoded.c src/http/urlencoded.h
libhttp_a_CFLAGS = $(AM_CFLAGS) $(URIPARSER_CFLAGS)
LIBHTTP = libhttp.a $(LIBBASE) $(FCGI_LIBS) $(URIPARSER_LIBS)
