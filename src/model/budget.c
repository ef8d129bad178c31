/* SPDX-License-Identifier: MIT */
#include "model/budget.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/account.h"
#include "model/project.h"

const char *micro_text(struct arena *a, int64_t micro)
{
	return micro < 0 ? NULL : arena_printf(a, "%" PRId64 ".%06" PRId64, micro / 1000000, micro % 1000000);
}

#define BUDGETS 100 /* on a page */

bool budget_list(struct db *db, struct arena *a, int64_t after, struct value **out, int64_t *next,
		 struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_BUDGET_LIST, P(p_int(after), p_int(BUDGETS + 1)), &r, e))
		return false;
	*out = value_list(a);
	*next = rows_count(r) > BUDGETS ? after + BUDGETS : 0;
	for (size_t i = 0; i < rows_count(r) && i < BUDGETS; i++) {
		struct value *v = row_object(a, r, i);
		const char *kind = row_text(r, i, "kind");
		set_bool(a, v, "_site", streq(kind, "site"));
		set_bool(a, v, "_day", streq(kind, "day"));
		set_bool(a, v, "_today", streq(kind, "today"));
		set_bool(a, v, "_account", streq(kind, "account"));
		/* What the site or an account spends is summed up only from when it has a cap. */
		set_bool(a, v, "_counted", !row_null(r, i, "_cap") || streq(kind, "today"));
		set_bool(a, v, "_project", streq(kind, "project"));
		value_add(a, *out, v);
	}
	return true;
}

bool budget_set_by(struct db *db, struct arena *a, const char *kind, const char *name, int64_t cap_micro,
		   int64_t account, struct err *e)
{
	const char *stored = streq(kind, "site") ? "1-site" : "2-day";
	int64_t key = 0;
	if (streq(kind, "project")) {
		if (!parse_i64(name ? name : "", 1, INT64_MAX, &key))
			return err_set(e, ERR_INVALID, "Say the project’s number.");
		return project_cap(db, a, key, 0, account, cap_micro, e);
	}
	if (streq(kind, "account")) {
		if (!name || !*name)
			return err_set(e, ERR_INVALID, "Say the account’s name.");
		if (!account_find(db, a, name, false, &key, e))
			return false;
		stored = "3-account";
	} else if (name && *name) {
		return err_set(e, ERR_INVALID, "A cap of the %s has no name.",
			       streq(kind, "site") ? "site" : "days");
	}
	return db_exec(db, STMT_BUDGET_SET,
		       P(p_text(stored), p_int(key), p_text(micro_text(a, cap_micro)), p_int(account)), e);
}
