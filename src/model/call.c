/* SPDX-License-Identifier: MIT */
#include "model/call.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "db/db.h"
#include "model/engine.h"

static enum call_verdict verdict_from(const char *said)
{
	static const struct {
		const char *name;
		enum call_verdict verdict;
	} all[] = { { "go", CALL_GO },       { "stored", CALL_STORED }, { "over", CALL_OVER },
		    { "busy", CALL_BUSY },   { "unknown", CALL_PRICE_UNKNOWN } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (streq(all[i].name, said))
			return all[i].verdict;
	return CALL_FENCED;
}

static void fill_in(struct call_request *requests, const struct rows *rows)
{
	for (size_t r = 0; r < rows_count(rows); r++) {
		struct call_request *q = &requests[row_int(rows, r, "ord") - 1];
		q->verdict = verdict_from(row_text(rows, r, "verdict"));
		q->call = row_int(rows, r, "call_id");
		q->response = str_from(row_text(rows, r, "response"));
		q->need_usd = row_text(rows, r, "need");
		q->budgets = row_text(rows, r, "budgets");
		q->wait_s = row_real(rows, r, "wait_s");
	}
}

bool calls_begin(struct db *db, struct arena *a, const char *owner, struct call_request *requests, size_t n,
		 struct err *e)
{
	enum { RUN, BRANCH, EPOCH, KEYS };
	enum { PROVIDER, MODEL, WORST, TEXTS };
	struct arena *own;
	int64_t *key[KEYS];
	const char **text[TEXTS];
	struct rows *rows;

	if (n > ENGINE_BATCH)
		return err_set(e, ERR_INVALID, "%zu calls are more than %d at once", n, ENGINE_BATCH);
	if (n == 0)
		return true;
	own = arena_new(0);
	struct str *hash = arena_array(own, n, sizeof(*hash));
	for (size_t c = 0; c < KEYS; c++)
		key[c] = arena_array(own, n, sizeof(**key));
	for (size_t c = 0; c < TEXTS; c++)
		text[c] = arena_array(own, n, sizeof(**text));
	for (size_t i = 0; i < n; i++) {
		const struct call_request *q = &requests[i];
		key[RUN][i] = q->lease->run;
		key[BRANCH][i] = q->lease->branch;
		key[EPOCH][i] = q->lease->epoch;
		text[PROVIDER][i] = q->provider;
		text[MODEL][i] = q->model;
		text[WORST][i] = q->worst_usd;
		hash[i] = (struct str){ (const char *)q->hash, SHA256_LEN };
	}
	bool ok = db_many(db, a, STMT_CALL_BEGIN,
			  P(p_text(owner), p_int_array(key[RUN], n), p_int_array(key[BRANCH], n),
			    p_int_array(key[EPOCH], n), p_text_array(text[PROVIDER], n),
			    p_text_array(text[MODEL], n), p_bytes_array(hash, n),
			    p_text_array(text[WORST], n)),
			  &rows, e);
	if (ok)
		fill_in(requests, rows);
	arena_free(own);
	return ok;
}

static const char *number(struct arena *a, int64_t v, bool known)
{
	return known ? arena_printf(a, "%" PRId64, v) : NULL;
}

bool calls_end(struct db *db, const struct call_outcome *outcomes, size_t n, struct err *e)
{
	enum { STATE, RESPONSE, ERROR, STATUS, INPUT, OUTPUT, COST, TEXTS };
	struct arena *a;
	const char **text[TEXTS];
	bool ok = false;

	if (n == 0)
		return true;
	a = arena_new(0);
	int64_t *call = arena_array(a, n, sizeof(*call));
	for (size_t c = 0; c < TEXTS; c++)
		text[c] = arena_array(a, n, sizeof(**text));
	for (size_t i = 0; i < n; i++) {
		const struct call_outcome *o = &outcomes[i];
		if (o->response.s && memchr(o->response.s, '\0', o->response.len)) {
			err_set(e, ERR_INVALID, "the answer to call %" PRId64 " has a NUL in it", o->call);
			goto out;
		}
		call[i] = o->call;
		text[STATE][i] = o->answered ? "answered" : "failed";
		text[RESPONSE][i] = o->response.s ? arena_strndup(a, o->response.s, o->response.len) : NULL;
		text[ERROR][i] = o->error;
		text[STATUS][i] = number(a, o->http_status, o->http_status != 0);
		text[INPUT][i] = number(a, o->input, o->input >= 0);
		text[OUTPUT][i] = number(a, o->output, o->output >= 0);
		text[COST][i] = o->cost_usd;
	}
	ok = db_exec(db, STMT_CALL_END,
		     P(p_int_array(call, n), p_text_array(text[STATE], n),
		       p_text_array(text[RESPONSE], n), p_text_array(text[ERROR], n),
		       p_text_array(text[STATUS], n), p_text_array(text[INPUT], n),
		       p_text_array(text[OUTPUT], n), p_text_array(text[COST], n)),
		     e);
out:
	arena_free(a);
	return ok;
}

bool calls_mine(struct db *db, struct arena *a, const char *owner, int64_t **out, size_t *count,
		struct err *e)
{
	struct rows *rows;

	if (!db_many(db, a, STMT_CALLS_MINE, P(p_text(owner)), &rows, e))
		return false;
	*count = rows_count(rows);
	*out = arena_array(a, *count, sizeof(**out));
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = row_int(rows, i, "call_id");
	return true;
}

bool call_refuse(struct db *db, int64_t call, const char *why, struct err *e)
{
	return db_exec(db, STMT_CALL_REFUSE, P(p_int(call), p_text(why)), e);
}
