/* SPDX-License-Identifier: MIT */
#include "model/dead_letter.h"

#include "db/db.h"
#include "model/owner.h"

bool dead_letter_list(struct db *db, struct arena *a, int64_t owner, bool all, struct value **out,
		      struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_DEAD_LETTERS, P(p_owner(owner), p_bool(all)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}
