# SPDX-License-Identifier: MIT
# Programs of the build itself; nothing of them is installed.
noinst_PROGRAMS += stmtc
stmtc_SOURCES = src/tools/stmtc.c src/db/sqlscan.c src/db/sqlscan.h
stmtc_LDADD = $(LIBBASE)
