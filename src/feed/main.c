/* SPDX-License-Identifier: MIT */
/* botarmy-feed: what happens, as it happens, to thousands of pages behind nginx. */
#include "config.h"

#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "db/db.h"
#include "feed/feed.h"
#include "http/listen.h"

enum { EXIT_USAGE = 2 };

static int usage(FILE *to, int status)
{
	fputs("usage: botarmy-feed [--config FILE]\n"
	      "  --config FILE  read the settings from FILE\n"
	      "  --version      print the version\n"
	      "  --help         print this\n", to);
	return status;
}

/* Each viewer has a socket. */
static void raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static int serve(struct arena *a, const char *config)
{
	static struct feed f; /* some tables are too large for a stack */
	struct err e = { 0 };
	enum log_level level;
	uv_loop_t loop;

	f.config = config_load(a, config, &e);
	if (!f.config || !log_level_parse(f.config->log_level, &level)) {
		fprintf(stderr, "botarmy-feed: %s\n", e.msg);
		return 1;
	}
	log_open("botarmy-feed", level);
	f.base = config_base(f.config);
	f.cookie = config_cookie(f.config);
	f.listener = listen_at(f.config->feed_socket, &e);
	if (f.listener < 0) {
		log_error("%s", e.msg);
		return 1;
	}
	uv_loop_init(&loop);
	f.loop = &loop;
	f.db = db_open(f.config->feed_database_url, "botarmy-feed");
	db_connect_by_hand(f.db);
	log_info("serving %s", f.config->feed_socket);
	int status = feed_loop(&f);
	db_close(f.db);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	const char *config = NULL;
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 'v':
			puts("botarmy-feed " PACKAGE_VERSION);
			return 0;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	if (optind != argc)
		return usage(stderr, EXIT_USAGE);

	signal(SIGPIPE, SIG_IGN);
	/* What one thread allocates another frees. */
	mallopt(M_ARENA_MAX, 2);
	crypt_init();
	raise_files();
	struct arena *a = arena_new(0);
	int status = serve(a, config);
	arena_free(a);
	return status;
}
