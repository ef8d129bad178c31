/* SPDX-License-Identifier: MIT */
#include "model/call.h"

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "db/db.h"
#include "model/engine.h"

bool call_stored(struct db *db, struct arena *a, const struct lease *l, const uint8_t hash[32], int64_t *call,
		 struct str *response, struct err *e)
{
	struct rows *row;

	*response = (struct str){ NULL, 0 };
	if (!db_maybe(db, a, STMT_CALL_STORED,
		      P(p_int(l->run), p_text(l->node), p_int(l->revision), p_bytes(hash, SHA256_LEN)), &row,
		      e))
		return false;
	if (row) {
		*call = row_int(row, 0, "call_id");
		*response = str_from(row_text(row, 0, "response"));
	}
	return true;
}

bool call_begin(struct db *db, struct arena *a, const char *owner, const struct lease *l,
		const char *provider, const char *model, const uint8_t hash[32], const char *worst_usd,
		enum call_verdict *verdict, int64_t *call, const char **need_usd, struct err *e)
{
	struct rows *row;

	if (!db_one(db, a, STMT_CALL_BEGIN,
		    P(p_text(owner), p_int(l->run), p_text(l->node), p_int(l->revision), p_text(provider),
		      p_text(model), p_bytes(hash, SHA256_LEN), p_text(worst_usd)),
		    &row, e))
		return false;
	const char *said = row_text(row, 0, "verdict");
	*verdict = streq(said, "go") ? CALL_GO : streq(said, "over") ? CALL_OVER : CALL_PRICE_UNKNOWN;
	*call = row_int(row, 0, "call_id");
	*need_usd = row_text(row, 0, "need");
	return true;
}

static struct param count_or_null(int64_t v)
{
	return v < 0 ? p_null() : p_int(v);
}

bool call_end(struct db *db, int64_t call, const struct call_outcome *o, struct err *e)
{
	return db_exec(db, STMT_CALL_END,
		       P(p_int(call), p_text(o->answered ? "answered" : "failed"),
			 p_textn(o->response.s, o->response.len), p_text(o->error),
			 o->http_status ? p_int(o->http_status) : p_null(), count_or_null(o->input),
			 count_or_null(o->output), p_text(o->cost_usd)),
		       e);
}

bool call_refuse(struct db *db, int64_t call, const char *why, struct err *e)
{
	return db_exec(db, STMT_CALL_REFUSE, P(p_int(call), p_text(why)), e);
}
