/* SPDX-License-Identifier: MIT */
/* Bearer tokens. */
#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"
#include "model/account.h"

const char *const token_scopes[] = { "read", "submit", "decide", "operate", NULL };

bool token_create(struct db *db, struct arena *a, int64_t account, const char *name, unsigned scopes, int64_t days,
		  char **token, int64_t *id, struct err *e)
{
	const char *names[4];
	struct rows *r;
	size_t n = 0;
	for (size_t i = 0; token_scopes[i]; i++)
		if (scopes & 1u << i)
			names[n++] = token_scopes[i];
	if (!n)
		return err_set(e, ERR_INVALID, "Choose at least one thing that the token may do.");
	*token = token_new(a);
	struct token_hash h = token_hash(*token);
	if (!db_maybe(db, a, STMT_API_TOKEN_ADD,
		      P(p_int(account), p_text(name), p_bytes(h.b, sizeof(h.b)), p_text_array(names, n),
			days ? p_int(days) : p_null()), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_CONFLICT, "There are 50 tokens already; revoke one first.");
	*id = row_int(r, 0, "api_token_id");
	return true;
}

bool token_visitor(struct db *db, struct arena *a, const char *token, struct visitor *out, bool *found,
		   struct err *e)
{
	struct rows *r;
	*found = false;
	if (!token_shaped(token))
		return true;
	struct token_hash h = token_hash(token);
	if (!db_maybe(db, a, STMT_API_TOKEN_FIND, P(p_bytes(h.b, sizeof(h.b))), &r, e))
		return false;
	if (!r)
		return true;
	*found = true;
	visitor_read(r, out);
	out->scopes = (unsigned)row_int(r, 0, "scopes");
	return !row_bool(r, 0, "stale") || db_exec(db, STMT_API_TOKEN_SEEN, P(p_bytes(h.b, sizeof(h.b))), e);
}

bool token_list(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_API_TOKEN_LIST, P(p_int(account)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}

bool token_revoke(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_API_TOKEN_REVOKE, P(p_int(id), p_int(account)), &r, e))
		return false;
	return r || err_set(e, ERR_NOT_FOUND, "There is no such token, or it is revoked already.");
}
