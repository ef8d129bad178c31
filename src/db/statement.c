/* SPDX-License-Identifier: MIT */
/* Named statements: prepared at first use, run with checked parameters and shape. */
#include "db/conn.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "db/array.h"

static const struct stmt_info *info(size_t s)
{
	if (s >= stmt_count) {
		log_error("statement number %zu does not exist", s);
		abort();
	}
	return &stmt_table[s];
}

/* The connection must be ready. */
static bool prepare(struct db *db, size_t s, struct err *e)
{
	const struct stmt_info *st = info(s);
	if (db->prepared[s])
		return true;
	PGresult *res = PQsendPrepare(db->conn, st->name, st->sql, 0, NULL) ? db_await(db) : NULL;
	if (db_result_ok(res)) {
		PQclear(res);
		res = PQsendDescribePrepared(db->conn, st->name) ? db_await(db) : NULL;
	}
	if (db_result_ok(res)) {
		db->prepared[s] = res;
		return true;
	}
	db_failed(db, res, st->name, e);
	PQclear(res);
	return false;
}

bool stmt_prepare(struct db *db, size_t s, struct err *e)
{
	return db_ready(db, e) && prepare(db, s, e);
}

static bool queue(struct db *db, const struct stmt_info *st, size_t n, const struct encoded *in)
{
	return PQsendQueryPrepared(db->conn, st->name, (int)n, in->values, in->lengths, in->formats, 0);
}

static PGresult *alone(struct db *db, const struct stmt_info *st, size_t n, const struct encoded *in)
{
	return queue(db, st, n, in) ? db_await(db) : NULL;
}

/* With what is to be read ahead, whose statement is prepared. Both are one transaction: where the
   second fails the first has not happened, and runs again without it. */
static PGresult *together(struct db *db, const struct stmt_info *st, size_t n, const struct encoded *in)
{
	const struct ahead *h = &db->ahead;
	struct encoded more;
	struct err ignored = { 0 };
	PGresult *of[2] = { NULL, NULL };

	if (!encode(db, h->s, h->p, h->n, &more, &ignored)) {
		ahead_forget(db);
		return alone(db, st, n, in);
	}
	if (PQenterPipelineMode(db->conn) && queue(db, st, n, in) && queue(db, info(h->s), h->n, &more) &&
	    PQpipelineSync(db->conn))
		db_await_all(db, of, 2);
	free(more.copies);
	bool undone = db_result_ok(of[0]) && !db_result_ok(of[1]) && db->conn;
	ahead_came(db, of[1]);
	if (!undone)
		return of[0];
	PQclear(of[0]);
	return alone(db, st, n, in);
}

/* False: the connection is lost. A statement that cannot be prepared is not read ahead. */
static bool prepare_ahead(struct db *db, struct err *e)
{
	if (db->ahead.state != AHEAD_ASKED || prepare(db, db->ahead.s, e))
		return true;
	ahead_forget(db);
	if (!db->conn)
		return false;
	err_clear(e);
	return true;
}

static void check(const struct stmt_info *st, enum stmt_shape shape, size_t n)
{
	if (st->shape == shape && (size_t)st->params == n)
		return;
	log_error("statement %s (%s) called with %zu of %d parameters or another shape", st->name, st->where,
		  n, st->params);
	abort();
}

void db_ahead(struct db *db, enum stmt s, const struct param *p, size_t n)
{
	check(info((size_t)s), SHAPE_MANY, n);
	ahead_ask(db, (size_t)s, p, n);
}

/* NULL on failure, with `e` filled in; else a result to PQclear(). */
static PGresult *run(struct db *db, size_t s, enum stmt_shape shape, const struct param *p, size_t n,
		     struct err *e)
{
	const struct stmt_info *st = info(s);
	struct encoded in = { .copies = NULL };

	check(st, shape, n);
	PGresult *res = ahead_take(db, s, p, n);
	if (res)
		return res;
	if (!db_ready(db, e) || !prepare(db, s, e) || !prepare_ahead(db, e) || !encode(db, s, p, n, &in, e))
		goto out;
	res = db->ahead.state == AHEAD_ASKED ? together(db, st, n, &in) : alone(db, st, n, &in);
	if (!db_result_ok(res)) {
		db_failed(db, res, st->name, e);
		PQclear(res);
		res = NULL;
		goto out;
	}
	const char *changed = PQcmdTuples(res);
	db->changed = *changed ? strtoll(changed, NULL, 10) : 0;
out:
	if (db->ahead.state == AHEAD_ASKED)
		ahead_forget(db);
	free(in.copies);
	return res;
}

bool db_exec(struct db *db, enum stmt s, const struct param *p, size_t n, struct err *e)
{
	PGresult *res = run(db, (size_t)s, SHAPE_EXEC, p, n, e);
	PQclear(res);
	return res != NULL;
}

int64_t db_changed(const struct db *db)
{
	return db->changed;
}

bool db_many(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n, struct rows **out,
	     struct err *e)
{
	PGresult *res = run(db, (size_t)s, SHAPE_MANY, p, n, e);
	*out = res ? rows_new(a, res) : NULL;
	return res != NULL;
}

/* All are encoded before the first is sent: what cannot be is the caller's mistake, not the connection's end. */
static bool encode_all(struct db *db, const struct db_ask *asks, size_t count, struct encoded *in, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		check(info((size_t)asks[i].s), SHAPE_MANY, asks[i].n);
		if (!prepare(db, (size_t)asks[i].s, e) ||
		    !encode(db, (size_t)asks[i].s, asks[i].p, asks[i].n, &in[i], e))
			return false;
	}
	return true;
}

static bool send_all(struct db *db, const struct db_ask *asks, size_t count, const struct encoded *in, PGresult **of)
{
	bool sent = PQenterPipelineMode(db->conn);

	for (size_t i = 0; sent && i < count; i++)
		sent = queue(db, info((size_t)asks[i].s), asks[i].n, &in[i]);
	return sent && PQpipelineSync(db->conn) && db_await_all(db, of, count);
}

bool db_many_at_once(struct db *db, struct arena *a, struct db_ask *asks, size_t count, struct err *e)
{
	struct encoded in[DB_AT_ONCE] = { 0 };
	PGresult *of[DB_AT_ONCE] = { NULL };
	size_t good = 0;

	if (count > DB_AT_ONCE) {
		log_error("%zu statements are more than %d at once", count, DB_AT_ONCE);
		abort();
	}
	ahead_forget(db);
	bool ok = db_ready(db, e) && encode_all(db, asks, count, in, e);
	if (ok) {
		send_all(db, asks, count, in, of);
		while (good < count && db_result_ok(of[good]))
			good++;
		/* Those after one that failed did not run. */
		ok = good == count || db_failed(db, of[good], info((size_t)asks[good].s)->name, e);
	}
	for (size_t i = 0; i < count; i++) {
		if (ok)
			asks[i].rows = rows_new(a, of[i]);
		else
			PQclear(of[i]);
		free(in[i].copies);
	}
	return ok;
}

static bool one_or_none(struct db *db, struct arena *a, size_t s, enum stmt_shape shape,
			const struct param *p, size_t n, struct rows **out, struct err *e)
{
	*out = NULL;
	PGresult *res = run(db, s, shape, p, n, e);
	if (!res)
		return false;
	int rows = PQntuples(res);
	if (rows == 1) {
		*out = rows_new(a, res);
		return true;
	}
	PQclear(res);
	if (rows > 1) {
		log_error("statement %s gave %d rows where at most one is right", info(s)->name, rows);
		return err_set(e, ERR_INTERNAL, "The database gave more rows than there can be.");
	}
	return true;
}

bool db_one(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n, struct rows **out,
	    struct err *e)
{
	if (!one_or_none(db, a, (size_t)s, SHAPE_ONE, p, n, out, e))
		return false;
	return *out || err_set(e, ERR_NOT_FOUND, "There is no such thing, or not for you.");
}

bool db_maybe(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n, struct rows **out,
	      struct err *e)
{
	return one_or_none(db, a, (size_t)s, SHAPE_MAYBE, p, n, out, e);
}
