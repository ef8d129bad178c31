/* SPDX-License-Identifier: MIT */
#include "model/dead_letter.h"

#include "db/db.h"
#include "model/owner.h"

bool dead_letter_list(struct db *db, struct arena *a, int64_t owner, bool all, int64_t before, struct value **out,
		      int64_t *older, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_DEAD_LETTERS,
		     P(p_owner(owner), p_bool(all), p_int(before), p_int(DEAD_LETTERS + 1)), &r, e))
		return false;
	*older = 0;
	if (rows_count(r) > DEAD_LETTERS) {
		rows_keep(r, DEAD_LETTERS);
		*older = row_int(r, DEAD_LETTERS - 1, "id");
	}
	*out = rows_value(a, r);
	return true;
}
