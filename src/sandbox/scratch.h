/* SPDX-License-Identifier: MIT */
/*
 * The folder below state_dir where file sets lie while they run. A helper has one
 * folder of its own and holds a lock on it; a folder without a holder is a dead
 * helper's, and goes. Internal to the sandbox.
 */
#ifndef SANDBOX_SCRATCH_H
#define SANDBOX_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/fileset.h"

struct arena;
struct err;

/* Makes this helper's folder (mode 0700) after removing dead ones. *lock_fd is
   close-on-exec and holds it while it or a forked copy is open. NULL on error. */
char *scratch_open(struct arena *a, const char *state_dir, int *lock_fd, struct err *e);
/* Writes a file set below a folder that it makes. The set is checked again here by
   fileset_valid(); nothing is followed and nothing overwritten. */
bool scratch_write(const char *dir, const struct file_item *files, size_t count, struct err *e);

#endif
