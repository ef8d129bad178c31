/* SPDX-License-Identifier: MIT */
/* What runners said about a run, by pages from the newest line backwards. `owner` as in model/run.h. */
#ifndef MODEL_RUN_LOG_H
#define MODEL_RUN_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

#define RUN_LOG_LINES 500

struct run_log_filter {
	const char *stage;  /* NULL: any */
	const char *level;  /* the least: debug, info, warn, error; NULL: any */
	const char *before; /* what the page before gave as "older"; NULL: from the newest */
};
/* The view "log". ERR_INVALID where `before` is none that was given. */
bool run_log(struct db *db, struct arena *a, int64_t run, int64_t owner, const struct run_log_filter *f,
	     struct value **out, struct err *e);
bool run_log_level(const char *name);

#endif
