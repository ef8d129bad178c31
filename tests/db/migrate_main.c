/* SPDX-License-Identifier: MIT */
/* migrate_main URL SQL_DIR: brings a test database to the schema. */
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "db/migrate.h"

int main(int argc, char **argv)
{
	struct err e = { 0 };

	if (argc != 3) {
		fputs("usage: migrate_main URL SQL_DIR\n", stderr);
		return 2;
	}
	log_open("migrate_main", LOG_INFO_);
	struct arena *a = arena_new(0);
	struct db *db = db_open(argv[1], "migrate_main");
	bool ok = migrate(a, db, argv[2], NULL, NULL, &e);
	if (!ok)
		fprintf(stderr, "%s\n", e.msg);
	db_close(db);
	arena_free(a);
	return ok ? 0 : 1;
}
