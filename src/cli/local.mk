# SPDX-License-Identifier: MIT
# cli: botarmy, for people at a shell. A file a command.
bin_PROGRAMS += botarmy
botarmy_SOURCES = \
	src/cli/api.c \
	src/cli/cli.h \
	src/cli/cmd_audit.c \
	src/cli/cmd_budget.c \
	src/cli/cmd_config.c \
	src/cli/cmd_decide.c \
	src/cli/cmd_doctor.c \
	src/cli/cmd_export.c \
	src/cli/cmd_migrate.c \
	src/cli/cmd_outputs.c \
	src/cli/cmd_retry.c \
	src/cli/cmd_setup.c \
	src/cli/cmd_status.c \
	src/cli/cmd_submit.c \
	src/cli/cmd_talk.c \
	src/cli/cmd_token.c \
	src/cli/cmd_user.c \
	src/cli/cmd_verify.c \
	src/cli/follow.c \
	src/cli/main.c \
	src/cli/options.c \
	src/cli/verify_record.c src/cli/verify_record.h
botarmy_LDADD = $(LIBMODEL) $(LIBSANDBOX) $(LIBNET)
