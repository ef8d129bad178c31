/* SPDX-License-Identifier: MIT */
#include "model/access.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

bool place_find(struct db *db, struct arena *a, const char *thing, int64_t id, int64_t account, unsigned site_rank,
		struct place *out, struct err *e)
{
	enum stmt s = streq(thing, "project") ? STMT_ACCESS_PROJECT
		      : streq(thing, "run")   ? STMT_ACCESS_RUN
					      : STMT_ACCESS_GATE;
	struct rows *r;
	if (!db_maybe(db, a, s, P(p_int(id), p_int(account), p_int(site_rank)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no %s %" PRId64 ", or it is not yours to see.", thing, id);
	*out = (struct place){ .rank = (unsigned)row_int(r, 0, "rank"), .owner = row_bool(r, 0, "owner"),
			       .turn = row_bool(r, 0, "turn") };
	return true;
}
