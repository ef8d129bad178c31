# SPDX-License-Identifier: MIT
# feed: events, as they happen, to thousands of viewers.
bin_PROGRAMS += botarmy-feed
botarmy_feed_SOURCES = \
	src/feed/arrive.c \
	src/feed/events.c \
	src/feed/feed.h \
	src/feed/hear.c \
	src/feed/look.c \
	src/feed/loop.c \
	src/feed/main.c \
	src/feed/message.c \
	src/feed/request.c \
	src/feed/state.c \
	src/feed/text.c \
	src/feed/topic.c \
	src/feed/trip.c \
	src/feed/viewer.c \
	src/feed/wheel.c
botarmy_feed_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS)
botarmy_feed_LDADD = $(LIBMODEL) $(LIBHTTP) $(UV_LIBS)
