/* SPDX-License-Identifier: MIT */
/*
 * The command line: one table of commands, one file a command. Commands for people speak to the
 * API (BOTARMY_URL, BOTARMY_TOKEN); operator commands speak to the database (configuration file,
 * then DATABASE_URL). Results go to stdout, everything else to stderr.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct arena;
struct config;
struct db;
struct json_object;

struct cli {
	struct arena *arena;
	const char *config_path; /* of --config, or NULL */
	struct config *cfg;      /* cli_config() */
	struct db *db;           /* cli_database(); closed at exit */
	struct err err;
};

struct command {
	const char *name;
	const char *synopsis; /* after the name */
	const char *purpose;  /* one line */
	/* Returns the exit status. argv[0] is the command's name. */
	int (*run)(struct cli *c, int argc, char **argv);
};

/* Exit statuses beside 0. */
#define EXIT_FAILED 1
#define EXIT_USAGE 64

int cmd_audit(struct cli *c, int argc, char **argv);
int cmd_budget(struct cli *c, int argc, char **argv);
int cmd_config(struct cli *c, int argc, char **argv);
int cmd_doctor(struct cli *c, int argc, char **argv);
int cmd_migrate(struct cli *c, int argc, char **argv);
int cmd_setup(struct cli *c, int argc, char **argv);
int cmd_token(struct cli *c, int argc, char **argv);
int cmd_user(struct cli *c, int argc, char **argv);
int cmd_submit(struct cli *c, int argc, char **argv);
int cmd_status(struct cli *c, int argc, char **argv);
int cmd_outputs(struct cli *c, int argc, char **argv);
int cmd_decide(struct cli *c, int argc, char **argv); /* approve, changes, reject, skip, answer */
int cmd_retry(struct cli *c, int argc, char **argv);
int cmd_say(struct cli *c, int argc, char **argv);
int cmd_messages(struct cli *c, int argc, char **argv);
int cmd_log(struct cli *c, int argc, char **argv);
int cmd_verify(struct cli *c, int argc, char **argv);
int cmd_export(struct cli *c, int argc, char **argv);
int cmd_watch(struct cli *c, int argc, char **argv);

/* Prints "botarmy: message" from c->err; returns EXIT_FAILED. */
int cli_failed(const struct cli *c);
/* Prints what is wrong and the command's synopsis; returns EXIT_USAGE. */
int cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool cli_config(struct cli *c);
/* Opens the database as its owner. */
bool cli_database(struct cli *c);

/*
 * Options of the form --name VALUE, --name=VALUE, --flag, anywhere among the operands. Fills in
 * what `options` point at, leaves operands in argv[1…]; returns their number, or -1 after having
 * said what is wrong.
 */
struct option_spec {
	const char *name;   /* without dashes */
	const char **value; /* takes a value */
	bool *flag;         /* or takes none */
};
int cli_options(const char *command, int argc, char **argv, const struct option_spec *options, size_t count);

/* ---- commands that speak to the API ---- */
bool api_get(struct cli *c, const char *path, struct json_object **out);
bool api_post(struct cli *c, const char *path, const char *idempotency_key, struct json_object *body,
	      struct json_object **out);
/* Downloads below the API to a file. */
bool api_download(struct cli *c, const char *path, const char *file);
/* A run or gate number from an operand; says what is wrong otherwise. */
bool cli_number(const char *command, const char *what, const char *operand, long long *out);
/* Follows a run until it ends or waits for a person; prints progress on stderr. The exit status of
   `submit --wait` and `watch`: 0 done, 1 failed, rejected, cancelled, 2 waiting or paused. */
int follow_run(struct cli *c, long long run);

#endif
