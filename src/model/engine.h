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
#include "model/call.h"
#include "model/lease.h"

struct arena;
struct db;
struct err;

/* Most that one call of stage_advance(), calls_begin() or stage_inputs_load() takes. */
#define ENGINE_BATCH 256

/* ---- leases ---- */
/* At most `limit`, at most `quota` of one account. In the arena. */
bool stage_claim(struct db *db, struct arena *a, const char *owner, int64_t limit, int64_t quota,
		 struct lease **out, size_t *count, struct err *e);
/* Something can be claimed; milliseconds until the next retry or timer is due, -1: there is none. */
bool stage_pending(struct db *db, bool *ready, int64_t *due_ms, struct err *e);
bool stage_rescue(struct db *db, int64_t limit, size_t *count, struct err *e);
/* Reminders, escalations, delegations that are due. */
bool gates_due(struct db *db, int64_t limit, struct err *e);
/* What it leases, as the database sees it; only run, branch, epoch and node are filled in. */
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
	const char *outcome;  /* the label of the edge: pass, fail, concern; or unexecuted */
	const char *body;     /* JSON that names files by their SHA-256 */
	const char *document; /* Markdown */
	const char *provider, *model;
	const struct stored_file *files;
	size_t file_count;
	const char *report;   /* the sandbox's, JSON; NULL for others than a suite */
	const char *detail;   /* why, for an outcome that is not pass; may be NULL */
	const char *messages; /* JSON: [{to | topic, priority, body}]; NULL: none */
};
struct stage_batch {
	const struct stage_output *outputs;
	size_t output_count;              /* at most ENGINE_BATCH */
	const struct call_outcome *calls; /* ended, to be booked: of these stages or of others */
	size_t call_count;
	bool keep;                        /* lease what comes next to this runner */
};

/*
 * One transaction: files, outputs, receipts, the step along the graph, calls' ends.
 * accepted[i] false: it was fenced. Kept leases are in the arena. *unknown: the COMMIT's
 * outcome is not known; ask stage_receipts() when the database is back, never send again
 * what has a receipt, and send the calls' ends again: they end once. What was kept
 * meanwhile is found by stage_mine(). ERR_INVALID or ERR_CONFLICT: something in the batch
 * cannot be stored, and nothing was.
 */
bool stage_advance(struct db *db, struct arena *a, const char *owner, const struct stage_batch *b,
		   bool *accepted, struct lease **kept, size_t *kept_count, bool *unknown, struct err *e);
bool stage_receipts(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		    bool *accepted, struct err *e);

enum moved { MOVED_FENCED, MOVED_RETRY, MOVED_ASKED };
/* Again later, at least after delay_s; or a person is asked when attempts are used up.
   `counts` false: it uses up none. */
bool stage_retry(struct db *db, const char *owner, const struct lease *l, double delay_s, const char *problem,
		 bool counts, enum moved *out, struct err *e);
/* A person is asked. kind: failure, budget, price, question; amount_usd a decimal or NULL; budgets
   as calls_begin() gave them, or NULL. */
bool stage_park(struct db *db, const char *owner, const struct lease *l, const char *kind, const char *detail,
		const char *amount_usd, const char *budgets, enum moved *out, struct err *e);

/* Tells runners that there is work; nothing depends on it. */
bool work_notify(struct db *db, struct err *e);

#endif
