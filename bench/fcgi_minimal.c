/* SPDX-License-Identifier: MIT */
/*
 * fcgi_minimal SOCKET THREADS DATABASE_URL: what a project list costs at the very least. Each thread
 * has a connection, runs the statement of the real list, and prints its cells as they come: no
 * session, no role, no escaping, no page. The bench puts the real responder beside it.
 */
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/statement.h"
#include "db/stmt.h"

struct shared {
	int listener;
	const char *url;
};

static const char *const values[] = { "9223372036854775807", "51" };

static void print_rows(FCGX_Stream *out, const PGresult *res)
{
	FCGX_PutS("Status: 200\r\nContent-Type: text/plain\r\n\r\n", out);
	for (int row = 0; row < PQntuples(res); row++) {
		for (int column = 0; column < PQnfields(res); column++) {
			FCGX_PutStr(PQgetvalue(res, row, column), PQgetlength(res, row, column), out);
			FCGX_PutChar('\t', out);
		}
		FCGX_PutChar('\n', out);
	}
}

static void *serve(void *p)
{
	const struct shared *s = p;
	PGconn *conn = PQconnectdb(s->url);
	PQclear(PQprepare(conn, "list", stmt_table[STMT_PROJECT_LIST].sql, 0, NULL));
	FCGX_Request r;
	FCGX_InitRequest(&r, s->listener, 0);
	while (FCGX_Accept_r(&r) == 0) {
		PGresult *res = PQexecPrepared(conn, "list", 2, values, NULL, NULL, 0);
		if (PQresultStatus(res) == PGRES_TUPLES_OK)
			print_rows(r.out, res);
		else
			FCGX_FPrintF(r.out, "Status: 500\r\n\r\n%s", PQresultErrorMessage(res));
		PQclear(res);
		FCGX_Finish_r(&r);
	}
	PQfinish(conn);
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc == 4 ? atoi(argv[2]) : 0;
	if (threads < 1 || threads > 256) {
		fputs("usage: fcgi_minimal SOCKET THREADS DATABASE_URL\n", stderr);
		return 2;
	}
	FCGX_Init();
	struct shared s = { FCGX_OpenSocket(argv[1], 4096), argv[3] };
	pthread_t *ids = calloc((size_t)threads, sizeof(*ids));
	if (s.listener < 0 || !ids)
		return 1;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, serve, &s) != 0)
			return 1;
	pthread_join(ids[0], NULL);
	return 1;
}
