# SPDX-License-Identifier: MIT
# mail: tells people by mail what waits for them. Its parts are a library, so that tests can link them.
noinst_LIBRARIES += libmail.a
libmail_a_SOURCES = \
	src/mail/letter.c src/mail/letter.h \
	src/mail/mime.c src/mail/mime.h \
	src/mail/post.c src/mail/post.h
libmail_a_CFLAGS = $(AM_CFLAGS)
LIBMAIL = libmail.a $(LIBMODEL) $(LIBNET)

bin_PROGRAMS += botarmy-mail
botarmy_mail_SOURCES = src/mail/main.c
botarmy_mail_LDADD = $(LIBMAIL)
