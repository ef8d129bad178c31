/* SPDX-License-Identifier: MIT */
#include "model/access.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/owner.h"

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

bool member_view(struct db *db, struct arena *a, int64_t project, int64_t owner, struct value **out, struct err *e)
{
	struct rows *p, *members;
	if (!db_maybe(db, a, STMT_PROJECT_NAME, P(p_int(project), p_owner(owner)), &p, e))
		return false;
	if (!p)
		return err_set(e, ERR_NOT_FOUND, "There is no project %" PRId64 ", or it is not yours to see.", project);
	if (!db_many(db, a, STMT_MEMBER_LIST, P(p_int(project)), &members, e))
		return false;
	*out = value_object(a);
	set_int(a, *out, "project_id", project);
	set_text(a, *out, "name", row_text(p, 0, "name"));
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(members); i++)
		value_add(a, list, row_object(a, members, i));
	value_set(a, *out, "members", list);
	return true;
}

bool member_set(struct db *db, int64_t by, int64_t project, const char *name, const char *role, struct err *e)
{
	return db_exec(db, STMT_MEMBER_SET, P(p_int(by), p_int(project), p_text(name), p_text(role)), e);
}

bool member_remove(struct db *db, int64_t by, int64_t project, int64_t account, struct err *e)
{
	return db_exec(db, STMT_MEMBER_REMOVE, P(p_int(by), p_int(project), p_int(account)), e);
}
