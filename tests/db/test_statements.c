/* SPDX-License-Identifier: MIT */
/* Every named statement fits the migrated schema: one case each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/err.h"
#include "database.h"
#include "db/db.h"
#include "db/statement.h"

static struct db *db;

static void prepares(void **state)
{
	const struct stmt_info *s = *state;
	struct err e = { 0 };
	if (!stmt_prepare(db, (size_t)(s - stmt_table), &e))
		fail_msg("%s: %s", s->where, e.msg);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	struct CMUnitTest *tests = calloc(stmt_count + 1, sizeof(*tests));
	if (!tests || stmt_count != STMT_COUNT)
		return 99;
	for (size_t i = 0; i < stmt_count; i++)
		tests[i] = (struct CMUnitTest){ stmt_table[i].name, prepares, NULL, NULL,
						(void *)&stmt_table[i] };
	db = db_open(database_url(), "test_statements");
	int failed = _cmocka_run_group_tests("statements", tests, stmt_count, NULL, NULL);
	db_close(db);
	free(tests);
	return failed;
}
