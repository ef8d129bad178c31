/* SPDX-License-Identifier: MIT */
#include "model/gate.h"

#include <inttypes.h>
#include <string.h>

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
	if (streq(kind, "conflict"))
		return arena_printf(a, "The agents do not agree on the %s’s output: decide how to go on",
				    title);
	if (streq(kind, "question"))
		return arena_printf(a, "The %s asks a question", title);
	if (streq(kind, "budget"))
		return "A spend cap is reached: raise it, or end the run";
	return "The price of the next call is unknown: allow it, or end the run";
}

/* What the page needs to say what each answer means. */
static void put_words(struct arena *a, struct value *v, const struct rows *g)
{
	static const char *const kinds[] = { "review", "tests",	   "failure", "budget",
					     "price",  "conflict", "question" };
	const char *kind = row_text(g, 0, "kind"), *next = row_text(g, 0, "_next_kind");
	struct value *is = value_object(a);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		set_bool(a, is, kinds[i], streq(kind, kinds[i]));
	value_set(a, v, "_is", is);
	set_text(a, v, "_asks", gate_asks(a, kind, row_text(g, 0, "_title")));
	set_bool(a, v, "_next_ends", streq(next, "exit"));
	set_bool(a, v, "_next_works", streq(next, "agent"));
	set_bool(a, v, "_next_many", next && strstr(row_text(g, 0, "_next"), " and "));
	set_bool(a, v, "_next_joins", streq(next, "join"));
	set_bool(a, v, "_next_waits", streq(next, "timer"));
	set_bool(a, v, "_next_asks", streq(next, "gate"));
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

/* NULL: this person may decide. */
static const char *why_not(struct arena *a, const struct rows *g, const struct rows *votes)
{
	const char *state = row_text(g, 0, "state"), *role = row_text(g, 0, "role");
	if (streq(state, "decided"))
		return "This was decided already.";
	if (streq(state, "closed") && row_bool(g, 0, "_run_ended"))
		return arena_printf(a, "Nothing is left to decide: the run has ended (%s).",
				    row_text(g, 0, "_run_state"));
	if (streq(state, "closed"))
		return "The run went back to an earlier stage; this is not asked any more.";
	for (size_t i = 0; i < rows_count(votes); i++)
		if (row_bool(votes, i, "_mine"))
			return "You have approved this; it still takes others.";
	if (row_bool(g, 0, "_may"))
		return NULL;
	if (streq(role, "approver"))
		return "Approvers and the project’s owner decide here; your role only lets you look.";
	return arena_printf(a, "To decide here takes the role %s%s%s; yours only lets you look.", role,
			    row_null(g, 0, "assignee") ? "" : ", or to be ",
			    row_null(g, 0, "assignee") ? "" : row_text(g, 0, "assignee"));
}

/* What happens, and when, if nobody decides. Never a decision. */
static const char *expiry_words(struct arena *a, const struct rows *g)
{
	const char *then = row_text(g, 0, "on_expiry"), *to = row_text(g, 0, "_expiry_to");
	if (!then || !streq(row_text(g, 0, "state"), "open"))
		return NULL;
	if (streq(then, "escalate"))
		return arena_printf(a, "people of the role %s are asked", to);
	return streq(then, "delegate") ? arena_printf(a, "%s is asked", to) : "people are reminded";
}

static const char *state_words(const struct rows *g)
{
	const char *state = row_text(g, 0, "state");
	return streq(state, "open") ? "waits for a decision" : streq(state, "closed") ? "closed" : "decided";
}

/* The output that was decided on, even when there is a newer one by now; in a conflict also the newest
   of the stage that is doubted. Who sees the gate sees these. */
static bool put_output(struct db *db, struct arena *a, struct value *v, const struct rows *g, struct err *e)
{
	int64_t run = row_int(g, 0, "run_id"), revision = row_int(g, 0, "revision"),
		artifact = row_int(g, 0, "_artifact");
	const char *doubted = row_text(g, 0, "_other");
	struct value *stage, *tests = NULL, *other = NULL;
	if (!stage_view(db, a, run, row_text(g, 0, "stage"), revision, 0, &stage, e))
		return false;
	if (doubted && !stage_view(db, a, run, doubted, 0, 0, &other, e))
		return false;
	if (artifact && !tests_view(db, a, run, artifact, &tests, e))
		return false;
	value_set(a, v, "stage_view", stage);
	value_set(a, v, "other", other ? other : value_null(a));
	value_set(a, v, "tests", tests ? tests : value_null(a));
	set_bool(a, v, "_has_output", revision > 0);
	return true;
}

bool gate_absent(int64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.", id);
}

bool gate_view(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
	       struct value **out, struct err *e)
{
	struct rows *g, *history, *votes, *budgets;
	if (!db_maybe(db, a, STMT_GATE_VIEW,
		      P(p_int(id), p_owner(owner), p_int(account)), &g, e))
		return false;
	if (!g)
		return gate_absent(id, e);
	if (!db_many(db, a, STMT_GATE_HISTORY,
		     P(p_int(row_int(g, 0, "run_id")), p_text(row_text(g, 0, "stage")), p_int(id)), &history,
		     e) ||
	    !db_many(db, a, STMT_GATE_VOTES,
		     P(p_int(id), p_int(row_int(g, 0, "revision")), p_int(account)), &votes, e) ||
	    !db_many(db, a, STMT_GATE_BUDGETS, P(p_int(id)), &budgets, e))
		return false;
	struct value *v = row_object(a, g, 0);
	bool open = streq(row_text(g, 0, "state"), "open");
	const char *no = why_not(a, g, votes);
	if (!put_output(db, a, v, g, e))
		return false;
	put_history(a, v, history);
	put_words(a, v, g);
	value_set(a, v, "votes", rows_value(a, votes));
	value_set(a, v, "budgets", rows_value(a, budgets));
	set_bool(a, v, "_beyond", rows_count(budgets) && row_bool(budgets, 0, "_beyond"));
	set_bool(a, v, "can_decide", !no);
	set_text(a, v, "why_not", no);
	set_text(a, v, "_expiry", expiry_words(a, g));
	set_int(a, v, "_votes", (int64_t)rows_count(votes));
	set_bool(a, v, "_still_open", open);
	set_text(a, v, "_gate_state", open ? "waiting" : row_text(g, 0, "state"));
	set_text(a, v, "_gate_text", state_words(g));
	value_set(a, v, "typed", value_object(a));
	value_set(a, v, "error", value_null(a));
	set_bool(a, v, "changed", false);
	*out = v;
	return true;
}

bool decided_view(struct db *db, struct arena *a, const struct rows *r, struct value **out, struct err *e)
{
	struct rows *state;
	int64_t run = row_int(r, 0, "run_id");
	if (!db_one(db, a, STMT_RUN_STATE, P(p_int(run)), &state, e))
		return false;
	struct value *row = row_object(a, r, 0), *v = value_object(a);
	value_set(a, v, "decision_id", value_get(row, "decision_id"));
	set_int(a, v, "run_id", run);
	set_text(a, v, "run_state", row_text(state, 0, "run_state"));
	set_bool(a, v, "open", row_bool(r, 0, "open"));
	set_int(a, v, "votes", row_int(r, 0, "votes"));
	set_int(a, v, "quorum", row_int(r, 0, "quorum"));
	*out = v;
	return true;
}

bool gate_decide_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
		    const struct decision *d, struct value **out, struct err *e)
{
	struct rows *g, *r;
	if (!db_maybe(db, a, STMT_GATE_VIEW, P(p_int(id), p_owner(owner), p_int(account)), &g, e))
		return false;
	if (!g)
		return gate_absent(id, e);
	if (!db_one(db, a, STMT_REVIEW_SEND,
		    P(p_int(id), p_int(d->revision), p_text(d->kind), p_text(d->comment), p_int(account),
		      p_bool(d->anyway)),
		    &r, e))
		return false;
	return decided_view(db, a, r, out, e);
}

bool gate_list(struct db *db, struct arena *a, int64_t owner, int64_t account, const char *url, struct value **out,
	       struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_GATE_LIST, P(p_owner(owner), p_text(url), p_int(account)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}
