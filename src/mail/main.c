/* SPDX-License-Identifier: MIT */
/* botarmy-mail: sends what people are to be told. The only program that speaks to the mail server. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/drain_options.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mustache.h"
#include "base/str.h"
#include "db/db.h"
#include "mail/post.h"
#include "net/smtp.h"

enum { LOOK_MS = 2000 };

static const char usage[] =
	"Usage: botarmy-mail [--config FILE] [--drain [--for SECONDS]]\n"
	"Sends mail about decisions that wait and runs that have ended, by the server that smtp_url names.\n"
	"\n"
	"      --drain        send what is due, then end; any number may overlap\n"
	"      --for SECONDS  with --drain: look for more so long\n"
	"      --config FILE  the configuration file\n"
	"      --version      print the version and end\n"
	"      --help         print this and end\n"
	"\n"
	"Without --drain it stays until it gets SIGTERM.\n";

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static bool open_smtp(struct post *p, struct err *e)
{
	const struct config *c = p->cfg;
	const struct smtp_server s = { .url = c->smtp_url,
				       .tls = streq(c->smtp_tls, "off")	     ? SMTP_TLS_OFF :
					      streq(c->smtp_tls, "optional") ? SMTP_TLS_OPTIONAL :
									       SMTP_TLS_REQUIRED,
				       .ca_file = c->smtp_ca_file,
				       .user = c->smtp_user,
				       .password = c->smtp_password };
	if (!*c->mail_from)
		return err_set(e, ERR_INVALID, "mail_from is not set: say which address mail comes from");
	if (config_withheld(c, "smtp_password"))
		return err_set(e, ERR_INVALID, "the file of smtp_password may not be read by this user");
	p->smtp = smtp_open(&s, e);
	return p->smtp != NULL;
}

static void pause_ms(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL); /* a signal ends it early */
}

/* What goes wrong with the database is tried again until the time is over. */
static int deliver(struct post *p, const struct drain_options *o, int64_t until_ms)
{
	int status = 0;
	while (!stopped) {
		struct err e = { 0 };
		bool had = false;
		if (post_one(p, &had, &e)) {
			status = 0;
			if (had)
				continue;
		} else {
			log_error("%s", e.msg);
			status = 1;
		}
		if (o->drain && clock_mono_ms() + LOOK_MS > until_ms)
			break;
		pause_ms(LOOK_MS);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct drain_options o = { 0 };
	struct post p = { 0 };
	struct err e = { 0 };
	enum log_level level = LOG_INFO_;
	struct sigaction action = { .sa_handler = stop };
	int status;

	if (!drain_options(argc, argv, "botarmy-mail", usage, &o, &status))
		return status;
	int64_t until_ms = clock_mono_ms() + o.for_s * 1000;
	struct arena *a = arena_new(0);
	log_open("botarmy-mail", LOG_INFO_);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	crypt_init();
	prctl(PR_SET_DUMPABLE, 0);
	status = 1;
	p.cfg = config_load(a, o.config, &e);
	if (!p.cfg)
		goto out;
	log_level_parse(p.cfg->log_level, &level);
	log_open("botarmy-mail", level);
	if (!*p.cfg->smtp_url) {
		log_debug("there is no smtp_url: no mail is sent");
		status = 0;
		goto out;
	}
	p.templates = templates_load(path_join(a, p.cfg->data_dir, "templates/mail"), &e);
	if (!p.templates || !open_smtp(&p, &e))
		goto out;
	p.db = db_open(p.cfg->mail_database_url, "botarmy-mail");
	status = deliver(&p, &o, until_ms);
out:
	if (e.class != ERR_NONE)
		log_error("%s", e.msg);
	db_close(p.db);
	smtp_close(p.smtp);
	templates_free(p.templates);
	arena_free(a);
	return status;
}
