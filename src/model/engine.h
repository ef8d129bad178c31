/* SPDX-License-Identifier: MIT */
/*
 * The engine's functions, typed: what a runner may do to the runs that it leases. Each
 * call is fenced in the database by (epoch, owner); one that comes too late changes
 * nothing and says so.
 */
#ifndef MODEL_ENGINE_H
#define MODEL_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct db;
struct err;

/* ---- the runner itself ---- */
bool runner_register(struct db *db, const char *id, const char *host, int64_t pid, const char *version,
		     const char *provider, const char *model, struct err *e);
/* *alive false: fenced. */
bool runner_heartbeat(struct db *db, const char *id, bool *alive, struct err *e);
bool runner_end(struct db *db, const char *id, struct err *e);
/* The process ids of the idle runners that this host had before this one, at most `max`. */
bool runner_idle_peers(struct db *db, const char *id, const char *host, int64_t *pids, size_t max, size_t *n,
		       struct err *e);

/* ---- leases ---- */
struct lease {
	int64_t run, branch, epoch;
	const char *node, *agent; /* owned by whoever filled it in */
	int64_t attempt;  /* failed ones before this */
	int64_t revision; /* the one to be made */
};

/* At most `limit`, at most `quota` of one account. In the arena. */
bool stage_claim(struct db *db, struct arena *a, const char *owner, int64_t limit, int64_t quota,
		 struct lease **out, size_t *count, struct err *e);
/* Something can be claimed; milliseconds until the next retry is due, -1: there is none. */
bool stage_pending(struct db *db, bool *ready, int64_t *retry_ms, struct err *e);
bool stage_rescue(struct db *db, int64_t limit, size_t *count, struct err *e);
/* What it leases, as the database sees it; agent, attempt and revision are not filled in. */
bool stage_mine(struct db *db, struct arena *a, const char *owner, struct lease **out, size_t *count,
		struct err *e);

/* ---- results ---- */
struct stored_file {
	const char *path;
	struct str data;
	uint8_t sha256[32];
};
struct stage_output {
	const struct lease *lease;
	const char *outcome;  /* the label of the edge: pass, fail, unexecuted */
	const char *body;     /* JSON that names files by their SHA-256 */
	const char *document; /* Markdown */
	const char *provider, *model;
	const struct stored_file *files;
	size_t file_count;
	const char *report; /* the sandbox's, JSON; NULL for others than a suite */
};

/*
 * One transaction: files, outputs, receipts, the step along the graph. accepted[i] false:
 * it was fenced. *unknown: the COMMIT's outcome is not known; ask stage_receipts() when the
 * database is back, and never send again what has a receipt. ERR_INVALID or ERR_CONFLICT:
 * something in the batch cannot be stored, and nothing was.
 */
bool stage_advance(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		   bool *accepted, bool *unknown, struct err *e);
bool stage_receipts(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		    bool *accepted, struct err *e);

enum moved { MOVED_FENCED, MOVED_RETRY, MOVED_ASKED };
/* Again later, at least after delay_s; or a person is asked when attempts are used up.
   `counts` false: it uses up none. */
bool stage_retry(struct db *db, const char *owner, const struct lease *l, double delay_s, const char *problem,
		 bool counts, enum moved *out, struct err *e);
/* A person is asked. kind: failure, budget, price; amount_usd a decimal or NULL. */
bool stage_park(struct db *db, const char *owner, const struct lease *l, const char *kind, const char *detail,
		const char *amount_usd, enum moved *out, struct err *e);

/* Tells listeners; nothing depends on it. */
bool runs_notify(struct db *db, const int64_t *runs, size_t n, struct err *e);

#endif
