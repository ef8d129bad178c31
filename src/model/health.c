/* SPDX-License-Identifier: MIT */
#include "model/health.h"

#include "db/db.h"

bool health_runner_seen(struct db *db, struct arena *a, bool *seen, const char **pressure, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_HEALTH_RUNNER, P_NONE, &r, e))
		return false;
	*seen = row_bool(r, 0, "seen");
	*pressure = row_text(r, 0, "pressure");
	return true;
}
