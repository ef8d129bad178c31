/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/str.h"
#include "config.h"
#include "db/db.h"

static const struct command commands[] = {
	{ "submit", "--name N --file F [--workflow W] [--stack S] [--cap USD] [--priority N] [--wait]",
	  "submit a project; prints the run's id", cmd_submit },
	{ "status", "RUN [--json]", "show where a run stands", cmd_status },
	{ "watch", "RUN", "follow a run until it ends or waits for a person", cmd_watch },
	{ "outputs", "RUN", "list the accepted outputs: stage, revision, SHA-256", cmd_outputs },
	{ "approve", "GATE --revision N [--comment TEXT]", "approve what a gate shows", cmd_decide },
	{ "changes", "GATE --revision N --comment TEXT", "ask for changes", cmd_decide },
	{ "reject", "GATE --revision N [--comment TEXT]", "reject it; the run ends", cmd_decide },
	{ "skip", "GATE --revision N [--comment TEXT]", "go on without a stage that failed", cmd_decide },
	{ "answer", "GATE --revision N --comment TEXT", "answer an agent's question", cmd_decide },
	{ "retry", "RUN STAGE [--comment TEXT]", "do a stage again, and what follows it", cmd_retry },
	{ "say", "RUN TEXT [--priority -10…10] [--reply MESSAGE]", "write to '@agent …' or '#topic …'", cmd_say },
	{ "messages", "RUN", "list what was said, and who has read it", cmd_messages },
	{ "log", "RUN [--stage S] [--level debug|info|warn|error]", "print what runners said of a run", cmd_log },
	{ "budget", "list | set site|day|account NAME|project N AMOUNT|none", "show and set spend caps", cmd_budget },
	{ "export", "RUN -o FILE.zip", "download the software; .tar.gz works too", cmd_export },
	{ "setup", "--public-url URL [option…]", "install on this host (as root)", cmd_setup },
	{ "migrate", "", "bring the database up to date", cmd_migrate },
	{ "user", "add NAME --role R | link NAME | list | disable NAME", "manage accounts", cmd_user },
	{ "token", "create NAME --name LABEL | list NAME | revoke NAME ID", "manage API tokens", cmd_token },
	{ "audit", "head [CHAIN] | export CHAIN | key FILE [--key FILE]",
	  "print the ends of the audit's chains, or one in full; CHAIN: site, or a project", cmd_audit },
	{ "verify", "[FILE | FOLDER] [--heads FILE] [--key FILE | --public HEX]", "prove the audit, a decision record, or an unpacked download", cmd_verify },
	{ "config", "", "print the settings in force, and from where", cmd_config },
	{ "doctor", "[--sandbox]", "check this host and say how to mend it", cmd_doctor },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fprintf(out, "usage: botarmy [--config FILE] COMMAND …\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %s %s\n      %s\n", commands[i].name, commands[i].synopsis,
			commands[i].purpose);
	fprintf(out, "\nsubmit to export read BOTARMY_URL and BOTARMY_TOKEN; the others read the\n"
		     "configuration file, then DATABASE_URL. See botarmy(1).\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (streq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int cli_failed(const struct cli *c)
{
	fprintf(stderr, "botarmy: %s\n", c->err.msg);
	return EXIT_FAILED;
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;
	const struct command *cmd = find_command(command);

	fputs("botarmy: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: botarmy %s %s\n", command, cmd ? cmd->synopsis : "");
	return EXIT_USAGE;
}

bool cli_config(struct cli *c)
{
	if (!c->cfg)
		c->cfg = config_load(c->arena, c->config_path, &c->err);
	return c->cfg != NULL;
}

bool cli_database(struct cli *c)
{
	if (!cli_config(c))
		return false;
	if (!c->cfg->database_url || !*c->cfg->database_url)
		return err_set(&c->err, ERR_INVALID,
			       "no database is configured: set database_url in the configuration file, or DATABASE_URL");
	if (!c->db)
		c->db = db_open(c->cfg->database_url, "botarmy");
	return db_connect(c->db, &c->err);
}

int main(int argc, char **argv)
{
	struct cli c = { .arena = arena_new(0) };
	const struct command *cmd;
	int at = 1, status;

	setlocale(LC_CTYPE, "C.UTF-8");
	log_open("botarmy", LOG_WARN_);
	crypt_init();
	if (at + 1 < argc && streq(argv[at], "--config")) {
		c.config_path = argv[at + 1];
		at += 2;
	}
	if (at < argc && streq(argv[at], "--version")) {
		puts(PACKAGE_STRING);
		status = 0;
	} else if (at < argc && (streq(argv[at], "--help") || streq(argv[at], "help"))) {
		print_help(stdout);
		status = 0;
	} else if (at >= argc || !(cmd = find_command(argv[at]))) {
		if (at < argc)
			fprintf(stderr, "botarmy: there is no command \"%s\"\n", argv[at]);
		print_help(stderr);
		status = EXIT_USAGE;
	} else {
		status = cmd->run(&c, argc - at, argv + at);
	}
	if (c.db)
		db_close(c.db);
	arena_free(c.arena);
	return status;
}
