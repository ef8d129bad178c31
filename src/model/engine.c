/* SPDX-License-Identifier: MIT */
/* Runners and leases; what they bring is in advance.c. */
#include "model/engine.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool runner_register(struct db *db, const char *id, const char *host, int64_t pid, const char *version,
		     const char *provider, const char *model, struct err *e)
{
	return db_exec(db, STMT_RUNNER_REGISTER, P(p_text(id), p_text(host), p_int(pid), p_text(version),
						    p_text(provider), p_text(model)), e);
}

bool runner_heartbeat(struct db *db, const char *id, bool *alive, struct err *e)
{
	if (!db_exec(db, STMT_RUNNER_HEARTBEAT, P(p_text(id)), e))
		return false;
	*alive = db_changed(db) == 1;
	return true;
}

bool runner_end(struct db *db, const char *id, struct err *e)
{
	return db_exec(db, STMT_RUNNER_END, P(p_text(id)), e);
}

bool runner_idle_peers(struct db *db, const char *id, const char *host, int64_t *pids, size_t max, size_t *n,
		       struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *rows;
	bool ok = db_many(db, a, STMT_RUNNER_IDLE_PEERS, P(p_text(host), p_text(id)), &rows, e);

	for (*n = 0; ok && *n < max && *n < rows_count(rows); ++*n)
		pids[*n] = row_int(rows, *n, "pid");
	arena_free(a);
	return ok;
}

bool stage_claim(struct db *db, struct arena *a, const char *owner, int64_t limit, int64_t quota,
		 struct lease **out, size_t *count, struct err *e)
{
	struct rows *rows;

	if (!db_many(db, a, STMT_STAGE_CLAIM, P(p_text(owner), p_int(limit), p_int(quota)), &rows, e))
		return false;
	*count = rows_count(rows);
	*out = arena_array(a, *count, sizeof(**out));
	for (size_t i = 0; i < *count; i++) {
		(*out)[i] = (struct lease){
			.run = row_int(rows, i, "run_id"),
			.branch = row_int(rows, i, "branch"),
			.epoch = row_int(rows, i, "epoch"),
			.node = row_text(rows, i, "node"),
			.agent = row_text(rows, i, "agent"),
			.attempt = row_int(rows, i, "attempt"),
			.revision = row_int(rows, i, "revision"),
		};
	}
	return true;
}

bool stage_pending(struct db *db, bool *ready, int64_t *retry_ms, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_STAGE_PENDING, P_NONE, &row, e);

	if (ok) {
		*ready = row_bool(row, 0, "ready");
		*retry_ms = row_null(row, 0, "retry_ms") ? -1 : row_int(row, 0, "retry_ms");
		if (*retry_ms < -1)
			*retry_ms = 0;
	}
	arena_free(a);
	return ok;
}

bool stage_rescue(struct db *db, int64_t limit, size_t *count, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *rows;
	bool ok = db_many(db, a, STMT_STAGE_RESCUE, P(p_int(limit)), &rows, e);

	if (ok)
		*count = rows_count(rows);
	arena_free(a);
	return ok;
}

bool stage_mine(struct db *db, struct arena *a, const char *owner, struct lease **out, size_t *count,
		struct err *e)
{
	struct rows *rows;

	if (!db_many(db, a, STMT_STAGE_MINE, P(p_text(owner)), &rows, e))
		return false;
	*count = rows_count(rows);
	*out = arena_array(a, *count, sizeof(**out));
	for (size_t i = 0; i < *count; i++) {
		(*out)[i] = (struct lease){
			.run = row_int(rows, i, "run_id"),
			.branch = row_int(rows, i, "branch"),
			.epoch = row_int(rows, i, "epoch"),
			.node = row_text(rows, i, "node"),
		};
	}
	return true;
}

static enum moved moved_from(const struct rows *row)
{
	const char *state = row_text(row, 0, "state");

	return streq(state, "retry") ? MOVED_RETRY : streq(state, "asked") ? MOVED_ASKED : MOVED_FENCED;
}

bool stage_retry(struct db *db, const char *owner, const struct lease *l, double delay_s, const char *problem,
		 bool counts, enum moved *out, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_STAGE_RETRY,
			 P(p_text(owner), p_int(l->run), p_int(l->branch), p_int(l->epoch), p_real(delay_s),
			   p_text(problem), p_bool(counts)),
			 &row, e);

	if (ok)
		*out = moved_from(row);
	arena_free(a);
	return ok;
}

bool stage_park(struct db *db, const char *owner, const struct lease *l, const char *kind, const char *detail,
		const char *amount_usd, enum moved *out, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_STAGE_PARK,
			 P(p_text(owner), p_int(l->run), p_int(l->branch), p_int(l->epoch), p_text(kind),
			   p_text(detail), p_text(amount_usd)),
			 &row, e);

	if (ok)
		*out = moved_from(row);
	arena_free(a);
	return ok;
}

bool runs_notify(struct db *db, const int64_t *runs, size_t n, struct err *e)
{
	struct arena *a = arena_new(0);
	bool ok = db_exec(db, STMT_RUNS_NOTIFY, P(p_int_array(a, runs, n)), e);

	arena_free(a);
	return ok;
}
