/* SPDX-License-Identifier: MIT */
/*
 * One start of bubblewrap: the command's limits, its output, its end. Lives in the
 * process of a job, which runs several side by side. Internal to the sandbox.
 */
#ifndef SANDBOX_BOX_H
#define SANDBOX_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "sandbox/sandbox.h"
#include "sandbox/log.h"

struct err;

#define BOX_PROOF_CHARS 36

struct box_spec {
	const char *harness;     /* host folder shown at /harness; NULL: none */
	const char *app;         /* host folder shown at /app; NULL: none */
	const char *const *argv; /* absolute program inside; NULL-terminated */
	struct sandbox_limits limits; /* test_s is the wall time of this start */
	size_t result_max;       /* bytes taken from descriptor 3 */
	size_t log_max;
};

enum box_end { BOX_RUNNING, BOX_EXITED, BOX_TIMEOUT, BOX_MEMORY };

struct box {
	pid_t pid;
	int pidfd, log_fd, result_fd;
	char proof[BOX_PROOF_CHARS + 1]; /* waits on descriptor 4 */
	struct sandbox_log log;          /* descriptors 1 and 2 */
	struct buf result;
	int64_t started_ms, deadline_ms, memory_bytes; /* monotonic */
	double seconds;
	enum box_end end;
	int status; /* exit status as a shell gives it: 128 + n for signal n */
};

/* The process that calls this must be single-threaded, have SIGCHLD at its default
   and be a child subreaper. Release with box_release() also when it fails. */
bool box_start(struct box *b, const struct box_spec *s, struct err *e);
/* Waits for something to happen to any of them, at most max_ms, reads what they
   wrote, ends those over a limit, and kills what outlived an ended one. */
void box_poll(struct box *const *boxes, size_t count, int max_ms);
/* Kills the whole tree if it still runs, waits for it, frees. */
void box_release(struct box *b);

/* What a sandbox that is being set up is called in the list of processes; its starter's id follows. */
#define BOX_NAME "botarmy-sandbox:"

/* Ends sandboxes whose starter died while bubblewrap was setting them up: its inner process then waits
   for ever for a word from the outer one. Nothing of the suite has run there. */
void kill_orphans(void);
/* Kills and reaps children of this process that are not in `keep`; how many it saw. */
size_t kill_strays(const pid_t *keep, size_t count);
/* Memory of a process and all its descendants in bytes, shared pages split fairly. */
int64_t tree_memory(pid_t pid);

#endif
