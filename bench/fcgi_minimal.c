/* SPDX-License-Identifier: MIT */
/*
 * The limit that make bench holds botarmy-web against: the same statements with the same parameters, from
 * the same tables, by the same libraries and as many threads, and nothing besides. The rows are printed as
 * they come.
 *
 *   fcgi_minimal SOCKET THREADS CONNECTION FOLDER
 *
 * What is asked for as /minimal/NAME is in FOLDER/NAME: a line for each statement, its name and its
 * parameters with tabs between, \\N for a null.
 */
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "db/statement.h"
#include "db/stmt.h"

enum { THREADS_MAX = 256, BACKLOG = 4096, PAGES = 8, STATEMENTS = 64, PARAMS = 16, NAME = 32 };

static const char *conninfo, *folder;
static int listener;

struct asked {
	const struct stmt_info *stmt;
	const char *params[PARAMS];
};

struct page {
	char name[NAME];
	struct asked asked[STATEMENTS];
	size_t n;
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "fcgi_minimal: %s: %s\n", what, why);
	exit(1);
}

static const struct stmt_info *find(const char *name)
{
	for (size_t i = 0; i < stmt_count; i++)
		if (strcmp(stmt_table[i].name, name) == 0)
			return &stmt_table[i];
	fail("there is no statement", name);
}

/* Kept as long as the process is. */
static void read_line(struct page *p, char *line, PGconn *db)
{
	struct asked *a = &p->asked[p->n++];
	char *at = line, *name = strsep(&at, "\t");
	a->stmt = find(name);
	for (size_t i = 0; at && i < PARAMS; i++) {
		a->params[i] = strsep(&at, "\t");
		if (strcmp(a->params[i], "\\N") == 0)
			a->params[i] = NULL;
	}
	PQclear(PQprepare(db, a->stmt->name, a->stmt->sql, 0, NULL));
}

static void read_page(struct page *p, const char *name, PGconn *db)
{
	char path[4096], *line = NULL;
	size_t room = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "re");
	if (!f)
		fail("cannot read", path);
	snprintf(p->name, sizeof(p->name), "%s", name);
	for (ssize_t len; p->n < STATEMENTS && (len = getline(&line, &room, f)) > 0; line = NULL, room = 0) {
		line[len - 1] = '\0';
		read_line(p, line, db);
	}
	free(line);
	fclose(f);
}

static const struct page *page_of(struct page *pages, const char *uri, PGconn *db)
{
	const char *name = uri ? strrchr(uri, '/') : NULL;
	for (size_t i = 0; name && i < PAGES; i++) {
		if (!pages[i].n)
			read_page(&pages[i], name + 1, db);
		if (strcmp(pages[i].name, name + 1) == 0)
			return &pages[i];
	}
	fail("more pages than there is room for", uri);
}

static void print_rows(const PGresult *res, FCGX_Stream *out)
{
	int rows = PQntuples(res), columns = PQnfields(res);
	for (int r = 0; r < rows; r++) {
		for (int c = 0; c < columns; c++) {
			FCGX_PutStr(PQgetvalue(res, r, c), PQgetlength(res, r, c), out);
			FCGX_PutChar(c + 1 < columns ? '\t' : '\n', out);
		}
	}
}

static void *serve(void *ignored)
{
	/* Of the session's settings, those that make statements fast. */
	const char *const names[] = { "dbname", "options", NULL };
	const char *const values[] = { conninfo, "-c jit=off -c plan_cache_mode=force_generic_plan", NULL };
	PGconn *db = PQconnectdbParams(names, values, 1);
	if (PQstatus(db) != CONNECTION_OK)
		fail("no connection", PQerrorMessage(db));
	struct page *pages = calloc(PAGES, sizeof(*pages));
	if (!pages)
		fail("no memory", "pages");

	FCGX_Request request;
	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) == 0) {
		const struct page *p = page_of(pages, FCGX_GetParam("REQUEST_URI", request.envp), db);
		FCGX_PutS("Content-Type: text/plain; charset=utf-8\r\n\r\n", request.out);
		for (size_t i = 0; i < p->n; i++) {
			const struct asked *a = &p->asked[i];
			PGresult *res = PQexecPrepared(db, a->stmt->name, a->stmt->params, a->params, NULL, NULL, 0);
			ExecStatusType status = PQresultStatus(res);
			if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
				fail(a->stmt->name, PQresultErrorMessage(res));
			print_rows(res, request.out);
			PQclear(res);
		}
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
		fputs("usage: fcgi_minimal SOCKET THREADS CONNECTION FOLDER\n", stderr);
		return 2;
	}
	conninfo = argv[3];
	folder = argv[4];
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
