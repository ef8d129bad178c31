/* SPDX-License-Identifier: MIT */
/* The command line of programs that cron starts: what is due is done, and perhaps waited for. */
#ifndef BASE_DRAIN_OPTIONS_H
#define BASE_DRAIN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct drain_options {
	const char *config; /* NULL: none was named */
	bool drain;
	int64_t for_s;      /* seconds; 0: not given */
};

/* Answers --help with `usage` and --version itself. False: the process ends with *status. */
bool drain_options(int argc, char **argv, const char *program, const char *usage, struct drain_options *o,
		   int *status);

#endif
