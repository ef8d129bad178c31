/* SPDX-License-Identifier: MIT */
#include "model/member.h"

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

bool runner_register(struct db *db, const char *id, const char *host, int64_t pid, const char *version,
		     const char *provider, const char *model, struct err *e)
{
	return db_exec(db, STMT_RUNNER_REGISTER,
		       P(p_text(id), p_text(host), p_int(pid), p_text(version), p_text(provider),
			 p_text(model)),
		       e);
}

bool runner_heartbeat(struct db *db, const char *id, const char *pressure, bool *alive, struct err *e)
{
	if (!db_exec(db, STMT_RUNNER_HEARTBEAT, P(p_text(id), p_text(pressure)), e))
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

bool connections_used(struct db *db, int64_t *used, int64_t *allowed, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_CONNECTIONS_USED, P_NONE, &row, e);

	if (ok) {
		*used = row_int(row, 0, "used");
		*allowed = row_int(row, 0, "allowed");
	}
	arena_free(a);
	return ok;
}

bool provider_limit_set(struct db *db, const char *provider, const char *model, int64_t in_flight,
			int64_t per_minute, struct err *e)
{
	return db_exec(db, STMT_PROVIDER_LIMIT_SET,
		       P(p_text(provider), p_text(model), p_int(in_flight), p_int(per_minute)), e);
}

bool subscriptions_store(struct db *db, const char *const *agents, const char *const *topics, size_t n,
			 struct err *e)
{
	struct arena *a = arena_new(0);
	bool ok = db_exec(db, STMT_SUBSCRIPTIONS_STORE,
			  P(p_text_array(agents, n), p_text_array(topics, n)), e);

	arena_free(a);
	return ok;
}

bool retention(struct db *db, int64_t log_days, int64_t event_days, int64_t *dropped, struct err *e)
{
	struct arena *a = arena_new(0);
	struct rows *row;
	bool ok = db_one(db, a, STMT_RETENTION, P(p_int(log_days), p_int(event_days)), &row, e);

	if (ok)
		*dropped = row_int(row, 0, "dropped");
	arena_free(a);
	return ok;
}
