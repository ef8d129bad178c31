/* SPDX-License-Identifier: MIT */
/*
 * Settings: one table (config.c) of name, environment variable, type, default,
 * bounds and meaning. A value comes from, strongest first: the environment, the
 * configuration file, the default. A secret NAME can also come from a file named by
 * NAME_file (or the variable NAME_FILE). The file is --config, else
 * BOTARMY_CONFIG, else SYSCONFDIR/botarmy/botarmy.conf if it exists.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct value;

struct config {
	/* where things are */
	const char *data_dir;      /* agents, workflows, blueprints, templates, static, sql, harness */
	const char *state_dir;     /* scratch of sandboxes */
	/* database: libpq connection strings; the others default to the first */
	const char *database_url;        /* owner: migrate, setup, account commands */
	const char *web_database_url;
	const char *runner_database_url;
	const char *feed_database_url;
	const char *mail_database_url;
	/* web */
	const char *public_url;    /* base of every link, no trailing slash: "https://host/sub" */
	const char *web_socket;    /* path of the FastCGI socket */
	int64_t web_threads;
	/* feed */
	const char *feed_socket;
	int64_t feed_check_s;
	int64_t session_idle_minutes, session_absolute_hours;
	const char *login_param;   /* FastCGI parameter with the name that a proxy vouches for; "": none */
	int64_t login_create;      /* 1: whom it names and nobody knows becomes a viewer */
	/* model server; no key and no base URL means the built-in fallback */
	const char *openai_api_key;   /* secret; may be empty for a local server */
	const char *openai_base_url;  /* default https://api.openai.com/v1 */
	const char *model;
	int64_t max_output_tokens;
	/* micro-dollars per million tokens; -1 = unknown */
	int64_t price_input, price_output;
	/* runner */
	int64_t provider_calls, provider_per_minute; /* by all runners together; 0: no limit */
	int64_t runner_calls;      /* stages in hand at most, each with a model call */
	int64_t runner_sandboxes;  /* sandboxes at once */
	int64_t runner_disk_mb, runner_memory_mb; /* with less free it claims less */
	int64_t log_days, event_days;
	int64_t call_timeout_s;
	/* sandbox */
	int64_t sandbox_memory_mb, sandbox_wall_s, sandbox_processes, sandbox_disk_mb;
	/* mail; no smtp_url: none is sent */
	const char *smtp_url, *smtp_tls, *smtp_ca_file;
	const char *smtp_user, *smtp_password; /* the password is a secret */
	const char *mail_from;
	const char *log_level;
	const char *file;          /* the configuration file in force, or NULL */
	/* where each value came from, for config_view(), config_withheld() and config_has_model() */
	const char *const *sources;
};

/* `path` may be NULL. Errors name file:line or the variable, and what is allowed. */
struct config *config_load(struct arena *a, const char *path, struct err *e);
/* A list of {name, value, source, meaning} for `botarmy config`; secrets read "(set)". */
struct value *config_view(struct arena *a, const struct config *c);
/* True when the secret's file is for another user's eyes: keys are the runner's alone, the mail server's
   password is the mail program's. Who needs it refuses to start then. */
bool config_withheld(const struct config *c, const char *name);
/* True when a model server is configured (key or base URL given). */
bool config_has_model(const struct config *c);
/* What follows from the public URL: its sub-path ("" or "/sub"), its scheme, and the session cookie's name. */
const char *config_base(const struct config *c);
bool config_https(const struct config *c);
const char *config_cookie(const struct config *c);

#endif
