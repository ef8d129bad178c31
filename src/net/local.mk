# SPDX-License-Identifier: MIT
# net: HTTP and SMTP to the outside, by libcurl, which only this layer knows.
noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = \
	src/net/easy.c src/net/easy.h \
	src/net/http_client.c src/net/http_client.h \
	src/net/http_sync.c src/net/http_sync.h \
	src/net/request.h \
	src/net/smtp.c src/net/smtp.h
libnet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(UV_CFLAGS)
LIBNET = libnet.a $(LIBBASE) $(CURL_LIBS) $(UV_LIBS)
