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

/* ---- what each answer means ---- */

struct words {
	const char *explains, *hint, *approve, *approve_text, *changes_text, *reject, *reject_text;
	bool may_change;
};

/* What an approval leads to. */
static const char *onwards(struct arena *a, const struct rows *g, const char *with)
{
	const char *kind = row_text(g, 0, "_next_kind");
	if (streq(kind, "exit"))
		return "The run is done; nothing is left to do.";
	if (streq(kind, "gate"))
		return arena_printf(a, "A person reviews the output next, %s.", with);
	return arena_printf(a, "%s goes on %s.", row_text(g, 0, "_next"), with);
}

static const char *const ends = "The run ends for good; what was accepted so far stays to be read.";

static struct words review_words(struct arena *a, const struct rows *g)
{
	const char *back = row_text(g, 0, "_back");
	return (struct words){
		.hint = "Needed when you ask for changes: the next revision answers it.",
		.approve = "Approve", .approve_text = onwards(a, g, "with exactly this revision"),
		.may_change = true,
		.changes_text = streq(back, row_text(g, 0, "_title")) ?
			arena_printf(a, "%s makes revision %" PRId64 " by your comment, and you see what changed.", back,
				     row_int(g, 0, "revision") + 1) :
			arena_printf(a, "%s works again by your comment; what follows it is done again, too.", back),
		.reject = "Reject", .reject_text = ends,
	};
}

static struct words tests_words(struct arena *a, const struct rows *g)
{
	const char *back = row_text(g, 0, "_back");
	return (struct words){
		.explains = "The suite did not pass, or could not be executed, and the run has used up its own tries. "
			"Approving does not turn anything green: it accepts the result as it stands.",
		.hint = "Needed when you ask for changes: say what is wrong, if you know.",
		.approve = "Accept as it is", .approve_text = onwards(a, g, "with these results"),
		.may_change = true,
		.changes_text = arena_printf(a, "%s works again by your comment, then the tests are executed again.", back),
		.reject = "Reject", .reject_text = ends,
	};
}

static struct words failure_words(struct arena *a, const struct rows *g)
{
	const char *title = row_text(g, 0, "_title");
	return (struct words){
		.explains = arena_printf(a, "%s has used up its attempts. Nothing is lost: the run stands still until you decide.",
					 title),
		.hint = "Needed when you try again with advice.",
		.approve = "Try again", .approve_text = "The attempts are counted from zero again.",
		.may_change = true,
		.changes_text = arena_printf(a, "%s tries again, with your comment as advice.", title),
		.reject = "Give up", .reject_text = "The run ends as failed; what was accepted so far stays to be read.",
	};
}

static struct words money_words(struct arena *a, const struct rows *g)
{
	bool budget = streq(row_text(g, 0, "kind"), "budget");
	const char *amount = row_text(g, 0, "_amount"), *cap = row_text(g, 0, "_cap_usd");
	return (struct words){
		.explains = budget ? "Before each call its worst case is held against the cap. The next one does not fit, so "
			"nothing was spent." :
			"A cap applies, and the price of this model is not set, so the call cannot be held against it. "
			"Nothing was spent.",
		.hint = "For the record; it is not needed.",
		.approve = budget ? "Raise the cap" : "Allow unknown prices",
		.approve_text = budget ? (cap && amount ?
			arena_printf(a, "The project’s cap goes from $%s up by $%s, and the run goes on.", cap, amount) :
			"The project’s cap goes up by what is missing, and the run goes on.") :
			"This run may make calls of unknown price; the cap does not hold for them.",
		.reject = "End the run", .reject_text = ends,
	};
}

static void put_words(struct arena *a, struct value *v, const struct rows *g)
{
	const char *kind = row_text(g, 0, "kind");
	struct words w = streq(kind, "review") ? review_words(a, g) : streq(kind, "tests") ? tests_words(a, g) :
			 streq(kind, "failure") ? failure_words(a, g) : money_words(a, g);
	set_text(a, v, "_asks", gate_asks(a, kind, row_text(g, 0, "_title")));
	set_text(a, v, "_explains", w.explains);
	set_text(a, v, "_comment_hint", w.hint);
	set_text(a, v, "_approve_title", w.approve);
	set_text(a, v, "_approve_text", w.approve_text);
	set_bool(a, v, "_may_change", w.may_change);
	set_text(a, v, "_changes_text", w.changes_text);
	set_text(a, v, "_reject_title", w.reject);
	set_text(a, v, "_reject_text", w.reject_text);
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
		return arena_printf(a, "Nothing is left to decide: the run has ended (%s).", row_text(g, 0, "_run_state"));
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
	int64_t run = row_int(g, 0, "run_id"), revision = row_int(g, 0, "revision"), artifact = row_int(g, 0, "_artifact");
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

bool gate_view(struct db *db, struct arena *a, int64_t id, int64_t owner, bool may, struct value **out, struct err *e)
{
	struct rows *g, *history;
	if (!db_maybe(db, a, STMT_GATE_VIEW, P(p_int(id), p_owner(owner)), &g, e))
		return false;
	if (!g)
		return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.", id);
	if (!db_many(db, a, STMT_GATE_HISTORY, P(p_int(row_int(g, 0, "run_id")), p_text(row_text(g, 0, "stage")), p_int(id)),
		     &history, e))
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
		return err_set(e, ERR_NOT_FOUND, "There is no gate %" PRId64 ", or it is not yours to see.", id);
	if (!db_one(db, a, STMT_GATE_DECIDE,
		    P(p_int(id), p_int(d->revision), p_text(d->kind), p_text(d->comment), p_int(account)), &r, e))
		return false;
	int64_t run = row_int(r, 0, "run_id");
	if (!db_one(db, a, STMT_RUN_STATE, P(p_int(run)), &state, e))
		return false;
	*out = value_object(a);
	set_int(a, *out, "decision_id", row_int(r, 0, "decision_id"));
	set_int(a, *out, "run_id", run);
	set_text(a, *out, "run_state", row_text(state, 0, "run_state"));
	return true;
}

bool gate_list(struct db *db, struct arena *a, int64_t owner, const char *url, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_HOME_GATES, P(p_owner(owner), p_text(url)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}
