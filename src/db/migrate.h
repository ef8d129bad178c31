/* SPDX-License-Identifier: MIT */
/*
 * Brings a database to this program's schema. Migrations are
 * sql/migrations/NNNN_name.sql, each in one transaction with its row in
 * schema_migration(version, name, sha256, applied_at), under an advisory lock, so any
 * number of migrators may start at once. Refused with a clear message: a schema newer
 * than the program, a file whose checksum differs from what was applied, a gap.
 * sql/roles/roles.sql (roles; skipped with a note when the login may not create roles
 * and they exist) is applied at each run, and so are sql/functions/NNNN_name.sql (all
 * functions, made anew) with sql/roles/grants.sql (least privilege) in one transaction.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;

/* `done` is called for each migration as it is applied (may be NULL). */
bool migrate(struct arena *a, struct db *db, const char *sql_dir,
	     void (*done)(void *ctx, int64_t version, const char *name), void *ctx, struct err *e);
/* The newest migration known to this program, and the one applied (0: none). */
bool migrate_versions(struct arena *a, struct db *db, const char *sql_dir, int64_t *known,
		      int64_t *applied, struct err *e);

#endif
