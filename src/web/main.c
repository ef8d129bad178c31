/* SPDX-License-Identifier: MIT */
/*
 * botarmy-web: pages and the JSON API, behind nginx. Runs in the foreground and logs to stderr, as
 * service managers want it; SIGTERM finishes the requests in flight.
 */
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"
#include "http/fcgi.h"
#include "web/app.h"

#define BODY_MAX ((size_t)1 << 20)
#define EXIT_USAGE 2

static int usage(FILE *to, int status)
{
	fputs("usage: botarmy-web [--config FILE] [--dev]\n"
	      "  --config FILE  read the settings from FILE\n"
	      "  --dev          load templates again when their files change; one request at a time\n"
	      "  --version      print the version\n"
	      "  --help         print this\n", to);
	return status;
}

static int serve(struct arena *a, const char *config, bool dev)
{
	struct err e = { 0 };
	struct app app;
	enum log_level level;
	struct config *cfg = config_load(a, config, &e);
	if (!cfg || !log_level_parse(cfg->log_level, &level)) {
		fprintf(stderr, "botarmy-web: %s\n", e.msg);
		return 1;
	}
	log_open("botarmy-web", level);
	if (!app_init(&app, a, cfg, dev, &e)) {
		log_error("%s", e.msg);
		return 1;
	}
	struct fcgi_server server = { .socket_path = cfg->web_socket, .threads = (int)cfg->web_threads,
				      .base_path = app.base, .body_max = BODY_MAX,
				      .worker_start = app_worker_start, .worker_stop = app_worker_stop,
				      .handle = app_handle, .ctx = &app };
	bool ok = fcgi_run(&server, &e);
	if (!ok)
		log_error("%s", e.msg);
	app_release(&app);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "dev", no_argument, NULL, 'd' },
		{ "version", no_argument, NULL, 'v' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	const char *config = NULL;
	bool dev = false;
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'd':
			dev = true;
			break;
		case 'v':
			puts("botarmy-web " PACKAGE_VERSION);
			return 0;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	if (optind != argc)
		return usage(stderr, EXIT_USAGE);

	setenv("TZ", "UTC", 1); /* a zip holds local times: the same bytes everywhere */
	/* Few heaps: what one thread frees another can use, and the resident size stays small. */
	mallopt(M_ARENA_MAX, 2);
	crypt_init();
	struct arena *a = arena_new(0);
	int status = serve(a, config, dev);
	arena_free(a);
	return status;
}
