/* SPDX-License-Identifier: MIT */
#include <config.h> /* the build's, not the one beside this file */

#include "base/drain_options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/str.h"

enum { FOR_MAX_S = 86400 };

bool drain_options(int argc, char **argv, const char *program, const char *usage, struct drain_options *o,
		   int *status)
{
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' }, { "drain", no_argument, NULL, 'd' },
		{ "for", required_argument, NULL, 'f' },    { "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },	    { NULL, 0, NULL, 0 },
	};
	int c;

	*status = 2;
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'd':
			o->drain = true;
			break;
		case 'f':
			if (parse_i64(optarg, 1, FOR_MAX_S, &o->for_s))
				break;
			fprintf(stderr, "%s: --for takes seconds, 1 to %d\n", program, FOR_MAX_S);
			return false;
		case 'v':
			printf("%s %s\n", program, PACKAGE_VERSION);
			*status = 0;
			return false;
		case 'h':
			fputs(usage, stdout);
			*status = 0;
			return false;
		default:
			fprintf(stderr, "Try %s --help.\n", program);
			return false;
		}
	}
	if (optind < argc)
		fprintf(stderr, "%s takes no arguments; try --help.\n", program);
	else if (o->for_s && !o->drain)
		fprintf(stderr, "%s: --for goes with --drain.\n", program);
	else
		return true;
	return false;
}
