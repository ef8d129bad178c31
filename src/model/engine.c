/* SPDX-License-Identifier: MIT */
/* Leases: taken, given back, asked about. What they bring is in advance.c. */
#include "model/engine.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool stage_claim(struct db *db, struct arena *a, const char *owner, int64_t limit, int64_t quota,
		 struct lease **out, size_t *count, struct err *e)
{
	struct rows *rows;

	if (!db_many(db, a, STMT_STAGE_CLAIM, P(p_text(owner), p_int(limit), p_int(quota)), &rows, e))
		return false;
	*count = rows_count(rows);
	*out = arena_array(a, *count, sizeof(**out));
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = lease_of(rows, i);
	return true;
}

bool stage_pending(struct db *db, bool *ready, int64_t *due_ms, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_STAGE_PENDING, P_NONE, &row, e);

	if (ok) {
		*ready = row_bool(row, 0, "ready");
		*due_ms = row_int(row, 0, "due_ms");
		if (row_null(row, 0, "due_ms"))
			*due_ms = -1;
		else if (*due_ms < 0)
			*due_ms = 0;
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

bool gates_due(struct db *db, int64_t limit, struct err *e)
{
	return db_exec(db, STMT_GATES_DUE, P(p_int(limit)), e);
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
		const char *amount_usd, const char *budgets, enum moved *out, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_STAGE_PARK,
			 P(p_text(owner), p_int(l->run), p_int(l->branch), p_int(l->epoch), p_text(kind),
			   p_text(detail), p_text(amount_usd), p_text(budgets)),
			 &row, e);

	if (ok)
		*out = moved_from(row);
	arena_free(a);
	return ok;
}

bool work_notify(struct db *db, struct err *e)
{
	return db_exec(db, STMT_WORK_NOTIFY, P_NONE, e);
}
