/* SPDX-License-Identifier: MIT */
/* SQL scripts from files: migrations, functions, roles, grants. */
#ifndef DB_SCRIPT_H
#define DB_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypt.h"
#include "base/str.h"

struct arena;
struct db;
struct err;

struct script {
	int64_t version; /* 0 for one that is no migration */
	const char *name;
	struct str text;
	uint8_t sha256[SHA256_LEN];
};

/* Refuses what is not UTF-8, what does not end (a literal, a comment), and transaction
   control: a script runs inside a transaction that is not its own. Bodies of functions
   are written in $$ … $$, where this does not look. */
bool script_load(struct arena *a, const char *dir, const char *name, struct script *out, struct err *e);
/* Every NNNN_name.sql of a folder in order; the numbers run from 1 without a gap. */
bool scripts_load(struct arena *a, const char *dir, struct script **out, size_t *count, struct err *e);
/* Runs all its statements in the transaction that is open. An error names file and line;
   what the database said about it is in the log. */
bool script_run(struct db *db, const struct script *s, struct err *e);

#endif
