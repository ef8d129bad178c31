/* SPDX-License-Identifier: MIT */
/*
 * Enough of PostgreSQL's lexical rules to tell what stands in an SQL text outside
 * of literals, quoted names and comments. Used at build time on the named statements
 * and at run time on migration scripts. Assumes standard_conforming_strings.
 */
#ifndef DB_SQLSCAN_H
#define DB_SQLSCAN_H

#include "base/str.h"

enum sql_token {
	SQL_END,
	SQL_WORD,      /* key word or plain identifier */
	SQL_PARAM,     /* $1: text is the digits */
	SQL_SEMICOLON,
	SQL_OTHER,     /* a literal, a quoted name, a number, an operator character */
	SQL_BROKEN     /* something opened and not closed; `problem` says what */
};

struct sql_scan {
	const char *at, *end;
	int line;            /* of `at`, from 1 */
	int token_line;      /* where the last token began */
	const char *problem; /* a literal, set with SQL_BROKEN */
};

void sql_scan_init(struct sql_scan *s, struct str sql);
/* `text` receives the token's view on the input. */
enum sql_token sql_next(struct sql_scan *s, struct str *text);

#endif
