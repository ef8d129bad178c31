/* SPDX-License-Identifier: MIT */
/* The form of a configuration file: libconfuse's `name = value`. */
#ifndef BASE_CONFIG_FILE_H
#define BASE_CONFIG_FILE_H

#include <stdbool.h>

struct arena;
struct err;

typedef bool config_entry_fn(void *p, const char *name, const char *text, struct err *e);

/* Calls fn for each setting in order; `names` ends with NULL. Strings live in the
   arena. Any error, fn's too, is prefixed with file:line. Not for several threads at once. */
bool config_file_read(struct arena *a, const char *path, const char *const *names, config_entry_fn *fn,
		      void *p, struct err *e);

#endif
