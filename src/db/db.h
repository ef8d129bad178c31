/* SPDX-License-Identifier: MIT */
/*
 * One connection to PostgreSQL, and the only statements that can run on it:
 * those named in the files of sql/queries, compiled into db/stmt.h as `enum stmt`.
 * A connection belongs to one thread. libpq stays inside src/db.
 *
 * Statements are prepared at their first use. A connection lost during a call is
 * reported as ERR_UNAVAILABLE and opened again at the next call outside a
 * transaction; one lost while idle, for more than some milliseconds, is noticed and
 * opened again before anything is sent. No statement is ever resent by itself, because
 * its outcome may be unknown.
 *
 * A session runs in UTC, in UTF-8, in read committed, with search_path fixed to
 * public, pg_temp. A statement ends after 30 s, a wait for a lock after 10 s, an idle
 * transaction after 60 s; `options` in the connection string may change these three.
 * Errors never carry the database's own text (that goes to the log); SQLSTATE
 * classes map so: serialization failure, deadlock → ERR_UNAVAILABLE and retried
 * by db_txn(); unique, foreign key, check violations → ERR_CONFLICT; a value that its
 * type refuses → ERR_INVALID; a statement that took too long → ERR_TIMEOUT;
 * raise exception using errcode 'BA4xx'/'BA5xx' → the class of that HTTP status with
 * the exception's own message, which our functions write for people.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "db/stmt.h" /* generated */

struct arena;
struct err;
struct value;
struct db;
struct rows;

/* conninfo: a libpq string or URI. Connects at the first use; application_name is
   shown in pg_stat_activity. Free with db_close(). */
struct db *db_open(const char *conninfo, const char *application_name);
void db_close(struct db *db);
/* For who knows the keys of all that it asks for: from the next connection on, tables are read by their
   indexes wherever one serves, whatever their statistics say. */
void db_by_index(struct db *db);
/* Connects now if it is not connected. */
bool db_connect(struct db *db, struct err *e);
/* From now on only db_connect() opens a connection; without one statements are ERR_UNAVAILABLE. For
   who must look around first, because the server may have forgotten what it had said. */
void db_connect_by_hand(struct db *db);
/* For event loops: the socket, or -1 while not connected. */
int db_socket(const struct db *db);
/* How many connections there have been. When it has grown, notifications may have been
   missed: whoever listens must look at the rows. */
uint64_t db_connections(const struct db *db);

/* ---- parameters ---- */
struct param {
	union {
		const char *text; /* NULL = SQL NULL, unless kind says num */
		const int64_t *ints;
		const char *const *texts;
		const struct str *blobs;
	};
	size_t len; /* of an array: how many */
	enum { PARAM_TEXT, PARAM_VIEW /* no NUL at its end */, PARAM_NUM, PARAM_BYTES,
	       PARAM_INTS, PARAM_TEXTS, PARAM_BLOBS } kind;
	char num[32];
};
struct param p_text(const char *s); /* NULL gives SQL NULL */
struct param p_textn(const char *s, size_t n); /* a NUL in it is ERR_INVALID at the call */
struct param p_int(int64_t v);
struct param p_real(double v);
struct param p_bool(bool v);
struct param p_null(void);
struct param p_bytes(const void *p, size_t n); /* sent in binary */
/* PostgreSQL arrays, which stay the caller's and are read at the call; NULL elements are SQL NULLs.
   Not for reading ahead. */
struct param p_int_array(const int64_t *v, size_t n);
struct param p_text_array(const char *const *v, size_t n);
struct param p_bytes_array(const struct str *v, size_t n);

#define P(...) (const struct param[]){ __VA_ARGS__ }, \
	(sizeof((const struct param[]){ __VA_ARGS__ }) / sizeof(struct param))
#define P_NONE NULL, 0

/* ---- running statements ----
   The statement's declared shape (:exec, :one, :maybe, :many) must be the call's;
   another is a programming error and aborts. Rows live in the arena. */
bool db_exec(struct db *db, enum stmt s, const struct param *p, size_t n, struct err *e);
/* How many rows the last db_exec() changed. */
int64_t db_changed(const struct db *db);
/* Exactly one row; none is ERR_NOT_FOUND. */
bool db_one(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n,
	    struct rows **out, struct err *e);
/* One row or none: *out is NULL then, and the call succeeds. */
bool db_maybe(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n,
	      struct rows **out, struct err *e);
bool db_many(struct db *db, struct arena *a, enum stmt s, const struct param *p, size_t n,
	     struct rows **out, struct err *e);

/* ---- several at once ---- */
struct db_ask {
	enum stmt s;           /* :many */
	const struct param *p;
	size_t n;
	struct rows *rows;     /* filled in */
};
/* In one round trip and, outside a transaction, in one transaction. All have their rows, or none has. */
bool db_many_at_once(struct db *db, struct arena *a, struct db_ask *asks, size_t count, struct err *e);

/* ---- reading ahead ----
   The next statement takes this :many one along, in one round trip; when the statement after that is
   this very one with the same parameters, its rows are here already. Any other statement forgets them,
   so nothing is older than the statement before. It never fails and never makes another fail: what
   goes wrong is seen when the statement itself runs. Only for a statement that changes nothing; its
   parameters are copied. */
void db_ahead(struct db *db, enum stmt s, const struct param *p, size_t n);

/* ---- reading rows ---- columns by name; an unknown name aborts. NULL reads as
   NULL, 0, false. Text is NUL-terminated and owned by the rows. */
size_t rows_count(const struct rows *r);
/* Keeps the first n: for a list that asked for one more, to know whether there is more. */
void rows_keep(struct rows *r, size_t n);
const char *row_text(const struct rows *r, size_t row, const char *column);
int64_t row_int(const struct rows *r, size_t row, const char *column);
double row_real(const struct rows *r, size_t row, const char *column);
bool row_bool(const struct rows *r, size_t row, const char *column);
bool row_null(const struct rows *r, size_t row, const char *column);
/* bytea, decoded once, owned by the rows' arena. */
struct str row_bytes(const struct rows *r, size_t row, const char *column);
/* All rows as V_ROWS, nothing copied. Kinds by column type: int → INT, numeric and
   float → NUMBER, bool → BOOL, json and jsonb → JSON, timestamptz → TEXT in
   ISO 8601 UTC ("2026-01-31T12:00:00Z"; the session runs in UTC), others → TEXT. */
struct value *rows_value(struct arena *a, const struct rows *r);
/* The first row's columns as an object that can be added to. */
struct value *row_object(struct arena *a, const struct rows *r, size_t row);

/* ---- transactions ---- */
/* Runs fn inside BEGIN … COMMIT, again from the start (≤ 5 times, with jitter) on
   a serialization failure or deadlock. fn returning false rolls back. A COMMIT
   whose outcome is unknown is ERR_UNAVAILABLE with *unknown set (may be NULL). */
bool db_txn(struct db *db, bool (*fn)(struct db *, void *ctx, struct err *), void *ctx,
	    bool *unknown, struct err *e);

/* ---- notifications ---- */
/* A plain identifier. Every later connection of this db listens to it as well. */
bool db_listen(struct db *db, const char *channel, struct err *e);
/* Reads what has arrived without waiting; calls fn for each. Call it when the socket is
   readable and after statements (which may have read some). Never connects: false means
   that the connection is gone, and db_connect() makes another. */
bool db_notifies(struct db *db, void (*fn)(void *ctx, const char *channel, const char *payload),
		 void *ctx, struct err *e);

#endif
