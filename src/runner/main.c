/* SPDX-License-Identifier: MIT */
/* botarmy-runner: the order in which a runner comes up, and its options. */
#include "config.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/drain_options.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "fallback/fallback.h"
#include "net/http_client.h"
#include "runner/agent.h"
#include "runner/ahead.h"
#include "runner/runner.h"
#include "sandbox/sandbox.h"

enum { FALLBACK_SLOTS = 8 };

static const char usage[] =
	"Usage: botarmy-runner [--config FILE] [--drain [--for SECONDS]]\n"
	"Does the work of runs: calls models or the built-in fallback, and executes tests.\n"
	"\n"
	"      --drain        do what is due, then end; any number may overlap\n"
	"      --for SECONDS  with --drain: wait for more so long, then finish what is in hand\n"
	"      --config FILE  the configuration file\n"
	"      --version      print the version and end\n"
	"      --help         print this and end\n"
	"\n"
	"Without --drain it stays until it gets SIGTERM.\n";

/* Before the configuration, and so before any key, is in this process's memory. */
static bool start_sandbox(struct arena *a, const char *config_path, struct runner *r, struct err *e)
{
	struct sandbox_settings *s = arena_alloc(a, sizeof(*s));

	if (!ahead_settings(a, config_path, s, e))
		return false;
	if (!dir_make_all(s->state_dir, 0750, e))
		return false;
	r->sandbox = sandbox_start(s, e);
	if (!r->sandbox && e->class == ERR_FORBIDDEN)
		return false;
	if (!r->sandbox) {
		log_warn("no sandbox, so tests are not executed: %s", e->msg);
		r->sandbox_why = arena_strdup(a, e->msg);
		err_clear(e);
	}
	return true;
}

static bool start_provider(struct arena *a, struct runner *r, struct err *e)
{
	if (config_has_model(r->config)) {
		r->slots = (size_t)r->config->runner_calls;
		r->provider = provider_openai.name;
		r->model = r->config->model;
		r->caps = llm_caps_for(r->config->openai_base_url);
		r->http = http_client_new(r->loop, e);
		return r->http != NULL;
	}
	r->slots = FALLBACK_SLOTS;
	r->provider = "fallback";
	r->model = "template";
	r->fallback = fallback_load(path_join(a, r->config->data_dir, "agents"), e);
	return r->fallback != NULL;
}

/* Each call in flight has a socket. */
static void raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int main(int argc, char **argv)
{
	struct drain_options o = { 0 };
	struct runner r = { .status = 0 };
	struct err e = { 0 };
	char host[256] = "";
	enum log_level level = LOG_INFO_;
	uv_loop_t loop;
	int status;

	if (!drain_options(argc, argv, "botarmy-runner", usage, &o, &status))
		return status;
	int64_t began = clock_mono_ms();
	struct arena *a = arena_new(0);
	log_open("botarmy-runner", LOG_INFO_);
	signal(SIGPIPE, SIG_IGN);
	crypt_init();
	prctl(PR_SET_DUMPABLE, 0);
	raise_files();
	/* What one thread allocates another frees: with a heap for each, all of them grow. */
	mallopt(M_ARENA_MAX, 2);
	status = 1;
	if (!start_sandbox(a, o.config, &r, &e))
		goto out;
	r.config = config_load(a, o.config, &e);
	if (!r.config)
		goto out;
	if (config_withheld(r.config, "openai_api_key") || config_withheld(r.config, "runner_database_url")) {
		err_set(&e, ERR_INVALID, "the file of the model server's key, or of the database's address, may not "
			"be read by this user: run as the user it is for");
		goto out;
	}
	log_level_parse(r.config->log_level, &level);
	log_open("botarmy-runner", level);
	gethostname(host, sizeof(host) - 1);
	r.host = host;
	r.drain = o.drain;
	r.until_ms = o.for_s ? began + o.for_s * 1000 : 0;
	uv_loop_init(&loop);
	r.loop = &loop;
	if (!start_provider(a, &r, &e))
		goto out;
	r.agents = agents_new(r.config->data_dir, &e);
	if (!r.agents)
		goto out;
	r.db = db_open(r.config->runner_database_url, "botarmy-runner");
	db_connect_by_hand(r.db);
	db_by_index(r.db);
	status = runner_loop(&r);
	if (r.active)
		_exit(status);
out:
	if (e.class != ERR_NONE && status)
		log_error("%s", e.msg);
	db_close(r.db);
	agents_free(r.agents);
	fallback_free(r.fallback);
	sandbox_stop(r.sandbox);
	arena_free(a);
	return status;
}
