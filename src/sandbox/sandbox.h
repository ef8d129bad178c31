/* SPDX-License-Identifier: MIT */
/*
 * The only place where generated code runs. A helper process, forked before the
 * runner reads any key, executes the test suite of a file set under bubblewrap and
 * says what happened test by test.
 *
 * What a sandbox is: own user, pid, network (loopback only), mount, ipc and uts
 * namespaces; no further user namespaces; uid 1000 without capabilities; a system
 * call filter; /usr, the files at /app and our harness at /harness read-only; a
 * bounded tmpfs at /tmp and nothing else to write to; an empty environment but for
 * PATH, HOME, TMPDIR, LANG, TZ and three of Python's and malloc's; limits on
 * processor time, memory, processes, file size, open files and wall time.
 *
 * What green rests on: the tests are listed by parsing the files, never by running
 * them; each test has a sandbox of its own; the exit status and a one-time proof
 * that is asked for only after the test has ended must agree. A test that proves
 * nothing (an empty one, or one that sets out to forge its own result inside its
 * own process) cannot be told from a good one here: that is what the vacuity check
 * is for. It can touch neither another test nor the report.
 *
 * The tree's memory is watched and the tree killed when over: best effort, since
 * the look comes every 100 ms; the limit of each process is the kernel's.
 *
 * Never runs as root: everything here refuses when the effective user id is 0.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/fileset.h"

struct arena;
struct config;
struct err;
struct json_object;
struct sandbox;

struct sandbox_limits {
	int64_t wall_s;    /* the whole suite */
	int64_t test_s;    /* one test; 0: as wall_s */
	int64_t memory_mb; /* a process's address space, and a tree's memory */
	int64_t processes; /* processes and threads of one test */
	int64_t disk_mb;   /* /tmp of one test */
};

struct sandbox_settings {
	const char *data_dir;  /* has harness/ */
	const char *state_dir; /* scratch is made below it: sandbox/ */
	int64_t jobs;          /* suites at once; more wait in the helper */
	int64_t tests_at_once; /* tests at once within a suite; 0: 2 */
	struct sandbox_limits limits;
};

/* As the configuration has it; strings are shared with it. */
struct sandbox_settings sandbox_settings_of(const struct config *c);

/* A report is never longer. */
#define SANDBOX_REPORT_BYTES ((size_t)8 << 20)
/* A suite has at most so many tests; the rest is a problem in the report. */
#define SANDBOX_TESTS 1000
/* What is kept of a test's output: the head and the tail. */
#define SANDBOX_LOG_BYTES ((size_t)64 << 10)

/*
 * Can a sandbox start here? Starts one (about 20 ms, at most 10 s). `what`, when not
 * NULL, gets one line for people and reports: "bubblewrap 0.8.0; own namespaces, …".
 * The error, ERR_FORBIDDEN for root and ERR_UNAVAILABLE otherwise, is one sentence
 * that says what to change.
 */
bool sandbox_probe(const struct sandbox_settings *s, char what[256], struct err *e);

/*
 * Forks the helper. Call it in the main thread (the helper dies with the thread that
 * forked it) before any secret is read and before a libuv loop or a thread exists.
 * The helper's environment is wiped. The settings are copied. Leftovers of dead
 * helpers below state_dir are removed. A machine where no sandbox can start is not
 * an error here: each job's report then says so. NULL with ERR_FORBIDDEN as root,
 * ERR_UNAVAILABLE otherwise. Free with sandbox_stop().
 */
struct sandbox *sandbox_start(const struct sandbox_settings *s, struct err *e);
/* Ends the helper and every sandbox; returns when they are gone. NULL is allowed. */
void sandbox_stop(struct sandbox *sb);
/* Becomes readable (end of file) when the helper has died: nothing can be run any
   more, and the process should end and be started anew. Not to be read or closed. */
int sandbox_watch_fd(const struct sandbox *sb);

/*
 * Hands a file set to the helper; never blocks on it. `limits` NULL takes those of
 * the settings. *fd is a pipe, non-blocking and close-on-exec, owned by the caller:
 * one report arrives there, then end of file. Closing it early cancels the job. An
 * end of file without a report means that the helper or the job was killed.
 * ERR_INVALID and ERR_TOO_LARGE by fileset_valid(); ERR_UNAVAILABLE when the helper
 * is gone or has too much waiting.
 */
bool sandbox_submit(struct sandbox *sb, const struct file_item *files, size_t count,
		    const struct sandbox_limits *limits, int *fd, struct err *e);

/*
 * Reads the bytes that arrived, for those who wait for a report. The object is
 *   {"executed":true, "sandbox":"…", "files_sha256":"…", "started_ms":N, "seconds":N.N,
 *    "total":N, "passed":N, "failed":N, "tests":[{"name", "outcome", "seconds", "log"}],
 *    "problem":null or "…"}
 * or {"executed":false, "problem":"…"}. Outcomes: passed, failed, error, skipped,
 * timeout, missing; all but the first count in `failed`. Green is: executed, total > 0,
 * failed = 0, problem null. NULL with ERR_UNAVAILABLE when nothing or half a report came.
 */
struct json_object *sandbox_report(struct arena *a, const char *s, size_t n, struct err *e);
bool sandbox_green(struct json_object *report);

#endif
