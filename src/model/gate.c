/* SPDX-License-Identifier: MIT */
#include "model/gate.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "model/artifact.h"
#include "model/owner.h"

const char *gate_asks(struct arena *a, const char *kind, const char *title)
{
	if (streq(kind, "review"))
		return arena_printf(a, "Decide on the %s’s output", title);
	if (streq(kind, "tests"))
		return "The tests are not green: decide how to go on";
	if (streq(kind, "failure"))
		return arena_printf(a, "The %s could not go on: decide what happens", title);
	if (streq(kind, "budget"))
		return "The spend cap is reached: raise it, or end the run";
	return "The price of the next call is unknown: allow it, or end the run";
}

/* What the page needs to say what each answer means. */
static void put_words(struct arena *a, struct value *v, const struct rows *g)
{
	static const char *const kinds[] = { "review", "tests", "failure", "budget", "price" };
	const char *kind = row_text(g, 0, "kind"), *next = row_text(g, 0, "_next_kind");
	struct value *is = value_object(a);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		set_bool(a, is, kinds[i], streq(kind, kinds[i]));
	value_set(a, v, "_is", is);
	set_text(a, v, "_asks", gate_asks(a, kind, row_text(g, 0, "_title")));
	set_bool(a, v, "_next_ends", streq(next, "exit"));
	set_bool(a, v, "_next_works", streq(next, "agent"));
	set_bool(a, v, "_back_itself", streq(row_text(g, 0, "_back"), row_text(g, 0, "_title")));
	set_int(a, v, "_next_revision", row_int(g, 0, "revision") + 1);
}

/* ---- the view ---- */

/* This gate's own decision, and apart from it the earlier ones. */
static void put_history(struct arena *a, struct value *v, const struct rows *r)
{
	struct value *list = value_list(a), *own = value_null(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *one = row_object(a, r, i);
		if (row_bool(r, i, "_this"))
			own = one;
		else
			value_add(a, list, one);
	}
	value_set(a, v, "decision", own);
	value_set(a, v, "history", list);
}

static const char *why_not(struct arena *a, const struct rows *g, bool may)
{
	const char *state = row_text(g, 0, "state");
	if (streq(state, "decided"))
		return "This was decided already.";
	if (streq(state, "closed"))
		return arena_printf(a, "Nothing is left to decide: the run has ended (%s).",
				    row_text(g, 0, "_run_state"));
	return may ? NULL : "Approvers and the project’s owner decide here; your role only lets you look.";
}

static const char *state_words(const struct rows *g)
{
	const char *state = row_text(g, 0, "state");
	return streq(state, "open") ? "waits for a decision" : streq(state, "closed") ? "closed" : "decided";
}

/* The output that was decided on, even when there is a newer one by now. */
static bool put_output(struct db *db, struct arena *a, struct value *v, const struct rows *g, int64_t owner,
		       struct err *e)
{
	int64_t run = row_int(g, 0, "run_id"), revision = row_int(g, 0, "revision"),
		artifact = row_int(g, 0, "_artifact");
	struct value *stage, *tests = NULL;
	if (!stage_view(db, a, run, row_text(g, 0, "stage"), revision, owner, &stage, e))
		return false;
	if (artifact && !tests_view(db, a, run, artifact, &tests, e))
		return false;
	value_set(a, v, "stage_view", stage);
	value_set(a, v, "tests", tests ? tests : value_null(a));
	set_bool(a, v, "_has_output", revision > 0);
	return true;
}

bool gate_view(struct db *db, struct arena *a, int64_t id, int64_t owner, bool may, struct value **out,
	       struct err *e)
{
	struct rows *g, *history;
	if (!db_maybe(db, a, STMT_GATE_VIEW, P(p_int(id), p_owner(owner)), &g, e))
		return false;
	if (!g)
		return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.",
			       id);
	if (!db_many(db, a, STMT_GATE_HISTORY,
		     P(p_int(row_int(g, 0, "run_id")), p_text(row_text(g, 0, "stage")), p_int(id)), &history,
		     e))
		return false;
	struct value *v = row_object(a, g, 0);
	bool open = streq(row_text(g, 0, "state"), "open");
	if (!put_output(db, a, v, g, owner, e))
		return false;
	put_history(a, v, history);
	put_words(a, v, g);
	set_bool(a, v, "can_decide", open && may);
	set_text(a, v, "why_not", why_not(a, g, may));
	set_bool(a, v, "_still_open", open);
	set_text(a, v, "_gate_state", open ? "waiting" : row_text(g, 0, "state"));
	set_text(a, v, "_gate_text", state_words(g));
	value_set(a, v, "typed", value_object(a));
	value_set(a, v, "error", value_null(a));
	set_bool(a, v, "changed", false);
	*out = v;
	return true;
}

bool gate_decide_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
		    const struct decision *d, struct value **out, struct err *e)
{
	struct rows *g, *r, *state;
	if (!db_maybe(db, a, STMT_GATE_VIEW, P(p_int(id), p_owner(owner)), &g, e))
		return false;
	if (!g)
		return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.",
			       id);
	if (!db_one(db, a, STMT_GATE_DECIDE,
		    P(p_int(id), p_int(d->revision), p_text(d->kind), p_text(d->comment), p_int(account)), &r,
		    e))
		return false;
	int64_t run = row_int(r, 0, "run_id");
	if (!db_one(db, a, STMT_RUN_STATE, P(p_int(run)), &state, e))
		return false;
	*out = value_object(a);
	if (row_null(r, 0, "decision_id"))
		value_set(a, *out, "decision_id", value_null(a));
	else
		set_int(a, *out, "decision_id", row_int(r, 0, "decision_id"));
	set_int(a, *out, "run_id", run);
	set_text(a, *out, "run_state", row_text(state, 0, "run_state"));
	set_bool(a, *out, "open", row_bool(r, 0, "open"));
	set_int(a, *out, "votes", row_int(r, 0, "votes"));
	set_int(a, *out, "quorum", row_int(r, 0, "quorum"));
	return true;
}

bool gate_list(struct db *db, struct arena *a, int64_t owner, const char *url, struct value **out,
	       struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_HOME_GATES, P(p_owner(owner), p_text(url)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}
