/* SPDX-License-Identifier: MIT */
#include "model/project.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/html.h"
#include "base/value.h"
#include "db/db.h"
#include "model/account.h"
#include "model/budget.h"
#include "model/gate.h"
#include "model/inbox.h"
#include "model/owner.h"

#define HOME_TURNS 5
#define LIST(f, h) P(p_int((f)->before), p_int((f)->limit + 1), p_bytes((h).b, sizeof((h).b)), \
		     p_int((f)->idle_minutes))

void project_list_ahead(struct db *db, const struct project_filter *f)
{
	if (f->state || f->q || !token_shaped(f->token))
		return;
	struct token_hash h = token_hash(f->token);
	db_ahead(db, STMT_PROJECT_LIST, LIST(f, h));
}

bool project_list(struct db *db, struct arena *a, const struct project_filter *f, struct value **out,
		  int64_t *next, struct err *e)
{
	struct rows *r;
	if (f->state || f->q) {
		if (!db_many(db, a, STMT_PROJECT_SEARCH,
			     P(p_int(f->before), p_int(f->limit + 1), p_owner(f->owner), p_text(f->state),
			       p_text(f->q)), &r, e))
			return false;
	} else if (f->owner) {
		if (!db_many(db, a, STMT_PROJECT_LIST_OWN,
			     P(p_int(f->before), p_int(f->limit + 1), p_int(f->owner)), &r, e))
			return false;
	} else {
		struct token_hash h = token_hash(f->token);
		if (!db_many(db, a, STMT_PROJECT_LIST, LIST(f, h), &r, e))
			return false;
	}
	*next = 0;
	if ((int64_t)rows_count(r) > f->limit) {
		rows_keep(r, (size_t)f->limit);
		*next = row_int(r, (size_t)f->limit - 1, "id");
	}
	*out = rows_value(a, r);
	return true;
}

static bool no_project(int64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "There is no project %" PRId64 ", or it is not yours to see.", id);
}

bool project_get(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out, struct err *e)
{
	struct rows *r, *runs;
	if (!db_maybe(db, a, STMT_PROJECT_GET, P(p_int(id), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return no_project(id, e);
	if (!db_many(db, a, STMT_PROJECT_RUNS, P(p_int(id)), &runs, e))
		return false;
	struct str brief = row_bytes(r, 0, "brief");
	*out = row_object(a, r, 0);
	value_set(a, *out, "runs", rows_value(a, runs));
	value_set(a, *out, "_brief_html", markdown_html(a, brief.s, brief.len));
	return true;
}

bool project_submit(struct db *db, struct arena *a, int64_t account, const struct submission *s,
		    int64_t *id, int64_t *run_id, bool *created, struct err *e)
{
	struct rows *r;
	if (!db_one(db, a, STMT_PROJECT_SUBMIT,
		    P(p_int(account), p_text(s->name), p_text(s->brief), p_text(s->stack), p_text(s->workflow),
		      p_text(micro_text(a, s->cap_micro)), p_text(s->key), p_int(s->priority)), &r, e))
		return false;
	*id = row_int(r, 0, "id");
	*run_id = row_int(r, 0, "run_id");
	*created = row_bool(r, 0, "created");
	return true;
}

bool project_cap(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, int64_t cap_micro,
		 struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_PROJECT_SEEN, P(p_int(id), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return no_project(id, e);
	return db_exec(db, STMT_BUDGET_SET,
		       P(p_text("4-project"), p_int(id), p_text(micro_text(a, cap_micro)), p_int(account)), e);
}

bool workflow_choices(struct db *db, struct arena *a, const char *chosen, struct value **out, struct err *e)
{
	struct rows *r;
	if (!db_many(db, a, STMT_WORKFLOW_CHOICES, P(p_text(chosen)), &r, e))
		return false;
	*out = rows_value(a, r);
	return true;
}

bool home_view(struct db *db, struct arena *a, int64_t owner, int64_t account, const char *url,
	       struct value **out, struct err *e)
{
	const struct inbox_filter mine = { .account = account, .limit = HOME_TURNS };
	struct rows *running, *recent, *spent, *tokens;
	struct value *v = value_object(a), *turns;
	const char *more;
	if (!inbox_list(db, a, &mine, url, &turns, &more, e) ||
	    !db_many(db, a, STMT_HOME_RUNNING, P(p_owner(owner)), &running, e) ||
	    !db_many(db, a, STMT_HOME_RECENT, P(p_owner(owner)), &recent, e) ||
	    !db_one(db, a, STMT_TOKENS_TODAY, P(p_owner(owner)), &tokens, e) ||
	    !db_one(db, a, STMT_SPENT_TODAY, P(p_owner(owner)), &spent, e))
		return false;
	value_set(a, v, "your_turn", turns);
	set_bool(a, v, "_more_turns", more != NULL);
	value_set(a, v, "running", rows_value(a, running));
	value_set(a, v, "recent", rows_value(a, recent));
	set_int(a, v, "tokens_today", row_int(tokens, 0, "tokens"));
	set_text(a, v, "_tokens", row_text(tokens, 0, "_tokens"));
	value_set(a, v, "spent_today_usd", value_number(a, row_text(spent, 0, "usd")));
	*out = v;
	return true;
}
