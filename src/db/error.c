/* SPDX-License-Identifier: MIT */
/* From SQLSTATE to the classes of err.h. */
#include "db/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

struct mapping {
	const char *state; /* a SQLSTATE, or its class of two characters */
	enum err_class class;
	/* DROP: the connection is of no more use. RETRY: the transaction may be tried again. */
	enum { KEEP, DROP, RETRY } then;
	const char *msg;
};

/* The first match counts. */
static const struct mapping mappings[] = {
	{ "40001", ERR_UNAVAILABLE, RETRY, "Others were changing the same data; try again." },
	{ "40P01", ERR_UNAVAILABLE, RETRY, "Others were changing the same data; try again." },
	{ "55P03", ERR_UNAVAILABLE, KEEP, "Others were changing the same data; try again." },
	{ "23505", ERR_CONFLICT, KEEP, "This exists already, or was changed by somebody else." },
	{ "23503", ERR_CONFLICT, KEEP,
	  "Something that this refers to, or that refers to this, stands in the way." },
	{ "23514", ERR_CONFLICT, KEEP, "This change is not allowed in the present state." },
	{ "23P01", ERR_CONFLICT, KEEP, "This overlaps with something that exists already." },
	{ "22", ERR_INVALID, KEEP,
	  "A value cannot be stored in the database; see the log for the statement." },
	{ "57014", ERR_TIMEOUT, KEEP, "The database took too long; try again, or ask for less." },
	{ "57P", ERR_UNAVAILABLE, DROP, "The database is restarting; try again." },
	{ "08", ERR_UNAVAILABLE, DROP, "The connection to the database was lost; try again." },
	{ "25P03", ERR_UNAVAILABLE, DROP, "The transaction was idle for too long; try again." },
	{ "25006", ERR_UNAVAILABLE, DROP, "The database takes no changes at the moment; try again." },
	{ "53", ERR_UNAVAILABLE, KEEP, "The database is out of a resource; see its log." },
	/* A migration changed what a prepared statement returns, or a pooler lost it. */
	{ "0A000", ERR_UNAVAILABLE, DROP, "The database's schema has changed; try again." },
	{ "26000", ERR_UNAVAILABLE, DROP, "The database's session has changed; try again." },
};

static const struct mapping *find(const char *state)
{
	for (size_t i = 0; i < sizeof(mappings) / sizeof(*mappings); i++)
		if (strncmp(state, mappings[i].state, strlen(mappings[i].state)) == 0)
			return &mappings[i];
	return NULL;
}

/* BA409: our own functions speak to people through these. */
static bool own_error(const char *state, const char *text, struct err *e)
{
	int status = atoi(state + 2);
	for (int i = ERR_NONE + 1; i < ERR_CLASSES; i++)
		if (err_status((enum err_class)i) == status)
			return err_set(e, (enum err_class)i, "%s", text);
	return err_set(e, ERR_INTERNAL, "A database function failed with the unknown status %d.", status);
}

bool db_result_ok(const PGresult *res)
{
	ExecStatusType st = PQresultStatus(res);
	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_EMPTY_QUERY;
}

bool db_failed(struct db *db, const PGresult *res, const char *what, struct err *e)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *constraint = res ? PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME) : NULL;

	if (!text)
		text = "";
	if (!state) {
		log_warn("database connection lost in %s", what);
		db_drop(db);
		return err_set(e, ERR_UNAVAILABLE, "The connection to the database was lost; try again.");
	}
	if (strncmp(state, "BA", 2) == 0) {
		log_info("statement %s refused with %s", what, state);
		return own_error(state, text, e);
	}
	const struct mapping *m = find(state);
	/* The text of a data error quotes the value, which is somebody's. */
	log_at(m ? LOG_WARN_ : LOG_ERROR_, "statement %s failed with %s %s%s%s", what, state,
	       strncmp(state, "22", 2) == 0 ? "" : text, constraint ? ", constraint " : "",
	       constraint ? constraint : "");
	if (m && m->then == RETRY)
		db->retry = true;
	if ((m && m->then == DROP) || !db->conn || PQstatus(db->conn) != CONNECTION_OK)
		db_drop(db);
	return m ? err_set(e, m->class, "%s", m->msg)
		 : err_set(e, ERR_INTERNAL, "The database refused a statement; the log says which and why.");
}
