/* SPDX-License-Identifier: MIT */
#include "model/run.h"

#include <inttypes.h>
#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/gate.h"
#include "model/owner.h"

static bool no_run(int64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "There is no run %" PRId64 ", or it is not yours to see.", id);
}

/* "3 s", "2 min 5 s", "1 h 4 min" */
static const char *duration_words(struct arena *a, double seconds)
{
	long s = lround(seconds);
	if (seconds < 10)
		return arena_printf(a, "%.1f s", seconds);
	if (s < 60)
		return arena_printf(a, "%ld s", s);
	if (s < 3600)
		return arena_printf(a, "%ld min %ld s", s / 60, s % 60);
	return arena_printf(a, "%ld h %ld min", s / 3600, s / 60 % 60);
}

const char *size_words(struct arena *a, int64_t bytes)
{
	if (bytes < 1000)
		return arena_printf(a, "%" PRId64 " byte%s", bytes, bytes == 1 ? "" : "s");
	if (bytes < 1000000)
		return arena_printf(a, "%.1f KB", (double)bytes / 1e3);
	return arena_printf(a, "%.1f MB", (double)bytes / 1e6);
}

/* What a stage's state means at this moment of the run. */
static const char *state_words(const struct rows *run, const struct rows *stages, size_t i)
{
	const char *state = row_text(stages, i, "state");
	bool here = streq(row_text(stages, i, "name"), row_text(run, 0, "_node")),
	     over = !row_null(run, 0, "ended_at");
	if (over)
		return state;
	if (streq(state, "running"))
		return "works";
	if (streq(state, "waiting"))
		return "waits for a decision";
	if (streq(state, "stale"))
		return "stale: an earlier stage is done again";
	if (!here || !streq(state, "pending"))
		return state;
	if (streq(row_text(run, 0, "_cursor"), "R"))
		return "waits for a runner";
	if (streq(row_text(run, 0, "_why"), "retry"))
		return "tries again soon";
	return row_bool(run, 0, "paused") ? "paused" : state;
}

static struct value *stages_value(struct arena *a, const struct rows *run, const struct rows *stages)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(stages); i++) {
		struct value *v = row_object(a, stages, i);
		int64_t attempts = row_int(stages, i, "attempts");
		bool running = streq(row_text(stages, i, "state"), "running");
		set_text(a, v, "_state_text", state_words(run, stages, i));
		set_bool(a, v, "_has", row_int(stages, i, "revision") > 0);
		set_bool(a, v, "_fallback", streq(row_text(stages, i, "provider"), "fallback"));
		set_bool(a, v, "_running", running);
		set_text(a, v, "_attempts_text",
			 arena_printf(a, "%" PRId64 " attempt%s", attempts, attempts == 1 ? "" : "s"));
		set_text(a, v, "_took",
			 row_null(stages, i, "seconds") ? NULL
							: duration_words(a, row_real(stages, i, "seconds")));
		value_add(a, list, v);
	}
	return list;
}

static struct value *gates_value(struct arena *a, const struct rows *gates)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(gates); i++) {
		struct value *v = row_object(a, gates, i);
		set_text(a, v, "_asks",
			 gate_asks(a, row_text(gates, i, "kind"), row_text(gates, i, "_title")));
		value_add(a, list, v);
	}
	return list;
}

/* One sentence for people on where the run stands. */
static const char *status_words(struct arena *a, const struct rows *run, const struct rows *gates)
{
	const char *state = row_text(run, 0, "state"), *stage = row_text(run, 0, "_title");
	if (rows_count(gates))
		return "A person must decide before it goes on";
	if (streq(state, "queued") || streq(row_text(run, 0, "_cursor"), "R"))
		return arena_printf(a, "%s waits for a runner", stage);
	if (streq(state, "running"))
		return arena_printf(a, "%s is at work", stage);
	if (streq(state, "paused"))
		return "Nothing new begins until it is resumed";
	if (streq(state, "done"))
		return "All stages are done";
	if (streq(state, "failed"))
		return "It ended without a result";
	return streq(state, "rejected") ? "A person ended it" : "It was ended by hand";
}

static const char *queue_words(const struct rows *run)
{
	if (!row_null(run, 0, "ended_at"))
		return "The run has ended.";
	if (!row_null(run, 0, "place"))
		return "waiting for a runner, the longest waiting first";
	if (streq(row_text(run, 0, "_cursor"), "L"))
		return "A runner is working on it.";
	if (streq(row_text(run, 0, "_why"), "gate"))
		return "It waits for a person, not for a runner.";
	return streq(row_text(run, 0, "_why"), "retry") ? "It tries again by itself in a moment."
							: "It is paused.";
}

/* The first row's columns that belong together, moved into an object of their own. */
static struct value *group(struct arena *a, struct value *row, const char *const *names)
{
	struct value *o = value_object(a);
	for (; *names; names++)
		value_set(a, o, *names, value_get(row, *names));
	return o;
}

bool run_view(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out, struct err *e)
{
	static const char *const keys[] = { "id",	 "project_id", "name",	    "owner",
					    "state",	 "stage",      "workflow",  "paused",
					    "problem",	 "opened_at",  "ended_at",  "_opened_at",
					    "_ended_at", "_owner_id",  "_download", NULL };
	static const char *const queue_keys[] = { "place", "ready", NULL };
	static const char *const test_keys[] = {
		"executed", "total", "passed", "failed", "_has_report", NULL
	};
	static const char *const cost_keys[] = { "usd",	 "held_usd", "known",	  "cap_usd",
						 "_usd", "_cap_usd", "_held_usd", NULL };
	struct rows *r, *stages, *gates, *events;
	if (!db_maybe(db, a, STMT_RUN_VIEW, P(p_int(id), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return no_run(id, e);
	if (!db_many(db, a, STMT_RUN_STAGES, P(p_int(id)), &stages, e) ||
	    !db_many(db, a, STMT_RUN_GATES, P(p_int(id)), &gates, e) ||
	    !db_many(db, a, STMT_RUN_HAPPENED, P(p_int(id)), &events, e))
		return false;
	struct value *row = row_object(a, r, 0), *v = group(a, row, keys), *tests, *runner = value_object(a);
	value_set(a, v, "queue", group(a, row, queue_keys));
	value_set(a, v, "stages", stages_value(a, r, stages));
	value_set(a, v, "gates", gates_value(a, gates));
	value_set(a, v, "tests", tests = group(a, row, test_keys));
	value_set(a, tests, "vacuous", value_null(a));
	value_set(a, tests, "problem", value_get(row, "tests_problem"));
	value_set(a, v, "cost", group(a, row, cost_keys));
	value_set(a, runner, "seen_at", value_get(row, "runner_seen_at"));
	value_set(a, runner, "seconds", value_get(row, "runner_seconds"));
	set_bool(a, runner, "ok",
		 !row_null(r, 0, "runner_seconds") && row_int(r, 0, "runner_seconds") <= 120);
	value_set(a, runner, "provider", value_get(row, "runner_provider"));
	value_set(a, runner, "model", value_get(row, "runner_model"));
	value_set(a, v, "runner", runner);
	value_set(a, v, "events", rows_value(a, events));
	set_text(a, v, "_status", status_words(a, r, gates));
	set_text(a, v, "_queue_text", queue_words(r));
	set_bool(a, v, "_finished", !row_null(r, 0, "ended_at"));
	*out = v;
	return true;
}

static bool seen(struct db *db, struct arena *a, int64_t id, int64_t owner, struct rows **r, struct err *e)
{
	return db_maybe(db, a, STMT_RUN_SEEN, P(p_int(id), p_owner(owner)), r, e) && (*r || no_run(id, e));
}

bool run_events(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t after, struct value **out,
		struct err *e)
{
	struct rows *r, *events;
	if (!seen(db, a, id, owner, &r, e) ||
	    !db_many(db, a, STMT_RUN_EVENTS, P(p_int(id), p_int(after)), &events, e))
		return false;
	*out = value_object(a);
	set_int(a, *out, "run_id", id);
	value_set(a, *out, "events", rows_value(a, events));
	set_int(a, *out, "last", row_int(r, 0, "ev_seq"));
	return true;
}

bool run_artifacts(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out,
		   struct err *e)
{
	struct rows *r, *list;
	if (!seen(db, a, id, owner, &r, e) || !db_many(db, a, STMT_ARTIFACTS_OF_RUN, P(p_int(id)), &list, e))
		return false;
	*out = value_object(a);
	set_int(a, *out, "run_id", id);
	value_set(a, *out, "artifacts", rows_value(a, list));
	return true;
}

bool run_cancel_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, struct err *e)
{
	struct rows *r;
	return seen(db, a, id, owner, &r, e) && db_exec(db, STMT_RUN_CANCEL, P(p_int(id), p_int(account)), e);
}

bool run_hold_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, bool paused,
		 struct err *e)
{
	struct rows *r;
	return seen(db, a, id, owner, &r, e) &&
	       db_exec(db, STMT_RUN_HOLD, P(p_int(id), p_int(account), p_bool(paused)), e);
}
