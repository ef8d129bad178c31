/* SPDX-License-Identifier: MIT */
/* The table of settings, and the values in force. */
#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config_file.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "base/value.h"

#define SECRET_MAX 8192
#define FILE_DEFAULT SYSCONFDIR "/botarmy/botarmy.conf"

enum type {
	T_TEXT,
	T_URL,   /* http(s)://…; a trailing slash is dropped */
	T_LEVEL, /* of the log */
	T_INT,
	T_PRICE, /* decimal USD, kept as micro-dollars; empty is unknown: -1 */
	T_SMTP,  /* smtp(s)://host[:port], or empty */
	T_TLS,   /* required, optional or off */
	T_MAIL   /* an address, or empty */
};

struct setting {
	const char *name, *env;
	enum type type;
	const char *otherwise;
	int64_t min, max;
	bool secret;
	size_t offset; /* in struct config */
	const char *meaning;
};

#define AT(field) offsetof(struct config, field)
#define DAY_MINUTES (24 * 60)

static const struct setting settings[] = {
	{ "data_dir", "BOTARMY_DATA_DIR", T_TEXT, NULL, 1, 0, false, AT(data_dir),
	  "folder of agents, workflows, blueprints, templates, static files and SQL" },
	{ "state_dir", "BOTARMY_STATE_DIR", T_TEXT, LOCALSTATEDIR "/lib/botarmy", 1, 0, false, AT(state_dir),
	  "scratch folder of the sandboxes" },
	{ "database_url", "DATABASE_URL", T_TEXT, "postgresql:///botarmy", 1, 0, true, AT(database_url),
	  "libpq connection string of the owner: migrations, setup, accounts" },
	{ "web_database_url", "WEB_DATABASE_URL", T_TEXT, "", 0, 0, true, AT(web_database_url),
	  "connection string of the web programs; database_url if empty" },
	{ "runner_database_url", "RUNNER_DATABASE_URL", T_TEXT, "", 0, 0, true, AT(runner_database_url),
	  "connection string of the runner; database_url if empty" },
	{ "feed_database_url", "FEED_DATABASE_URL", T_TEXT, "", 0, 0, true, AT(feed_database_url),
	  "connection string of the feed; database_url if empty" },
	{ "mail_database_url", "MAIL_DATABASE_URL", T_TEXT, "", 0, 0, true, AT(mail_database_url),
	  "connection string of the mail program; database_url if empty" },
	{ "public_url", "BOTARMY_PUBLIC_URL", T_URL, "http://localhost:8080", 1, 0, false, AT(public_url),
	  "address under which people reach the site; the base of every link" },
	{ "web_socket", "BOTARMY_WEB_SOCKET", T_TEXT, LOCALSTATEDIR "/run/botarmy/web.sock", 1, 0, false,
	  AT(web_socket), "path of the FastCGI socket" },
	{ "feed_socket", "BOTARMY_FEED_SOCKET", T_TEXT, LOCALSTATEDIR "/run/botarmy-feed/feed.sock", 1, 0, false,
	  AT(feed_socket), "path of the feed's FastCGI socket" },
	{ "feed_check_s", "BOTARMY_FEED_CHECK_S", T_INT, "30", 1, 3600, false, AT(feed_check_s),
	  "seconds after which the feed asks again whether a viewer may still look" },
	{ "web_threads", "BOTARMY_WEB_THREADS", T_INT, "8", 1, 256, false, AT(web_threads),
	  "requests answered at once" },
	{ "session_idle_minutes", "BOTARMY_SESSION_IDLE_MINUTES", T_INT, "720", 1, 30 * DAY_MINUTES, false,
	  AT(session_idle_minutes), "a session ends after so long without a request" },
	{ "session_absolute_hours", "BOTARMY_SESSION_ABSOLUTE_HOURS", T_INT, "336", 1, 8760, false,
	  AT(session_absolute_hours), "a session ends so long after signing in" },
	{ "login_param", "BOTARMY_LOGIN_PARAM", T_TEXT, "", 0, 0, false, AT(login_param),
	  "FastCGI parameter by which nginx names who is signed in at a proxy; empty is none" },
	{ "login_create", "BOTARMY_LOGIN_CREATE", T_INT, "0", 0, 1, false, AT(login_create),
	  "1: whom the proxy names and nobody knows becomes a viewer; 0: is refused" },
	{ "openai_api_key", "OPENAI_API_KEY", T_TEXT, "", 0, 0, true, AT(openai_api_key),
	  "key of the model server; without it and openai_base_url the built-in fallback works" },
	{ "openai_base_url", "OPENAI_BASE_URL", T_URL, "https://api.openai.com/v1", 1, 0, false,
	  AT(openai_base_url), "base address of an OpenAI-compatible server" },
	{ "model", "BOTARMY_MODEL", T_TEXT, "gpt-4o-mini", 1, 0, false, AT(model), "model that agents use" },
	{ "max_output_tokens", "BOTARMY_MAX_OUTPUT_TOKENS", T_INT, "16000", 16, 1000000, false,
	  AT(max_output_tokens), "longest answer of one call" },
	{ "price_input", "BOTARMY_PRICE_INPUT", T_PRICE, "", 0, 1000000, false, AT(price_input),
	  "USD per million input tokens; empty is unknown" },
	{ "price_output", "BOTARMY_PRICE_OUTPUT", T_PRICE, "", 0, 1000000, false, AT(price_output),
	  "USD per million output tokens; empty is unknown" },
	{ "provider_calls", "BOTARMY_PROVIDER_CALLS", T_INT, "0", 0, 100000, false, AT(provider_calls),
	  "calls of the model's server at once, by all runners together; 0 is no limit" },
	{ "provider_per_minute", "BOTARMY_PROVIDER_PER_MINUTE", T_INT, "0", 0, 1000000, false,
	  AT(provider_per_minute), "calls of it a minute, likewise; 0 is no limit" },
	{ "runner_calls", "BOTARMY_RUNNER_CALLS", T_INT, "4096", 1, 20000, false, AT(runner_calls),
	  "stages that one runner has in hand at most, each with a model call" },
	{ "runner_sandboxes", "BOTARMY_RUNNER_SANDBOXES", T_INT, "2", 1, 64, false, AT(runner_sandboxes),
	  "sandboxes at once" },
	{ "runner_disk_mb", "BOTARMY_RUNNER_DISK_MB", T_INT, "512", 0, 1000000, false, AT(runner_disk_mb),
	  "with less disk free than this a runner claims less" },
	{ "runner_memory_mb", "BOTARMY_RUNNER_MEMORY_MB", T_INT, "256", 0, 1000000, false,
	  AT(runner_memory_mb), "with less memory free than this a runner claims less" },
	{ "log_days", "BOTARMY_LOG_DAYS", T_INT, "14", 1, 3650, false, AT(log_days),
	  "days that lines of runs' logs are kept" },
	{ "event_days", "BOTARMY_EVENT_DAYS", T_INT, "365", 1, 3650, false, AT(event_days),
	  "days that events of ended runs are kept" },
	{ "call_timeout_s", "BOTARMY_CALL_TIMEOUT_S", T_INT, "600", 1, 86400, false, AT(call_timeout_s),
	  "seconds that one model call may take" },
	{ "sandbox_memory_mb", "BOTARMY_SANDBOX_MEMORY_MB", T_INT, "512", 16, 65536, false,
	  AT(sandbox_memory_mb), "memory of a sandbox" },
	{ "sandbox_wall_s", "BOTARMY_SANDBOX_WALL_S", T_INT, "300", 1, 86400, false, AT(sandbox_wall_s),
	  "seconds that a sandbox may run" },
	{ "sandbox_processes", "BOTARMY_SANDBOX_PROCESSES", T_INT, "64", 1, 4096, false,
	  AT(sandbox_processes), "processes of a sandbox" },
	{ "sandbox_disk_mb", "BOTARMY_SANDBOX_DISK_MB", T_INT, "64", 1, 65536, false, AT(sandbox_disk_mb),
	  "disk of a sandbox" },
	{ "smtp_url", "BOTARMY_SMTP_URL", T_SMTP, "", 0, 0, false, AT(smtp_url),
	  "mail server: smtp://host:587, or smtps://host:465; empty sends no mail" },
	{ "smtp_tls", "BOTARMY_SMTP_TLS", T_TLS, "required", 1, 0, false, AT(smtp_tls),
	  "STARTTLS on smtp://: required, optional or off; a password needs required" },
	{ "smtp_ca_file", "BOTARMY_SMTP_CA_FILE", T_TEXT, "", 0, 0, false, AT(smtp_ca_file),
	  "certificates that the mail server's is checked with; the system's if empty" },
	{ "smtp_user", "BOTARMY_SMTP_USER", T_TEXT, "", 0, 0, false, AT(smtp_user),
	  "as whom to sign in to the mail server; empty does not" },
	{ "smtp_password", "BOTARMY_SMTP_PASSWORD", T_TEXT, "", 0, 0, true, AT(smtp_password),
	  "the password for it" },
	{ "mail_from", "BOTARMY_MAIL_FROM", T_MAIL, "", 0, 0, false, AT(mail_from),
	  "the address that mail comes from; smtp_url needs it" },
	{ "log_level", "BOTARMY_LOG_LEVEL", T_LEVEL, "info", 1, 0, false, AT(log_level),
	  "least level that is logged: debug, info, warn or error" },
};

#define SETTINGS (sizeof(settings) / sizeof(*settings))

static const char from_default[] = "default", from_env[] = "environment", from_file[] = "file",
		  from_withheld[] = "a file that this user may not read";

static const char **text_at(struct config *c, const struct setting *s)
{
	return (const char **)((char *)c + s->offset);
}

static int64_t *number_at(struct config *c, const struct setting *s)
{
	return (int64_t *)((char *)c + s->offset);
}

static bool is_smtp(const char *text)
{
	const char *rest = strncmp(text, "smtp://", 7) == 0 ? text + 7
		: strncmp(text, "smtps://", 8) == 0 ? text + 8 : "";

	/* A user name in the address would reach logs; a path would change how we greet. */
	return *rest && *rest != ':' && !strpbrk(rest, " \t\r\n\"'<>\\?#@/");
}

static bool is_tls(const char *text)
{
	return streq(text, "required") || streq(text, "optional") || streq(text, "off");
}

/* Puts `text` in its field; the message says what is allowed but never what it was. */
static bool apply(struct arena *a, struct config *c, const struct setting *s, const char *text, struct err *e)
{
	const char *rest;
	enum log_level level;
	size_t n;

	switch (s->type) {
	case T_TEXT:
		if (s->min && !*text)
			return err_set(e, ERR_INVALID, "%s must not be empty", s->name);
		*text_at(c, s) = text;
		return true;
	case T_URL:
		rest = strncmp(text, "http://", 7) == 0 ? text + 7
			: strncmp(text, "https://", 8) == 0 ? text + 8 : "";
		n = strlen(text);
		if (!*rest || *rest == '/' || strpbrk(text, " \t\r\n\"'<>\\?#"))
			return err_set(e, ERR_INVALID,
				       "%s must be an address such as https://host/path", s->name);
		while (text[n - 1] == '/')
			n--;
		*text_at(c, s) = arena_strndup(a, text, n);
		return true;
	case T_LEVEL:
		if (!log_level_parse(text, &level))
			return err_set(e, ERR_INVALID, "%s must be debug, info, warn or error", s->name);
		*text_at(c, s) = text;
		return true;
	case T_INT:
		if (!parse_i64(text, s->min, s->max, number_at(c, s)))
			return err_set(e, ERR_INVALID, "%s must be a whole number from %lld to %lld", s->name,
				       (long long)s->min, (long long)s->max);
		return true;
	case T_SMTP:
		if (*text && !is_smtp(text))
			return err_set(e, ERR_INVALID,
				       "%s must be an address such as smtp://host:587 or smtps://host:465", s->name);
		*text_at(c, s) = text;
		return true;
	case T_TLS:
		if (!is_tls(text))
			return err_set(e, ERR_INVALID, "%s must be required, optional or off", s->name);
		*text_at(c, s) = text;
		return true;
	case T_MAIL:
		if (*text && !mail_address_valid(text))
			return err_set(e, ERR_INVALID, "%s must be a plain address such as botarmy@example.org",
				       s->name);
		*text_at(c, s) = text;
		return true;
	case T_PRICE:
		*number_at(c, s) = -1;
		if (*text && !parse_decimal(text, 6, s->max * 1000000, number_at(c, s)))
			return err_set(e, ERR_INVALID,
				       "%s must be a price in USD such as 0.15, with at most 6 decimals",
				       s->name);
		return true;
	}
	return false;
}

static bool read_secret(struct arena *a, const char *path, const char **text, struct err *e)
{
	struct str s;

	if (!file_read(a, path, SECRET_MAX, &s, e))
		return false;
	if (memchr(s.s, '\0', s.len))
		return err_set(e, ERR_INVALID, "%s: a secret must not contain NUL bytes", path);
	s = str_trim(s);
	*text = arena_strndup(a, s.s, s.len);
	return true;
}

/* An empty variable counts as none. */
static const char *environment(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static bool from_environment(struct arena *a, const struct setting *s, const char **text, struct err *e)
{
	const char *variable = s->env, *v = environment(variable);

	*text = NULL;
	if (v) {
		*text = arena_strdup(a, v);
	} else if (s->secret) {
		variable = arena_printf(a, "%s_FILE", s->env);
		v = environment(variable);
		if (v && !read_secret(a, v, text, e))
			return err_prefix(e, "%s", variable);
	}
	return true;
}

static bool take_env(struct arena *a, struct config *c, const struct setting *s, const char **source,
		     struct err *e)
{
	const char *text;

	if (!from_environment(a, s, &text, e))
		return false;
	if (!text)
		return true;
	if (!apply(a, c, s, text, e))
		return err_prefix(e, "%s", s->env);
	*source = from_env;
	return true;
}

struct file_target {
	struct arena *a;
	struct config *c;
	const char **sources;
};

static bool take_entry(void *p, const char *name, const char *text, struct err *e)
{
	struct file_target *t = p;
	size_t n = strlen(name);

	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];
		size_t len = strlen(s->name);

		if (strcmp(name, s->name) == 0) {
			t->sources[i] = from_file;
			return apply(t->a, t->c, s, text, e);
		}
		if (s->secret && n == len + 5 && strncmp(name, s->name, len) == 0 &&
		    strcmp(name + len, "_file") == 0) {
			if (access(text, R_OK) != 0 && errno == EACCES) {
				t->sources[i] = from_withheld;
				return true;
			}
			t->sources[i] = from_file;
			return read_secret(t->a, text, &text, e) && apply(t->a, t->c, s, text, e);
		}
	}
	return err_set(e, ERR_INVALID, "there is no setting %s", name);
}

static bool take_file(struct file_target *t, const char *path, struct err *e)
{
	const char *names[2 * SETTINGS + 1];
	size_t n = 0;

	for (size_t i = 0; i < SETTINGS; i++) {
		names[n++] = settings[i].name;
		if (settings[i].secret)
			names[n++] = arena_printf(t->a, "%s_file", settings[i].name);
	}
	names[n] = NULL;
	return config_file_read(t->a, path, names, take_entry, t, e);
}

/* The source folder for a program in its build folder, else where it is installed. */
static const char *default_data_dir(struct arena *a)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct str text;
	char *slash;

	if (n <= 0)
		return PKGDATADIR;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return PKGDATADIR;
	*slash = '\0';
	if (!file_read(a, path_join(a, exe, "botarmy.buildtree"), sizeof(exe), &text, NULL))
		return PKGDATADIR;
	text = str_trim(text);
	return text.len ? arena_strndup(a, text.s, text.len) : PKGDATADIR;
}

struct config *config_load(struct arena *a, const char *path, struct err *e)
{
	struct config *c = arena_alloc(a, sizeof(*c));
	const char **sources = arena_array(a, SETTINGS, sizeof(*sources));
	struct file_target target = { a, c, sources };

	c->sources = sources;
	for (size_t i = 0; i < SETTINGS; i++) {
		const char *text = settings[i].otherwise;

		sources[i] = from_default;
		if (!apply(a, c, &settings[i], text ? text : default_data_dir(a), e))
			return NULL;
	}
	if (!path)
		path = environment("BOTARMY_CONFIG");
	if (!path && file_exists(FILE_DEFAULT))
		path = FILE_DEFAULT;
	if (path) {
		c->file = arena_strdup(a, path);
		if (!take_file(&target, c->file, e))
			return NULL;
	}
	for (size_t i = 0; i < SETTINGS; i++) {
		if (!take_env(a, c, &settings[i], &sources[i], e))
			return NULL;
	}
	if (!*c->web_database_url)
		c->web_database_url = c->database_url;
	if (!*c->runner_database_url)
		c->runner_database_url = c->database_url;
	if (!*c->feed_database_url)
		c->feed_database_url = c->database_url;
	if (!*c->mail_database_url)
		c->mail_database_url = c->database_url;
	return c;
}

static struct value *shown(struct arena *a, struct config *c, const struct setting *s)
{
	int64_t n;

	switch (s->type) {
	case T_INT:
		return value_int(a, *number_at(c, s));
	case T_PRICE:
		n = *number_at(c, s);
		if (n < 0)
			return value_text(a, "unknown");
		return value_text(a, arena_printf(a, "%lld.%06lld", (long long)(n / 1000000),
						  (long long)(n % 1000000)));
	default:
		if (s->secret)
			return value_text(a, **text_at(c, s) ? "(set)" : "");
		return value_text(a, *text_at(c, s));
	}
}

struct value *config_view(struct arena *a, const struct config *c)
{
	struct config copy = *c;
	struct value *list = value_list(a);

	for (size_t i = 0; i < SETTINGS; i++) {
		struct value *o = value_object(a);

		set_text(a, o, "name", settings[i].name);
		set_text(a, o, "variable", settings[i].env);
		value_set(a, o, "value", shown(a, &copy, &settings[i]));
		set_text(a, o, "source", c->sources[i]);
		set_text(a, o, "meaning", settings[i].meaning);
		value_add(a, list, o);
	}
	return list;
}

bool config_withheld(const struct config *c, const char *name)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].name, name) == 0)
			return c->sources[i] == from_withheld;
	}
	return false;
}

bool config_has_model(const struct config *c)
{
	if (*c->openai_api_key)
		return true;
	for (size_t i = 0; i < SETTINGS; i++) {
		if (settings[i].offset == AT(openai_base_url))
			return c->sources[i] != from_default;
	}
	return false;
}

const char *config_base(const struct config *c)
{
	const char *rest = strstr(c->public_url, "://"), *sub = rest ? strchr(rest + 3, '/') : NULL;

	return sub ? sub : "";
}

bool config_https(const struct config *c)
{
	return strncmp(c->public_url, "https://", 8) == 0;
}

const char *config_cookie(const struct config *c)
{
	return config_https(c) && !*config_base(c) ? "__Host-botarmy" : "botarmy";
}
