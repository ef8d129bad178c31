/* SPDX-License-Identifier: MIT */
/*
 * The table that tools/stmtc makes of sql/queries, in the order of `enum stmt`.
 * The library reads the count from the table, not from the enum, so that a test can
 * link a longer table of its own.
 */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct err;

enum stmt_shape { SHAPE_EXEC, SHAPE_ONE, SHAPE_MAYBE, SHAPE_MANY };

struct stmt_info {
	const char *name;  /* also the prepared statement's name */
	const char *where; /* "run.sql:12" */
	const char *sql;
	enum stmt_shape shape;
	int params;
};

extern const struct stmt_info stmt_table[];
extern const size_t stmt_count;

/* Prepares it now, connecting first if need be. db_exec() and the others do it by
   themselves; calling it early finds a statement that does not fit the schema. */
bool stmt_prepare(struct db *db, size_t s, struct err *e);

#endif
