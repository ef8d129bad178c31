/* SPDX-License-Identifier: MIT */
#include "db/migrate.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "db/conn.h"
#include "db/script.h"

/* The ledger's last version; checks each against its file. */
static bool compare(struct arena *a, struct db *db, const struct script *scripts, size_t known,
		    size_t *applied, struct err *e)
{
	struct rows *rows;

	if (!db_many(db, a, STMT_MIGRATION_LIST, P_NONE, &rows, e))
		return false;
	*applied = rows_count(rows);
	for (size_t i = 0; i < *applied; i++) {
		int64_t version = row_int(rows, i, "version");
		struct str sum = row_bytes(rows, i, "sha256");
		if (version != (int64_t)i + 1)
			return err_set(e, ERR_CONFLICT,
				       "the database lacks migration %zu but has %" PRId64
				       ": it was not made by this program; restore a backup",
				       i + 1, version);
		if (i >= known)
			return err_set(e, ERR_CONFLICT,
				       "the database's schema (%" PRId64
				       ") is newer than this program's (%zu): install the newer program",
				       row_int(rows, *applied - 1, "version"), known);
		if (sum.len != SHA256_LEN || memcmp(sum.s, scripts[i].sha256, SHA256_LEN) != 0)
			return err_set(e, ERR_CONFLICT,
				       "%s has changed since it was applied: restore the file, and "
				       "write the change as a new migration",
				       scripts[i].name);
	}
	return true;
}

static bool apply(struct db *db, void *ctx, struct err *e)
{
	const struct script *s = ctx;
	if (!script_run(db, s, e))
		return false;
	if (s->version == 0)
		return true;
	return db_exec(db, STMT_MIGRATION_ADD,
		       P(p_int(s->version), p_text(s->name), p_bytes(s->sha256, sizeof(s->sha256))), e);
}

struct anew {
	const struct script *functions, *grants;
	size_t count;
};

/* Functions lose their grants when they are made again, so both are one transaction. */
static bool apply_anew(struct db *db, void *ctx, struct err *e)
{
	const struct anew *n = ctx;

	for (size_t i = 0; i < n->count; i++)
		if (!script_run(db, &n->functions[i], e))
			return false;
	return script_run(db, n->grants, e);
}

static bool make_roles(struct arena *a, struct db *db, struct script *roles, struct err *e)
{
	struct rows *row;

	if (!db_one(db, a, STMT_MIGRATION_ROLES, P_NONE, &row, e))
		return false;
	if (row_bool(row, 0, "may_create"))
		return db_txn(db, apply, roles, NULL, e);
	if (!row_bool(row, 0, "present"))
		return err_set(e, ERR_FORBIDDEN,
			       "the programs' roles do not exist and this login may not create roles: "
			       "let a superuser run %s once",
			       roles->name);
	log_info("roles are left as they are: this login may not create roles");
	return true;
}

static bool migrate_locked(struct arena *a, struct db *db, const char *sql_dir,
			   void (*done)(void *ctx, int64_t version, const char *name), void *ctx,
			   struct err *e)
{
	const char *roles_dir = path_join(a, sql_dir, "roles");
	struct script bootstrap, roles, grants, *scripts, *functions;
	size_t known, applied, count;

	if (!script_load(a, roles_dir, "bootstrap.sql", &bootstrap, e) ||
	    !script_load(a, roles_dir, "roles.sql", &roles, e) ||
	    !script_load(a, roles_dir, "grants.sql", &grants, e) ||
	    !scripts_load(a, path_join(a, sql_dir, "migrations"), &scripts, &known, e) ||
	    !scripts_load(a, path_join(a, sql_dir, "functions"), &functions, &count, e))
		return false;
	if (!db_exec(db, STMT_MIGRATION_PATIENCE, P_NONE, e) || !db_exec(db, STMT_MIGRATION_LOCK, P_NONE, e))
		return false;
	if (!db_txn(db, apply, &bootstrap, NULL, e) || !compare(a, db, scripts, known, &applied, e) ||
	    !make_roles(a, db, &roles, e))
		return false;
	for (size_t i = applied; i < known; i++) {
		if (!db_txn(db, apply, &scripts[i], NULL, e))
			return false;
		log_info("applied migration %s", scripts[i].name);
		if (done)
			done(ctx, scripts[i].version, scripts[i].name);
	}
	struct anew anew = { functions, &grants, count };
	return db_txn(db, apply_anew, &anew, NULL, e);
}

bool migrate(struct arena *a, struct db *db, const char *sql_dir,
	     void (*done)(void *ctx, int64_t version, const char *name), void *ctx, struct err *e)
{
	db->wait_ms = DB_NO_LIMIT;
	bool ok = migrate_locked(a, db, sql_dir, done, ctx, e);
	db->wait_ms = DB_SILENCE_MS;
	/* Gives the lock back, and the session's usual limits with it. */
	db_drop(db);
	return ok;
}

bool migrate_versions(struct arena *a, struct db *db, const char *sql_dir, int64_t *known, int64_t *applied,
		      struct err *e)
{
	struct script *scripts;
	struct rows *row;
	size_t count;

	if (!scripts_load(a, path_join(a, sql_dir, "migrations"), &scripts, &count, e) ||
	    !db_one(db, a, STMT_MIGRATION_LEDGER, P_NONE, &row, e))
		return false;
	*known = (int64_t)count;
	*applied = 0;
	if (!row_bool(row, 0, "present"))
		return true;
	struct rows *list;
	if (!db_many(db, a, STMT_MIGRATION_LIST, P_NONE, &list, e))
		return false;
	if (rows_count(list) > 0)
		*applied = row_int(list, rows_count(list) - 1, "version");
	return true;
}
