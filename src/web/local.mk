# SPDX-License-Identifier: MIT
# web: the FastCGI responder. Its parts are a library, so that tests can link them.
noinst_LIBRARIES += libweb.a
libweb_a_SOURCES = \
	src/web/app.c src/web/app.h \
	src/web/auth.c src/web/auth.h \
	src/web/badge.c src/web/badge.h \
	src/web/download.c \
	src/web/handlers.h \
	src/web/idempotency.c src/web/idempotency.h \
	src/web/outputs.c src/web/outputs.h \
	src/web/edit_form.c src/web/edit_form.h \
	src/web/page_gate_edit.c \
	src/web/page_gate_said.c src/web/gate_shown.h \
	src/web/next.c src/web/next.h \
	src/web/page_accounts.c \
	src/web/page_budgets.c \
	src/web/page_conflict.c \
	src/web/page_dead_letters.c \
	src/web/page_decide.c \
	src/web/page_file.c \
	src/web/page_gate.c \
	src/web/page_health.c \
	src/web/page_home.c \
	src/web/page_inbox.c \
	src/web/page_log.c \
	src/web/page_members.c \
	src/web/page_messages.c \
	src/web/page_project_new.c \
	src/web/page_projects.c \
	src/web/page_settings.c \
	src/web/page_record.c \
	src/web/page_run.c \
	src/web/page_sign_in.c \
	src/web/page_stage.c src/web/stage_links.h \
	src/web/page_tests.c \
	src/web/page_turns.c \
	src/web/param.c src/web/param.h \
	src/web/routes.c src/web/routes.h \
	src/web/theme.c src/web/theme.h
libweb_a_CFLAGS = $(AM_CFLAGS)
LIBWEB = libweb.a $(LIBMODEL) $(LIBHTTP)

bin_PROGRAMS += botarmy-web
botarmy_web_SOURCES = src/web/main.c
botarmy_web_LDADD = $(LIBWEB)
