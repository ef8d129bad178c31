/* SPDX-License-Identifier: MIT */
/* Checks what a working installation needs, each with the way to mend it. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/file.h"
#include "db/db.h"
#include "db/migrate.h"
#include "sandbox/sandbox.h"

#define RUNNER_SILENT_S 120
#define DISK_LEAST_MB 512
#define MAIL_LATE_S 600

struct findings {
	int bad;
};

static void fine(const char *what, const char *detail)
{
	printf("ok    %s: %s\n", what, detail);
}

static void bad(struct findings *f, const char *what, const char *detail, const char *mend)
{
	f->bad++;
	printf("BAD   %s: %s\n      %s\n", what, detail, mend);
}

static void check_database(struct cli *c, struct findings *f)
{
	struct rows *r;
	int64_t known, now;

	if (!cli_database(c)) {
		bad(f, "database", c->err.msg, "start PostgreSQL, and check database_url with: botarmy config");
		return;
	}
	if (!db_one(c->db, c->arena, STMT_DOCTOR_SERVER, P_NONE, &r, &c->err)) {
		bad(f, "database", c->err.msg, "look into PostgreSQL's log");
		return;
	}
	if (!row_bool(r, 0, "recent"))
		bad(f, "database", row_text(r, 0, "version"), "PostgreSQL 15 or newer is needed");
	else if (!row_bool(r, 0, "durable"))
		bad(f, "database", "fsync, full_page_writes or synchronous_commit is off",
		    "turn them on in postgresql.conf: decisions must survive a power cut");
	else
		fine("database", row_text(r, 0, "version"));
	if (!migrate_versions(c->arena, c->db, path_join(c->arena, c->cfg->data_dir, "sql"), &known, &now, &c->err))
		bad(f, "schema", c->err.msg, "check data_dir with: botarmy config");
	else if (known != now)
		bad(f, "schema", arena_printf(c->arena, "at %lld, this program needs %lld", (long long)now, (long long)known),
		    now < known ? "run: botarmy migrate" : "install the newer BotArmy that made this schema");
	else
		fine("schema", arena_printf(c->arena, "version %lld", (long long)now));
	if (now == 0 || !db_one(c->db, c->arena, STMT_DOCTOR_RUNNER, P_NONE, &r, &c->err))
		return;
	if (row_null(r, 0, "seconds") || row_int(r, 0, "seconds") > RUNNER_SILENT_S)
		bad(f, "runner", row_null(r, 0, "seconds") ? "none was ever seen" :
		    arena_printf(c->arena, "last seen %lld s ago", (long long)row_int(r, 0, "seconds")),
		    "check that cron runs and has: * * * * * botarmy-runner --drain --for 55");
	else
		fine("runner", arena_printf(c->arena, "seen %lld s ago", (long long)row_int(r, 0, "seconds")));
}

/* Mail is no must; what is set up must work. */
static void check_mail(struct cli *c, struct findings *f)
{
	struct rows *r;

	if (!c->db || !db_one(c->db, c->arena, STMT_DOCTOR_MAIL, P_NONE, &r, &c->err))
		return;
	long long people = (long long)row_int(r, 0, "people"), failed = (long long)row_int(r, 0, "failed");
	if (!*c->cfg->smtp_url)
		fine("mail", people ? arena_printf(c->arena, "none is sent, and %lld people want some: set smtp_url and "
						   "mail_from", people) : "none is sent: smtp_url is not set");
	else if (!*c->cfg->mail_from)
		bad(f, "mail", "mail_from is not set", "set it to the address that mail is to come from");
	else if (row_int(r, 0, "late_s") > MAIL_LATE_S)
		bad(f, "mail", arena_printf(c->arena, "the oldest waits for %lld s%s%s",
					    (long long)row_int(r, 0, "late_s"), row_null(r, 0, "last") ? "" : ": ",
					    row_null(r, 0, "last") ? "" : row_text(r, 0, "last")),
		    "check the server of smtp_url, and that cron has: * * * * * botarmy-mail --drain --for 55");
	else if (failed)
		bad(f, "mail", arena_printf(c->arena, "%lld of the last day were refused: %s", failed,
					    row_null(r, 0, "last") ? "" : row_text(r, 0, "last")),
		    "check the addresses of those accounts");
	else
		fine("mail", arena_printf(c->arena, "by %s to %lld people", c->cfg->smtp_url, people));
}

static void check_socket(struct cli *c, struct findings *f, const char *what, const char *path, const char *mend)
{
	if (access(path, F_OK) == 0)
		fine(what, path);
	else
		bad(f, what, arena_printf(c->arena, "there is no socket %s", path), mend);
}

static void check_disk(struct cli *c, struct findings *f)
{
	struct statvfs v;
	unsigned long long mb;

	if (statvfs(c->cfg->state_dir, &v) != 0) {
		bad(f, "state folder", arena_printf(c->arena, "%s cannot be read", c->cfg->state_dir),
		    "make it, owned by the runner's user");
		return;
	}
	mb = (unsigned long long)v.f_bavail * v.f_frsize >> 20;
	if (mb < DISK_LEAST_MB)
		bad(f, "disk", arena_printf(c->arena, "%llu MB are free below %s", mb, c->cfg->state_dir), "make room");
	else
		fine("disk", arena_printf(c->arena, "%llu MB free", mb));
}

static bool probe(struct cli *c, char what[256])
{
	const struct sandbox_settings s = sandbox_settings_of(c->cfg);

	return sandbox_probe(&s, what, &c->err);
}

int cmd_doctor(struct cli *c, int argc, char **argv)
{
	bool sandbox_only = false;
	const struct option_spec options[] = { { "sandbox", NULL, &sandbox_only } };
	struct findings f = { 0 };
	char what[256];

	if (cli_options(argv[0], argc, argv, options, 1) != 0)
		return cli_usage(argv[0], "doctor takes no operands");
	if (!cli_config(c))
		return cli_failed(c);
	if (sandbox_only) {
		bool can = probe(c, what);

		puts(can ? what : c->err.msg);
		return can ? 0 : EXIT_FAILED;
	}
	fine("configuration", c->cfg->file ? c->cfg->file : "no file: environment and defaults");
	check_database(c, &f);
	check_mail(c, &f);
	check_socket(c, &f, "responder", c->cfg->web_socket, "start botarmy-web: systemctl start botarmy-web");
	check_socket(c, &f, "feed", c->cfg->feed_socket,
		     "start botarmy-feed: systemctl start botarmy-feed; until then pages move more slowly");
	check_disk(c, &f);
	if (probe(c, what))
		fine("sandbox", what);
	else
		bad(&f, "sandbox", c->err.msg, "until then tests are not executed and a person is asked");
	if (config_has_model(c->cfg))
		fine("model server", c->cfg->openai_base_url);
	else
		fine("model server", "none: the built-in fallback works");
	return f.bad ? EXIT_FAILED : 0;
}
