/* SPDX-License-Identifier: MIT */
/*
 * One suite: how its files travel from the runner to the process that runs it, and
 * that process. Internal to the sandbox.
 */
#ifndef SANDBOX_JOB_H
#define SANDBOX_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/sandbox.h"

struct arena;
struct buf;
struct err;

/* A sealed memory file that holds the set and its limits, close-on-exec; -1 on error. */
int job_pack(const struct file_item *files, size_t count, const struct sandbox_limits *limits, struct err *e);
/* Maps it for the life of the process. */
bool job_unpack(struct arena *a, int fd, struct file_item **files, size_t *count,
		struct sandbox_limits *limits, struct err *e);

/* Runs the packed suite in folder `dir`, which exists and is the job's own, and
   appends the report. Blocks. The process is single-threaded and a subreaper. `what`
   says what a sandbox is here. */
void job_run(const struct sandbox_settings *s, const char *what, const char *dir, int packed,
	     struct buf *report);
/* Appends {"executed":false,"problem":…}. */
void job_refuse(const char *problem, struct buf *report);

#endif
