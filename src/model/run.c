/* SPDX-License-Identifier: MIT */
#include "model/run.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

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

/* Where the run stands at a stage, or -1. */
static long standing_at(const struct rows *standing, const char *stage)
{
	for (size_t i = 0; i < rows_count(standing); i++)
		if (streq(row_text(standing, i, "node"), stage))
			return (long)i;
	return -1;
}

/* What a stage's state means at this moment of the run. */
static const char *state_words(struct arena *a, const struct rows *run, const struct rows *standing,
			       const struct rows *stages, size_t i)
{
	const char *state = row_text(stages, i, "state");
	long at = standing_at(standing, row_text(stages, i, "name"));
	if (!row_null(run, 0, "ended_at"))
		return state;
	if (streq(state, "running"))
		return "works";
	if (streq(state, "waiting"))
		return at >= 0 && streq(row_text(standing, (size_t)at, "why"), "answer")
			       ? "waits for an answer"
			       : "waits for a decision";
	if (streq(state, "stale"))
		return "stale: an earlier stage is done again";
	if (at < 0 || !streq(state, "pending"))
		return state;
	const char *why = row_text(standing, (size_t)at, "why");
	if (streq(row_text(standing, (size_t)at, "state"), "ready"))
		return "waits for a runner";
	if (streq(why, "retry"))
		return arena_printf(a, "tries again at %s", row_text(standing, (size_t)at, "_due_at") + 11);
	return streq(why, "paused") ? "paused" : state;
}

static struct value *stages_value(struct arena *a, const struct rows *run, const struct rows *standing,
				  const struct rows *stages)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(stages); i++) {
		struct value *v = row_object(a, stages, i);
		int64_t attempts = row_int(stages, i, "attempts");
		bool running = streq(row_text(stages, i, "state"), "running");
		set_text(a, v, "_state_text", state_words(a, run, standing, stages, i));
		set_bool(a, v, "_has", row_int(stages, i, "revision") > 0);
		set_bool(a, v, "_fallback", streq(row_text(stages, i, "provider"), "fallback"));
		set_bool(a, v, "_running", running);
		/* What is asked stands above already. */
		set_bool(a, v, "_asked", streq(row_text(stages, i, "state"), "waiting"));
		set_bool(a, v, "_can_again", row_bool(stages, i, "_begun") && !row_bool(run, 0, "paused"));
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

/* The first row's columns that belong together, moved into an object of their own. */
static struct value *group(struct arena *a, struct value *row, const char *const *names)
{
	struct value *o = value_object(a);
	for (; *names; names++)
		value_set(a, o, *names, value_get(row, *names));
	return o;
}

/* "Security and Usability": the stages at which branches stand so, or NULL. */
static const char *titles(struct arena *a, const struct rows *standing, const char *state, const char *why)
{
	const char *all = NULL;
	for (size_t i = 0; i < rows_count(standing); i++) {
		const char *title = row_text(standing, i, "_title");
		if (!streq(row_text(standing, i, "state"), state) ||
		    !streq(row_text(standing, i, "why"), why))
			continue;
		all = all ? arena_printf(a, "%s and %s", all, title) : title;
	}
	return all;
}

static bool several(const char *names)
{
	return strstr(names, " and ") != NULL;
}

/* One sentence for people on where the run stands. */
static const char *status_words(struct arena *a, const struct rows *run, const struct rows *standing,
				const struct rows *gates)
{
	const char *state = row_text(run, 0, "state"), *work = titles(a, standing, "working", NULL),
		   *ready = titles(a, standing, "ready", NULL),
		   *retry = titles(a, standing, "waiting", "retry");
	if (streq(state, "done"))
		return "All stages are done";
	if (streq(state, "failed"))
		return "It ended without a result";
	if (streq(state, "rejected"))
		return "A person ended it";
	if (streq(state, "cancelled"))
		return "It was ended by hand";
	if (rows_count(gates) && work)
		return arena_printf(a, "A person must decide; meanwhile %s %s at work", work,
				    several(work) ? "are" : "is");
	if (rows_count(gates))
		return "A person must decide before it goes on";
	if (streq(state, "paused"))
		return "Nothing new begins until it is resumed";
	if (work)
		return arena_printf(a, "%s %s at work", work, several(work) ? "are" : "is");
	if (ready)
		return arena_printf(a, "%s %s for a runner", ready, several(ready) ? "wait" : "waits");
	if (retry)
		return arena_printf(a, "%s %s again soon", retry, several(retry) ? "try" : "tries");
	for (size_t i = 0; i < rows_count(standing); i++)
		if (streq(row_text(standing, i, "why"), "timer"))
			return arena_printf(a, "It goes on by itself at %s UTC",
					    row_text(standing, i, "_due_at"));
	return "It goes on in a moment";
}

static const char *queue_words(struct arena *a, const struct rows *run, const struct rows *standing)
{
	if (!row_null(run, 0, "ended_at"))
		return "The run has ended.";
	if (titles(a, standing, "ready", NULL))
		return "waiting for a runner, the longest waiting first";
	if (titles(a, standing, "working", NULL))
		return "A runner is working on it.";
	if (titles(a, standing, "waiting", "gate") || titles(a, standing, "waiting", "answer"))
		return "It waits for a person, not for a runner.";
	if (titles(a, standing, "waiting", "retry"))
		return "It tries again by itself in a moment.";
	return titles(a, standing, "waiting", "paused") ? "It is paused."
							: "It waits for a time, not for a runner.";
}

/* The branch that is next, or nulls: {place, ready}. */
static struct value *queue_value(struct arena *a, const struct rows *standing)
{
	struct value *v = value_object(a);
	int64_t place = 0;
	for (size_t i = 0; i < rows_count(standing); i++) {
		int64_t p = row_int(standing, i, "place");
		if (p && (!place || p < place))
			place = p;
	}
	value_set(a, v, "place", place ? value_int(a, place) : value_null(a));
	set_int(a, v, "ready", rows_count(standing) ? row_int(standing, 0, "ready") : 0);
	return v;
}

/* "security, usability": the names, for programs; null once the run has ended. */
static const char *stage_names(struct arena *a, const struct rows *standing)
{
	const char *all = NULL;
	for (size_t i = 0; i < rows_count(standing); i++) {
		const char *stage = row_text(standing, i, "stage");
		if (streq(row_text(standing, i, "why"), "join") && all)
			continue;
		all = all ? arena_printf(a, "%s, %s", all, stage) : stage;
	}
	return all;
}

static struct value *standing_value(struct arena *a, const struct rows *standing)
{
	static const char *const keys[] = { "branch", "node",	"kind",	 "stage", "state",
					    "why",    "due_at", "place", NULL };
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(standing); i++)
		value_add(a, list, group(a, row_object(a, standing, i), keys));
	return list;
}

bool run_view(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out, struct err *e)
{
	static const char *const keys[] = { "id",	 "project_id", "name",	    "owner",	 "state",
					    "workflow",	 "priority",   "paused",    "problem",	 "opened_at",
					    "ended_at",	 "_opened_at", "_ended_at", "_owner_id",
					    "_download", "_messages",  NULL };
	static const char *const test_keys[] = {
		"executed", "total", "passed", "failed", "_has_report", NULL
	};
	static const char *const cost_keys[] = { "usd",	 "held_usd", "known",	  "cap_usd",
						 "_usd", "_cap_usd", "_held_usd", NULL };
	struct rows *r, *standing, *stages, *gates, *events;
	if (!db_maybe(db, a, STMT_RUN_VIEW, P(p_int(id), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return no_run(id, e);
	if (!db_many(db, a, STMT_RUN_STANDING, P(p_int(id)), &standing, e) ||
	    !db_many(db, a, STMT_RUN_STAGES, P(p_int(id)), &stages, e) ||
	    !db_many(db, a, STMT_RUN_GATES, P(p_int(id)), &gates, e) ||
	    !db_many(db, a, STMT_RUN_HAPPENED, P(p_int(id)), &events, e))
		return false;
	struct value *row = row_object(a, r, 0), *v = group(a, row, keys), *tests;
	bool over = !row_null(r, 0, "ended_at");
	set_text(a, v, "stage", over ? NULL : stage_names(a, standing));
	value_set(a, v, "standing", standing_value(a, standing));
	value_set(a, v, "queue", queue_value(a, standing));
	value_set(a, v, "stages", stages_value(a, r, standing, stages));
	value_set(a, v, "gates", gates_value(a, gates));
	value_set(a, v, "tests", tests = group(a, row, test_keys));
	value_set(a, tests, "vacuous", value_null(a));
	value_set(a, tests, "problem", value_get(row, "tests_problem"));
	value_set(a, v, "cost", group(a, row, cost_keys));
	value_set(a, v, "events", rows_value(a, events));
	set_text(a, v, "_status", status_words(a, r, standing, gates));
	set_text(a, v, "_queue_text", queue_words(a, r, standing));
	set_bool(a, v, "_finished", over);
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

bool run_retry_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
		  const char *stage, const char *comment, struct err *e)
{
	struct rows *r;
	return seen(db, a, id, owner, &r, e) &&
	       db_exec(db, STMT_RUN_RETRY, P(p_int(id), p_text(stage), p_text(comment), p_int(account)), e);
}

bool run_stage_names(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_RUN_STAGE_NAMES, P(p_int(id)), &r, e))
		return false;
	*out = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++)
		value_add(a, *out, value_text(a, row_text(r, i, "node")));
	return true;
}
