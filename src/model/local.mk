# SPDX-License-Identifier: MIT
# model: one aggregate a file; what the programs do to the database, in their words.
noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	src/model/account.c src/model/account.h \
	src/model/health.c src/model/health.h \
	src/model/idempotency.c src/model/idempotency.h \
	src/model/project.c src/model/project.h
libmodel_a_CFLAGS = $(AM_CFLAGS)
LIBMODEL = libmodel.a $(LIBDB)
