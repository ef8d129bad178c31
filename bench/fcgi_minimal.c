/* SPDX-License-Identifier: MIT */
/*
 * The limit that make bench holds botarmy-web against: the same statement, from the same table, by
 * the same libraries and as many threads, and nothing besides. Whose projects are seen is given, and the
 * rows are printed as they come.
 */
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "db/statement.h"
#include "db/stmt.h"

#define THREADS_MAX 256
#define BACKLOG 4096
/* Of project_list: from the newest on, and the row more by which the page knows that there are others. */
#define BEFORE "9223372036854775807"
#define ROWS 50
#define LIMIT "51"
#define IDLE_MINUTES "60"

static const char *conninfo, *looker; /* whose projects: the hash of a token, as bytea's text */
static int listener;

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "fcgi_minimal: %s: %s\n", what, why);
	exit(1);
}

static void print_rows(const PGresult *res, FCGX_Stream *out)
{
	int rows = PQntuples(res), columns = PQnfields(res);
	FCGX_PutS("Content-Type: text/plain; charset=utf-8\r\n\r\n", out);
	for (int r = 0; r < rows && r < ROWS; r++) {
		for (int c = 0; c < columns; c++) {
			FCGX_PutStr(PQgetvalue(res, r, c), PQgetlength(res, r, c), out);
			FCGX_PutChar(c + 1 < columns ? '\t' : '\n', out);
		}
	}
}

static void *serve(void *ignored)
{
	const char *const params[] = { BEFORE, LIMIT, looker, IDLE_MINUTES };
	const struct stmt_info *list = &stmt_table[STMT_PROJECT_LIST];
	/* Of the session's settings, those that make the statement fast. */
	const char *const names[] = { "dbname", "options", NULL };
	const char *const values[] = { conninfo, "-c jit=off -c plan_cache_mode=force_generic_plan", NULL };
	PGconn *db = PQconnectdbParams(names, values, 1);
	if (PQstatus(db) != CONNECTION_OK)
		fail("no connection", PQerrorMessage(db));
	PQclear(PQprepare(db, list->name, list->sql, list->params, NULL));

	FCGX_Request request;
	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) == 0) {
		PGresult *res = PQexecPrepared(db, list->name, 4, params, NULL, NULL, 0);
		if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) >= ROWS)
			print_rows(res, request.out);
		else
			FCGX_FPrintF(request.out, "Status: 500\r\n\r\n%s\n", PQresultErrorMessage(res));
		PQclear(res);
		FCGX_Finish_r(&request);
	}
	PQfinish(db);
	return ignored;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS_MAX];
	int count = argc == 5 ? atoi(argv[2]) : 0;
	if (count < 1 || count > THREADS_MAX) {
		fputs("usage: fcgi_minimal SOCKET THREADS CONNECTION TOKEN-HASH\n", stderr);
		return 2;
	}
	conninfo = argv[3];
	looker = argv[4];
	umask(0117);
	if (FCGX_Init() != 0 || (listener = FCGX_OpenSocket(argv[1], BACKLOG)) < 0)
		fail("cannot listen", argv[1]);
	signal(SIGTERM, SIG_DFL); /* libfcgi only makes a note of it, and accept goes on waiting */
	for (int i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, serve, NULL) != 0)
			fail("cannot start", "a thread");
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
