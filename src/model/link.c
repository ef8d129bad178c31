/* SPDX-License-Identifier: MIT */
#include "model/link.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/gate.h"

static struct param p_hash(struct arena *a, const char *token)
{
	uint8_t *sum = arena_alloc(a, SHA256_LEN);
	sha256(token, strlen(token), sum);
	return p_bytes(sum, SHA256_LEN);
}

bool link_look(struct db *db, struct arena *a, const char *token, int64_t account, struct decision_link *out,
	       struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_LINK_LOOK, P(p_hash(a, token), p_int(account)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no such link. Old ones go; the inbox has what still waits.");
	*out = (struct decision_link){ .gate = row_int(r, 0, "gate_id"),
				       .revision = row_int(r, 0, "revision"),
				       .now_revision = row_int(r, 0, "now_revision"),
				       .mine = row_bool(r, 0, "mine"),
				       .used = row_bool(r, 0, "used"),
				       .expired = row_bool(r, 0, "expired"),
				       .open = streq(row_text(r, 0, "state"), "open"),
				       .expires_at = row_text(r, 0, "_expires_at") };
	return true;
}

const char *link_stale(struct arena *a, const struct decision_link *l)
{
	if (!l->open)
		return NULL; /* the gate itself says why nothing is left to decide */
	if (l->revision != l->now_revision)
		return arena_printf(a,
				    "The mail was about revision %" PRId64 ", but revision %" PRId64
				    " is current: look at it, then decide on the gate’s own page.",
				    l->revision, l->now_revision);
	if (l->used)
		return "This link was used; it works once. The gate’s own page lets you decide, if there is "
		       "something left to decide.";
	return l->expired ? "This link has expired. The gate’s own page lets you decide." : NULL;
}

bool link_decide(struct db *db, struct arena *a, const char *token, int64_t account, const struct decision *d,
		 struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_LINK_DECIDE,
		    P(p_hash(a, token), p_int(account), p_text(d->kind), p_text(d->comment)), &r, e))
		return false;
	return decided_view(db, a, r, out, e);
}
