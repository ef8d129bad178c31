# SPDX-License-Identifier: MIT
# fallback: answers as the agents would, without a model. Text in, text out.
noinst_LIBRARIES += libfallback.a
libfallback_a_SOURCES = \
	src/fallback/analyst.c \
	src/fallback/answer.c src/fallback/answer.h \
	src/fallback/answers.c src/fallback/answers.h \
	src/fallback/architect.c \
	src/fallback/billing.c \
	src/fallback/booking.c \
	src/fallback/changes.c src/fallback/changes.h \
	src/fallback/complete.c \
	src/fallback/corrections.c \
	src/fallback/design.c src/fallback/design.h \
	src/fallback/design_json.c src/fallback/design_json.h \
	src/fallback/contrast.c src/fallback/contrast.h \
	src/fallback/developer.c \
	src/fallback/envelope.c src/fallback/envelope.h \
	src/fallback/fallback.c src/fallback/fallback.h \
	src/fallback/files.c src/fallback/files.h \
	src/fallback/follow.c src/fallback/follow.h \
	src/fallback/hours.c src/fallback/hours.h \
	src/fallback/lending.c \
	src/fallback/lexicon.c src/fallback/lexicon.h \
	src/fallback/limits.c \
	src/fallback/lists.c \
	src/fallback/nouns.c src/fallback/nouns.h \
	src/fallback/phrases.c src/fallback/phrases.h \
	src/fallback/planning.c \
	src/fallback/python.c src/fallback/python.h \
	src/fallback/review.c src/fallback/review.h \
	src/fallback/review_security.c \
	src/fallback/review_usability.c \
	src/fallback/samples.c src/fallback/samples.h \
	src/fallback/signup.c \
	src/fallback/stock.c \
	src/fallback/text.c src/fallback/text.h \
	src/fallback/things.c \
	src/fallback/understand.c src/fallback/understand.h \
	src/fallback/view.c src/fallback/view.h \
	src/fallback/words.c src/fallback/words.h
libfallback_a_CFLAGS = $(AM_CFLAGS)
LIBFALLBACK = libfallback.a $(LIBBASE) -lm
