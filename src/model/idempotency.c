/* SPDX-License-Identifier: MIT */
#include "model/idempotency.h"

#include "base/err.h"
#include "db/db.h"

#define KEY p_int(i->account), p_text(i->key), p_bytes(i->hash, sizeof(i->hash))

bool idempotency_begin(struct db *db, struct arena *a, struct idempotency *i, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_IDEMPOTENCY_BEGIN, P(KEY), &r, e))
		return false;
	i->ours = r != NULL;
	if (r)
		return true;
	if (!db_maybe(db, a, STMT_IDEMPOTENCY_LOOK, P(KEY), &r, e))
		return false;
	if (r && !row_bool(r, 0, "same"))
		return err_set(e, ERR_INVALID, "This Idempotency-Key was used for another request; choose a new one.");
	if (!r || row_null(r, 0, "status"))
		return err_set(e, ERR_CONFLICT, "The first request with this Idempotency-Key is still being answered; "
						"try again in a moment.");
	i->status = row_int(r, 0, "status");
	i->body = row_text(r, 0, "body");
	return true;
}

bool idempotency_store(struct db *db, const struct idempotency *i, int64_t status, const char *body, struct err *e)
{
	return db_exec(db, STMT_IDEMPOTENCY_STORE, P(KEY, p_int(status), p_text(body)), e);
}

bool idempotency_forget(struct db *db, const struct idempotency *i, struct err *e)
{
	return db_exec(db, STMT_IDEMPOTENCY_FORGET, P(KEY), e);
}
