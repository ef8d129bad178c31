/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. Nothing outside src/db includes this. */
#ifndef DB_CONN_H
#define DB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "db/db.h"
#include "db/statement.h"

enum { DB_CHANNELS = 16, DB_CHANNEL_NAME = 64, DB_PARAMS = 64, DB_AT_ONCE = 4 };

/* The server ends a statement after 30 s. When it says nothing for longer than this it
   is taken for dead, because a stopped server would hold the caller for ever. */
enum { DB_SILENCE_MS = 40000, DB_NO_LIMIT = -1 };
/* So long a connection may take to come about. */
enum { DB_CONNECT_MS = 5000 };
/* A connection that has answered within this time is not looked at before the next statement. */
enum { DB_IDLE_MS = 20 };

enum { AHEAD_PARAMS = 8, AHEAD_TEXT = 256 };

/* A statement read ahead, of which there is one at a time. */
struct ahead {
	enum { AHEAD_NONE, AHEAD_ASKED, AHEAD_HERE } state;
	size_t s, n;
	struct param p[AHEAD_PARAMS];
	char text[AHEAD_TEXT]; /* of the parameters */
	PGresult *res;         /* when it is here */
};

struct db {
	PGconn *conn; /* NULL while not connected */
	char *conninfo, *application_name;
	PGresult **prepared; /* by statement, of this connection: its description; or NULL */
	bool in_txn;
	bool by_hand;   /* only db_connect() opens a connection */
	bool by_index;
	bool retry;     /* a statement of this transaction failed in a way that asks for another try */
	int wait_ms;    /* DB_SILENCE_MS, or DB_NO_LIMIT while migrating */
	int64_t heard_ms; /* when the last answer was whole, by clock_mono_ms() */
	int64_t changed;
	uint64_t connections;
	char channels[DB_CHANNELS][DB_CHANNEL_NAME];
	size_t channel_count;
	struct ahead ahead;
};

/* Closes the connection; the next call opens another. */
void db_drop(struct db *db);
/* Connected and fit for a statement: opens a connection only outside a transaction, and not by hand. */
bool db_ready(struct db *db, struct err *e);

/* Waits for what was sent to end. NULL when the connection was lost or stayed silent; it is
   closed then. Of several results the first error wins, else the last; PQclear() it. */
PGresult *db_await(struct db *db);
/* The same for statements sent as a pipeline, which ends here: of[i] is what came of each; PQclear() them.
   False: the connection was lost, and of[0] says why or is NULL. */
bool db_await_all(struct db *db, PGresult **of, size_t n);
/* Runs SQL without parameters: transaction control, LISTEN, migration scripts. */
PGresult *db_send(struct db *db, const char *sql);
bool db_send_ok(struct db *db, const char *sql, struct err *e);

/* Fills in `e` for a failed result (NULL: lost), logs what the database said, drops a
   connection that is of no more use. `what` names the statement. Returns false. */
bool db_failed(struct db *db, const PGresult *res, const char *what, struct err *e);
bool db_result_ok(const PGresult *res);

struct encoded {
	const char *values[DB_PARAMS];
	int lengths[DB_PARAMS], formats[DB_PARAMS];
	char *copies; /* heap: views with the NUL that libpq needs, and arrays */
};
/* For a statement that is prepared; free `copies` in any case. */
bool encode(const struct db *db, size_t s, const struct param *p, size_t n, struct encoded *out, struct err *e);

/* One at a time: the newest. */
void ahead_ask(struct db *db, size_t s, const struct param *p, size_t n);
/* The result of this statement when it was read ahead, else NULL. What is here is gone after any call. */
PGresult *ahead_take(struct db *db, size_t s, const struct param *p, size_t n);
/* Takes over what came of the statement that was asked for. */
void ahead_came(struct db *db, PGresult *res);
void ahead_forget(struct db *db);

/* Takes `res` over, into the arena. */
struct rows *rows_new(struct arena *a, PGresult *res);

#endif
