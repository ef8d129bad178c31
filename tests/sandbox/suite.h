/* SPDX-License-Identifier: MIT */
/* What the tests of the sandbox share: a file set from text or a folder, and the report on it. */
#ifndef TESTS_SANDBOX_SUITE_H
#define TESTS_SANDBOX_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/sandbox.h"

struct arena;
struct json_object;

/* Harness and scratch as tests/lib/as-user laid them out. */
struct sandbox_settings suite_settings(void);
/* Prints a TAP skip with the reason and ends the program when no sandbox can start here. */
void suite_need_sandbox(void);
/* Reads a folder as a file set, without the file "expect". */
struct file_item *suite_folder(struct arena *a, const char *dir, size_t *count);
/* Reads a report to its end, at most `seconds`; NULL when none came. */
struct json_object *suite_wait(struct arena *a, int fd, int seconds);
/* Submits and waits; fails the test when there is no report. */
struct json_object *suite_run(struct arena *a, struct sandbox *sb, const struct file_item *files,
			      size_t count, const struct sandbox_limits *limits);
/* The outcome of a test, or NULL when the report has no such test. */
const char *suite_outcome(struct json_object *report, const char *test);
/* Processes on this machine that have `marker` in their command line. */
int suite_processes(const char *marker);
/* True when their number became `count` within the time. */
bool suite_processes_become(const char *marker, int count, int seconds);

#endif
