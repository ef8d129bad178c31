/* SPDX-License-Identifier: MIT */
/* A runner as the database knows it, and what it tells it once in a while. */
#ifndef MODEL_MEMBER_H
#define MODEL_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct err;

bool runner_register(struct db *db, const char *id, const char *host, int64_t pid, const char *version,
		     const char *provider, const char *model, struct err *e);
/* *alive false: fenced. `pressure`: why it claims less now, a sentence, or NULL. */
bool runner_heartbeat(struct db *db, const char *id, const char *pressure, bool *alive, struct err *e);
bool runner_end(struct db *db, const char *id, struct err *e);
/* The process ids of the idle runners that this host had before this one, at most `max`. */
bool runner_idle_peers(struct db *db, const char *id, const char *host, int64_t *pids, size_t max, size_t *n,
		       struct err *e);
/* Connections in use, and how many the server allows. */
bool connections_used(struct db *db, int64_t *used, int64_t *allowed, struct err *e);
/* What a model's server may be asked by all runners together; 0: no limit. */
bool provider_limit_set(struct db *db, const char *provider, const char *model, int64_t in_flight,
			int64_t per_minute, struct err *e);
/* Which agents read which topics: all of it is replaced. */
bool subscriptions_store(struct db *db, const char *const *agents, const char *const *topics, size_t n,
			 struct err *e);
/* Makes partitions ahead of time, and drops old ones: log lines after so many days, events of
   ended runs likewise. */
bool retention(struct db *db, int64_t log_days, int64_t event_days, int64_t *dropped, struct err *e);

struct log_line {
	int64_t at_ms; /* Unix time */
	int64_t run;   /* 0: of none */
	const char *stage, *agent, *level, *text; /* the first two may be NULL */
};
bool log_lines_store(struct db *db, const struct log_line *lines, size_t n, struct err *e);

#endif
