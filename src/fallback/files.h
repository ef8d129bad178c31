/* SPDX-License-Identifier: MIT */
/* The files of an application, in the order in which they are delivered. */
#ifndef FALLBACK_FILES_H
#define FALLBACK_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "fallback/design.h"

#define MAX_PLANNED 64

struct planned_file {
	const char *path, *template, *purpose;
	const struct rule *module; /* rendered for the module that begins with this rule, or NULL */
	bool test;
};

size_t plan_files(struct design *d, struct planned_file *out);

#endif
