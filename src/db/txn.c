/* SPDX-License-Identifier: MIT */
#include "db/conn.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypt.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"

enum { TRIES = 5, FIRST_PAUSE_MS = 10 };

/* A connection that turns out dead at BEGIN is replaced once: nothing has happened yet. */
static bool begin(struct db *db, struct err *e)
{
	for (int attempt = 0;; attempt++) {
		if (!db_ready(db, e))
			return false;
		if (db_send_ok(db, "BEGIN", e))
			return true;
		if (db->conn || attempt > 0)
			return false;
		err_clear(e);
	}
}

static void rollback(struct db *db)
{
	if (!db->conn)
		return;
	PGresult *res = db_send(db, "ROLLBACK");
	if (!db_result_ok(res))
		db_drop(db);
	PQclear(res);
}

/* NULL with the connection gone: nobody can know whether it is stored. */
static PGresult *send_commit(struct db *db)
{
	PGresult *res = NULL;

	if (fault("commit.sent"))
		db_drop(db);
	else
		res = db_send(db, "COMMIT");
	if (db_result_ok(res) && fault("commit.after")) {
		PQclear(res);
		res = NULL;
		db_drop(db);
	}
	return res;
}

static bool commit(struct db *db, bool *unknown, struct err *e)
{
	if (!db_ready(db, e))
		return false;
	PGresult *res = send_commit(db);
	bool ok = db_result_ok(res);
	if (!ok) {
		db_failed(db, res, "COMMIT", e);
		const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
		/* The server's last words do not tell on which side of the commit they were. */
		*unknown = !db->conn || (state && strcmp(state, "40003") == 0);
		if (*unknown) {
			db_drop(db);
			err_set(e, ERR_UNAVAILABLE,
				"The connection to the database was lost while it stored this; "
				"look whether it is there before trying again.");
		}
	} else if (strcmp(PQcmdStatus(res), "COMMIT") != 0) {
		/* A statement had failed and the caller went on regardless. */
		ok = err_set(e, db->retry ? ERR_UNAVAILABLE : ERR_INTERNAL,
			     "The database took the change back because a part of it had failed.");
	}
	PQclear(res);
	if (!ok && db->conn && PQtransactionStatus(db->conn) != PQTRANS_IDLE)
		rollback(db);
	return ok;
}

static void pause_before(int attempt)
{
	double ms = FIRST_PAUSE_MS * (double)(1 << attempt) * (0.5 + random_unit());
	struct timespec t = { 0, (long)(ms * 1e6) };
	nanosleep(&t, NULL);
}

bool db_txn(struct db *db, bool (*fn)(struct db *, void *ctx, struct err *), void *ctx, bool *unknown,
	    struct err *e)
{
	bool lost_sight = false;
	bool ok;

	if (db->in_txn) {
		log_error("a transaction was begun inside another");
		abort();
	}
	for (int attempt = 0;; attempt++) {
		if (!begin(db, e)) {
			ok = false;
			break;
		}
		db->in_txn = true;
		db->retry = false;
		ok = fn(db, ctx, e);
		if (ok)
			ok = commit(db, &lost_sight, e);
		else
			rollback(db);
		db->in_txn = false;
		if (ok || lost_sight || !db->retry || attempt + 1 == TRIES)
			break;
		log_debug("transaction tried again after a conflict");
		err_clear(e);
		pause_before(attempt);
	}
	if (unknown)
		*unknown = lost_sight;
	return ok;
}
