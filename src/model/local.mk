# SPDX-License-Identifier: MIT
# model: what programs ask of the database, an aggregate a file.
noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	src/model/advance.c \
	src/model/call.c src/model/call.h \
	src/model/engine.c src/model/engine.h \
	src/model/stage_input.c src/model/stage_input.h \
	src/model/workflow.c src/model/workflow.h
libmodel_a_CFLAGS = $(AM_CFLAGS)
LIBMODEL = libmodel.a $(LIBFLOW) $(LIBDB)
