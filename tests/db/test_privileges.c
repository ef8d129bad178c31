/* SPDX-License-Identifier: MIT */
/*
 * Every named statement may be run by the role whose program has it: one case each. EXPLAIN
 * checks privileges without running anything. Statements of a topic (a file of sql/queries)
 * that stands in no row here must be open to some program's role.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/buf.h"
#include "database.h"
#include "db/statement.h"
#include "db/stmt.h"

enum { OWNER = 1, WEB = 2, RUNNER = 4, FEED = 8, MAIL = 16, ROLES = 5 };

/* A statement's name, or a topic; the first match counts. */
static const struct {
	const char *what;
	int roles;
} owners[] = {
	{ "access.sql", WEB }, { "account.sql", WEB }, { "call.sql", RUNNER }, { "doctor_mail", OWNER },
	{ "engine.sql", RUNNER }, { "gate.sql", WEB }, { "idempotency.sql", WEB }, { "inbox.sql", WEB },
	{ "input.sql", RUNNER }, { "link_decide", WEB }, { "link_look", WEB }, { "mail.sql", MAIL },
	{ "member.sql", RUNNER }, { "migration.sql", OWNER }, { "project.sql", WEB }, { "record.sql", WEB },
	{ "review.sql", WEB }, { "workflow.sql", OWNER },
};

static const char *const urls[ROLES] = { "DATABASE_URL", "WEB_DATABASE_URL", "RUNNER_DATABASE_URL",
					 "FEED_DATABASE_URL", "MAIL_DATABASE_URL" };
static PGconn *connections[ROLES];

static int roles_of(const struct stmt_info *s, bool *all)
{
	size_t n = strcspn(s->where, ":");
	*all = true;
	for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++)
		if (strcmp(owners[i].what, s->name) == 0 ||
		    (strlen(owners[i].what) == n && memcmp(owners[i].what, s->where, n) == 0))
			return owners[i].roles;
	*all = false;
	return WEB | RUNNER | FEED | MAIL;
}

static bool run(PGconn *c, const char *sql, char *why, size_t size)
{
	PGresult *res = PQexec(c, sql);
	ExecStatusType status = PQresultStatus(res);
	bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (!ok)
		snprintf(why, size, "%s", PQerrorMessage(c));
	PQclear(res);
	return ok;
}

static bool may(int role, const struct stmt_info *s, char *why, size_t size)
{
	struct buf sql;
	char ignored[8];
	PGconn *c = connections[role];

	buf_init(&sql, 1 << 20);
	buf_addf(&sql, "prepare p as %s", s->sql);
	bool ok = run(c, buf_str(&sql), why, size);
	buf_clear(&sql);
	buf_adds(&sql, "explain execute p");
	for (int i = 0; i < s->params; i++)
		buf_adds(&sql, i ? ", null" : "(null");
	if (s->params)
		buf_addc(&sql, ')');
	ok = ok && run(c, buf_str(&sql), why, size);
	run(c, "deallocate all", ignored, sizeof(ignored));
	buf_release(&sql);
	return ok;
}

static void may_be_run(void **state)
{
	const struct stmt_info *s = *state;
	char why[256] = "";
	bool all, any = false;
	int roles = roles_of(s, &all);

	for (int role = 0; role < ROLES; role++) {
		if (!(roles & (1 << role)))
			continue;
		bool ok = may(role, s, why, sizeof(why));
		any |= ok;
		if (all && !ok)
			fail_msg("%s: with %s: %s", s->where, urls[role], why);
	}
	if (!any)
		fail_msg("%s: no program may run it: %s", s->where, why);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	struct CMUnitTest *tests = calloc(stmt_count + 1, sizeof(*tests));
	if (!tests)
		return 99;
	for (size_t i = 0; i < stmt_count; i++)
		tests[i] = (struct CMUnitTest){ stmt_table[i].name, may_be_run, NULL, NULL,
						(void *)&stmt_table[i] };
	for (int role = 0; role < ROLES; role++) {
		connections[role] = PQconnectdb(getenv(urls[role]) ? getenv(urls[role]) : "");
		if (PQstatus(connections[role]) != CONNECTION_OK) {
			fprintf(stderr, "%s\n", PQerrorMessage(connections[role]));
			return 99;
		}
	}
	int failed = _cmocka_run_group_tests("privileges", tests, stmt_count, NULL, NULL);
	for (int role = 0; role < ROLES; role++)
		PQfinish(connections[role]);
	free(tests);
	return failed;
}
