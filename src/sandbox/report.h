/* SPDX-License-Identifier: MIT */
/* The tests of a suite and the report on them. Internal to the sandbox. */
#ifndef SANDBOX_REPORT_H
#define SANDBOX_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct box;
struct buf;
struct err;

struct suite_test {
	const char *name; /* "tests.test_x.Class.test_y" */
	const char *argv[4]; /* module, class, test, NULL; argv[0] NULL: wrong as it stands, not run */
	const char *outcome; /* NULL until known */
	const char *log;
	double seconds;
};

struct suite {
	const char *sandbox, *files_sha256, *problem;
	int64_t started_ms; /* wall */
	double seconds;
	struct suite_test *tests;
	size_t count;
	size_t log_bytes; /* kept so far */
};

/* Reads what harness/python/list.py wrote. */
bool suite_read(struct arena *a, struct suite *s, const char *json, size_t n, struct err *e);
/* The verdict on a test whose box has ended. */
void suite_judge(struct arena *a, struct suite *s, struct suite_test *t, const struct box *b);
void suite_write(const struct suite *s, struct buf *out);

#endif
