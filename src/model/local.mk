# SPDX-License-Identifier: MIT
# model: the things of the product, a file each: what the programs do to the database, in their
# words, and what is made of it.
noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	src/model/access.c src/model/access.h \
	src/model/account.c src/model/account.h \
	src/model/advance.c \
	src/model/api_token.c \
	src/model/archive.c src/model/archive.h \
	src/model/artifact.c src/model/artifact.h \
	src/model/audit.c src/model/audit.h \
	src/model/budget.c src/model/budget.h \
	src/model/call.c src/model/call.h \
	src/model/conflict.c src/model/conflict.h \
	src/model/dead_letter.c src/model/dead_letter.h \
	src/model/diff.c src/model/diff.h \
	src/model/diff_sides.c \
	src/model/drawing.c src/model/drawing.h \
	src/model/engine.c src/model/engine.h \
	src/model/gate.c src/model/gate.h \
	src/model/health.c src/model/health.h \
	src/model/idempotency.c src/model/idempotency.h \
	src/model/inbox.c src/model/inbox.h \
	src/model/lease.c src/model/lease.h \
	src/model/link.c src/model/link.h \
	src/model/log_lines.c \
	src/model/member.c src/model/member.h \
	src/model/message.c src/model/message.h \
	src/model/owner.h \
	src/model/project.c src/model/project.h \
	src/model/record.c src/model/record.h \
	src/model/record_check.c src/model/record_check.h \
	src/model/record_files.c \
	src/model/review.c src/model/review.h \
	src/model/review_view.c \
	src/model/run.c src/model/run.h \
	src/model/run_log.c src/model/run_log.h \
	src/model/session.c \
	src/model/stage_body.c src/model/stage_body.h \
	src/model/stage_input.c src/model/stage_input.h \
	src/model/workflow.c src/model/workflow.h
libmodel_a_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS) $(GIT2_CFLAGS)
LIBMODEL = libmodel.a $(LIBFLOW) $(LIBDB) $(ARCHIVE_LIBS) $(GIT2_LIBS)
