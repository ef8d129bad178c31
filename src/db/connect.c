/* SPDX-License-Identifier: MIT */
#include "db/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

/* What a connection string may set otherwise. Every statement is planned once a connection: left to
   itself the server plans a list's join anew each time, which takes longer than running it. */
#define TUNABLE                                                                                              \
	"-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s "           \
	"-c jit=off -c plan_cache_mode=force_generic_plan"
/* For db_by_index(). */
#define BY_INDEX "-c enable_seqscan=off -c enable_bitmapscan=off "
/* What the code here relies on. Everything lives in schema public; pg_temp stands last so
   that a temporary object can never stand in for a real one. */
#define FIXED                                                                                                \
	"-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex "                    \
	"-c standard_conforming_strings=on -c extra_float_digits=1 -c search_path=public,pg_temp "           \
	"-c default_transaction_isolation=read\\ committed"

static void *need(void *p)
{
	if (!p) {
		log_error("out of memory for a database connection");
		abort();
	}
	return p;
}

struct db *db_open(const char *conninfo, const char *application_name)
{
	struct db *db = need(calloc(1, sizeof(*db)));
	db->conninfo = need(strdup(conninfo ? conninfo : ""));
	db->application_name = need(strdup(application_name ? application_name : "botarmy"));
	db->prepared = need(calloc(stmt_count + 1, sizeof(*db->prepared)));
	db->wait_ms = DB_SILENCE_MS;
	return db;
}

void db_drop(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	for (size_t i = 0; i < stmt_count; i++) {
		PQclear(db->prepared[i]);
		db->prepared[i] = NULL;
	}
	ahead_forget(db);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_drop(db);
	free(db->prepared);
	free(db->conninfo);
	free(db->application_name);
	free(db);
}

int db_socket(const struct db *db)
{
	return db->conn ? PQsocket(db->conn) : -1;
}

uint64_t db_connections(const struct db *db)
{
	return db->connections;
}

static void notice(void *ctx, const PGresult *res)
{
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	log_debug("database notice: %s", text ? text : "");
}

/* The session's options: ours, with those of the connection string where they may differ. */
static bool session_options(const struct db *db, struct buf *out, struct err *e)
{
	PQconninfoOption *given = NULL;
	if (strchr(db->conninfo, '=') || strstr(db->conninfo, "://")) {
		given = PQconninfoParse(db->conninfo, NULL);
		/* libpq's message may quote a part of it, and that may be the password. */
		if (!given)
			return err_set(e, ERR_INTERNAL, "the database connection string cannot be read; "
							"see DATABASE_URL and its like in the configuration");
	}
	buf_adds(out, TUNABLE " ");
	for (PQconninfoOption *o = given; o && o->keyword; o++)
		if (strcmp(o->keyword, "options") == 0 && o->val)
			buf_addf(out, "%s ", o->val);
	buf_adds(out, db->by_index ? BY_INDEX FIXED : FIXED);
	PQconninfoFree(given);
	return true;
}

/* As PQconnectdbParams() does it, but for notices: those that come on the way are not libpq's to print. */
static PGconn *connect_by(const char *const *names, const char *const *values)
{
	PGconn *conn = PQconnectStartParams(names, values, 1);
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	int64_t until = clock_mono_ms() + DB_CONNECT_MS, left;

	if (!conn || PQstatus(conn) == CONNECTION_BAD)
		return conn;
	PQsetNoticeReceiver(conn, notice, NULL);
	while (next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED && (left = until - clock_mono_ms()) > 0) {
		struct pollfd p = { .fd = PQsocket(conn),
				    .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT };
		if (poll(&p, 1, (int)left) > 0)
			next = PQconnectPoll(conn);
	}
	return conn;
}

static bool connect_now(struct db *db, struct err *e)
{
	struct buf options;
	buf_init(&options, 4096);
	if (!session_options(db, &options, e)) {
		buf_release(&options);
		return false;
	}
	/* Later ones win: what stands before dbname are defaults. */
	const char *const names[] = { "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", "dbname", "application_name", "client_encoding",
		"options", NULL };
	const char *const values[] = { "10", "5", "3", "20000", db->conninfo, db->application_name,
		"UTF8", buf_str(&options), NULL };
	db->conn = connect_by(names, values);
	buf_release(&options);
	if (!db->conn || PQstatus(db->conn) != CONNECTION_OK) {
		char text[256];
		const char *why = db->conn ? PQerrorMessage(db->conn) : "out of memory";
		snprintf(text, sizeof(text), "%s", *why ? why : "it did not answer in time");
		text[strcspn(text, "\n")] = '\0';
		log_warn("no connection to the database: %s", text);
		db_drop(db);
		return err_set(e, ERR_UNAVAILABLE, "The database cannot be reached; is it running?");
	}
	PQsetnonblocking(db->conn, 1);
	db->connections++;
	for (size_t i = 0; i < db->channel_count; i++) {
		char sql[DB_CHANNEL_NAME + 16];
		snprintf(sql, sizeof(sql), "LISTEN %s", db->channels[i]);
		if (!db_send_ok(db, sql, e)) {
			db_drop(db);
			return false;
		}
	}
	return true;
}

/* An idle connection that has something to read brings notifications, or its end. Looking
   before the statement is sent spares the caller an error after each database restart. */
static bool still_alive(struct db *db)
{
	for (int i = 0; i < 4; i++) {
		struct pollfd p = { .fd = PQsocket(db->conn), .events = POLLIN };
		if (poll(&p, 1, 0) <= 0)
			break;
		if (!PQconsumeInput(db->conn))
			return false;
		(void)PQisBusy(db->conn); /* makes libpq parse it */
	}
	return PQstatus(db->conn) == CONNECTION_OK;
}

void db_connect_by_hand(struct db *db)
{
	db->by_hand = true;
}

void db_by_index(struct db *db)
{
	db->by_index = true;
}

static void look_if_idle(struct db *db)
{
	if (db->conn && clock_mono_ms() - db->heard_ms > DB_IDLE_MS && !still_alive(db)) {
		log_info("the database closed an idle connection");
		db_drop(db);
	}
}

bool db_connect(struct db *db, struct err *e)
{
	look_if_idle(db);
	return db->conn || connect_now(db, e);
}

bool db_ready(struct db *db, struct err *e)
{
	if (!db->in_txn && !db->by_hand)
		return db_connect(db, e);
	if (!db->in_txn)
		look_if_idle(db);
	if (!db->conn)
		return err_set(e, ERR_UNAVAILABLE, "The connection to the database was lost; try again.");
	return true;
}

/* Sends what is pending and reads until no result is outstanding, or the server was silent. */
static bool settle(struct db *db)
{
	int unsent;
	while ((unsent = PQflush(db->conn)) == 1 || PQisBusy(db->conn)) {
		struct pollfd p = { .fd = PQsocket(db->conn),
				    .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN) };
		int64_t until = clock_mono_ms() + db->wait_ms;
		int left = db->wait_ms, n;
		do {
			n = poll(&p, 1, left);
			if (n < 0 && errno == EINTR && db->wait_ms != DB_NO_LIMIT) {
				int64_t rest = until - clock_mono_ms();
				left = rest > 0 ? (int)rest : 0;
			}
		} while (n < 0 && errno == EINTR);
		if (n == 0)
			log_error("the database said nothing for %d s", db->wait_ms / 1000);
		if (n <= 0)
			return false;
		if ((p.revents & ~POLLOUT) && !PQconsumeInput(db->conn))
			return false;
	}
	return unsent == 0;
}

/* Of a lost connection nothing counts but what it said at its end. */
static PGresult *only_error(PGresult *res)
{
	if (!db_result_ok(res))
		return res;
	PQclear(res);
	return NULL;
}

PGresult *db_await(struct db *db)
{
	PGresult *keep = NULL;
	for (;;) {
		if (!settle(db)) {
			/* The server's last words, as "terminating connection", are worth keeping. */
			PGresult *last = PQstatus(db->conn) == CONNECTION_BAD ? PQgetResult(db->conn) : NULL;
			if (!keep)
				keep = last;
			else
				PQclear(last);
			break;
		}
		PGresult *res = PQgetResult(db->conn);
		if (!res) {
			db->heard_ms = clock_mono_ms();
			return keep;
		}
		if (keep && !db_result_ok(keep)) {
			PQclear(res);
		} else {
			PQclear(keep);
			keep = res;
		}
	}
	db_drop(db);
	return only_error(keep);
}

static bool pipeline_ended(struct db *db)
{
	if (!PQexitPipelineMode(db->conn))
		return false;
	db->heard_ms = clock_mono_ms();
	return true;
}

bool db_await_all(struct db *db, PGresult **of, size_t n)
{
	size_t at = 0;
	memset(of, 0, n * sizeof(*of));
	while (settle(db)) {
		PGresult *res = PQgetResult(db->conn);
		if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
			PQclear(res);
			if (pipeline_ended(db))
				return true;
			break;
		}
		if (!res && ++at > n)
			break;
		if (!res)
			continue;
		/* An error at the end of all, as of a commit, is the last one's. */
		PGresult **slot = &of[at < n ? at : n - 1];
		PQclear(*slot);
		*slot = res;
	}
	PGresult *last = PQstatus(db->conn) == CONNECTION_BAD ? PQgetResult(db->conn) : NULL;
	for (size_t i = 1; i < n; i++) {
		PQclear(of[i]);
		of[i] = NULL;
	}
	db_drop(db);
	if (db_result_ok(of[0]) || !of[0]) {
		PQclear(of[0]);
		of[0] = only_error(last);
	} else {
		PQclear(last);
	}
	return false;
}

PGresult *db_send(struct db *db, const char *sql)
{
	return PQsendQuery(db->conn, sql) ? db_await(db) : NULL;
}

bool db_send_ok(struct db *db, const char *sql, struct err *e)
{
	PGresult *res = db_send(db, sql);
	bool ok = db_result_ok(res) || db_failed(db, res, "session", e);
	PQclear(res);
	return ok;
}
