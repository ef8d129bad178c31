/* SPDX-License-Identifier: MIT */
/* What is done about one's turns as such: approving several, giving one away, being away. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/gate.h"
#include "model/inbox.h"
#include "web/app.h"
#include "web/handlers.h"

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

/* ---- approving several ---- */

#define TICKS_MAX 100

struct tick {
	int64_t gate, revision;
};
struct ticks {
	struct tick list[TICKS_MAX];
	size_t count;
	const char *comment;
};

static bool tick_add(struct ticks *t, int64_t gate, int64_t revision, struct err *e)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].gate == gate)
			return err_set(e, ERR_INVALID, "The gate %" PRId64 " was named twice.", gate);
	if (t->count == TICKS_MAX)
		return err_set(e, ERR_INVALID, "At most %d can be approved at once.", TICKS_MAX);
	t->list[t->count++] = (struct tick){ gate, revision };
	return true;
}

/* Of a form: a field gate-ID for each box, whose value is the revision that was shown. */
static bool ticks_of_form(const struct exchange *x, struct ticks *t, struct err *e)
{
	for (size_t i = 0; i < x->req->form_count; i++) {
		const struct field_value *f = &x->req->form[i];
		int64_t gate, revision;
		if (f->name[0] == '_')
			continue;
		if (streq(f->name, "comment")) {
			t->comment = f->value;
			continue;
		}
		if (strncmp(f->name, "gate-", 5) != 0 || !parse_i64(f->name + 5, 1, INT64_MAX, &gate) ||
		    !parse_i64(f->value, 0, INT32_MAX, &revision))
			return err_set(e, ERR_INVALID, "A field is gate-ID with the revision that was shown, or comment.");
		if (!tick_add(t, gate, revision, e))
			return false;
	}
	return true;
}

static bool ticks_of_json(const struct exchange *x, struct ticks *t, struct err *e)
{
	struct json_object *list = json_get_array(x->req->json, "gates");
	t->comment = json_get_str(x->req->json, "comment", "");
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		int64_t gate = json_object_is_type(one, json_type_object) ? json_get_int(one, "id", 0) : 0;
		int64_t revision = gate > 0 ? json_get_int(one, "revision", -1) : -1;
		if (revision < 0 || revision > INT32_MAX)
			return err_set(e, ERR_INVALID, "\"gates\" is a list of {\"id\", \"revision\"}.");
		if (!tick_add(t, gate, revision, e))
			return false;
	}
	return true;
}

static bool ticks_read(const struct exchange *x, struct ticks *t, struct err *e)
{
	t->comment = "";
	if (x->req->json && !json_object_is_type(x->req->json, json_type_object))
		return err_set(e, ERR_INVALID, "The body must be a JSON object.");
	if (x->req->json ? !ticks_of_json(x, t, e) : !ticks_of_form(x, t, e))
		return false;
	if (!t->count)
		return err_set(e, ERR_INVALID, "Nothing was ticked: tick what you want to approve.");
	return utf8_length(t->comment, strlen(t->comment)) <= 20000 ||
	       err_set(e, ERR_INVALID, "The comment has more than 20000 characters.");
}

/* What is named is found before it is decided: afterwards it may not be this person's to see. */
static struct value *result_of(struct exchange *x, const struct tick *t)
{
	struct arena *a = x->arena;
	struct value *v = value_object(a), *g;
	struct err ignored = { 0 };
	bool seen = gate_brief(x->db, a, t->gate, app_owner(x), x->who.account_id, x->cfg->public_url, &g, &ignored);
	set_int(a, v, "id", t->gate);
	set_int(a, v, "revision", t->revision);
	value_set(a, v, "name", seen ? value_get(g, "name") : value_null(a));
	value_set(a, v, "stage", seen ? value_get(g, "stage") : value_null(a));
	value_set(a, v, "_title", seen ? value_get(g, "_title") : value_null(a));
	set_text(a, v, "url", arena_printf(a, "%s/gates/%" PRId64, x->cfg->public_url, t->gate));
	return v;
}

/* "approved", "voted" or "refused", and the sentence about it. */
static const char *approve_one(struct exchange *x, const struct tick *t, const char *comment, const char **detail)
{
	const struct decision d = { .kind = "approve", .revision = t->revision, .comment = comment };
	struct arena *a = x->arena;
	struct value *decided;
	struct err why = { 0 };
	if (!gate_decide_by(x->db, a, t->gate, app_owner(x), x->who.account_id, &d, &decided, &why)) {
		*detail = arena_strdup(a, why.msg);
		return "refused";
	}
	if (!value_get(decided, "open")->u.b) {
		*detail = "The run goes on.";
		return "approved";
	}
	*detail = arena_printf(a, "%" PRId64 " of %" PRId64 " approvals: it takes others, too.",
			       value_get(decided, "votes")->u.i, value_get(decided, "quorum")->u.i);
	return "voted";
}

/* The route lets in everybody who is signed in, because each gate says itself who decides there. */
static bool script_decides(const struct exchange *x, struct err *e)
{
	return !x->who.by_token || (x->who.scopes & SCOPE_DECIDE) ||
	       err_set(e, ERR_FORBIDDEN, "This token is not good for that; make one with the scope \"decide\".");
}

bool inbox_approve(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	struct ticks *t = arena_alloc(a, sizeof(*t));
	struct value *results = value_list(a), *v = value_object(a);
	int64_t approved = 0, voted = 0, refused = 0;
	*t = (struct ticks){ 0 };
	if (!script_decides(x, e) || !ticks_read(x, t, e))
		return false;
	for (size_t i = 0; i < t->count; i++) {
		const char *detail;
		struct value *one = result_of(x, &t->list[i]);
		const char *outcome = approve_one(x, &t->list[i], t->comment, &detail);
		approved += streq(outcome, "approved");
		voted += streq(outcome, "voted");
		refused += streq(outcome, "refused");
		set_text(a, one, "outcome", outcome);
		set_text(a, one, "detail", detail);
		set_bool(a, one, "_refused", streq(outcome, "refused"));
		value_add(a, results, one);
	}
	value_set(a, v, "results", results);
	set_int(a, v, "approved", approved);
	set_int(a, v, "voted", voted);
	set_int(a, v, "refused", refused);
	x->view = v;
	x->template_ = "approved";
	app_title(x, "Approved together", "inbox");
	return true;
}

/* ---- giving one away ---- */

struct gift {
	const char *to, *word;
};
static const struct field gift_fields[] = {
	FIELD_TEXT("to", struct gift, to, 1, 64, REQUIRED, "The name"),
	FIELD_TEXT("word", struct gift, word, 0, 2000, MULTILINE, "The word"),
};

static bool show_give(struct exchange *x, int64_t id, struct err *e)
{
	struct value *g;
	if (!gate_brief(x->db, x->arena, id, app_owner(x), x->who.account_id, x->cfg->public_url, &g, e))
		return false;
	x->view = g;
	x->template_ = "give";
	app_title(x, arena_printf(x->arena, "Give away, %s", value_str(value_get(g, "name"))), "inbox");
	return true;
}

bool page_give(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && show_give(x, id, e);
}

static bool given_view(struct exchange *x, int64_t id, const char *assignee)
{
	x->view = value_object(x->arena);
	set_int(x->arena, x->view, "gate_id", id);
	set_text(x->arena, x->view, "assignee", assignee);
	return true;
}

/* Only of a gate that can be seen. */
static bool gate_seen(struct exchange *x, int64_t *id, struct err *e)
{
	struct value *ignored;
	return route_id(x, 0, id, e) &&
	       gate_brief(x->db, x->arena, *id, app_owner(x), x->who.account_id, x->cfg->public_url, &ignored, e);
}

bool gate_give(struct exchange *x, struct err *e)
{
	struct gift g = { .word = "" };
	struct err ignored = { 0 };
	int64_t id;
	if (!gate_seen(x, &id, e))
		return false;
	bool read = form_read(x, gift_fields, COUNT_OF(gift_fields), &g, &x->problems, e);
	if (read && gate_give_to(x->db, id, x->who.account_id, g.to, g.word, e)) {
		x->problems = NULL;
		return request_wants_json(x->req) ? given_view(x, id, g.to) : app_redirect(x, "/inbox?done=given");
	}
	if (read && e->class == ERR_INVALID)
		form_problem(x, &x->problems, "to", e->msg);
	else if (read && e->class != ERR_CONFLICT)
		x->problems = NULL;
	if (x->problems && !request_wants_json(x->req) && !show_give(x, id, &ignored))
		x->problems = NULL;
	return false;
}

bool gate_take_back(struct exchange *x, struct err *e)
{
	int64_t id;
	if (!gate_seen(x, &id, e) || !gate_taken_back(x->db, id, x->who.account_id, e))
		return false;
	return request_wants_json(x->req) ? given_view(x, id, NULL) : app_redirect(x, "/inbox?done=back");
}

/* ---- being away ---- */

struct absence {
	const char *from, *until, *stand_in;
};
static const struct field absence_fields[] = {
	FIELD_TEXT("from", struct absence, from, 1, 20, REQUIRED, "The first day"),
	FIELD_TEXT("until", struct absence, until, 1, 20, REQUIRED, "The last day"),
	FIELD_TEXT("stand_in", struct absence, stand_in, 0, 64, 0, "The name"),
};

static bool show_away(struct exchange *x, struct err *e)
{
	if (!away_shown(x->db, x->arena, x->who.account_id, &x->view, e))
		return false;
	x->template_ = "away";
	app_title(x, "Out of office", "inbox");
	return true;
}

bool page_away(struct exchange *x, struct err *e)
{
	return show_away(x, e);
}

bool away_begin(struct exchange *x, struct err *e)
{
	struct absence f = { .stand_in = "" };
	struct err ignored = { 0 };
	const char *field = NULL;
	bool read = form_read(x, absence_fields, COUNT_OF(absence_fields), &f, &x->problems, e);
	if (read && away_say(x->db, x->arena, x->who.account_id, x->who.name, f.from, f.until, f.stand_in, &field, e)) {
		x->problems = NULL;
		return request_wants_json(x->req) ? show_away(x, e) : app_redirect(x, "/inbox?done=away");
	}
	if (field)
		form_problem(x, &x->problems, field, e->msg);
	if (e->class != ERR_INVALID || (!request_wants_json(x->req) && !show_away(x, &ignored)))
		x->problems = NULL;
	return false;
}

bool away_end(struct exchange *x, struct err *e)
{
	if (!away_over(x->db, x->who.account_id, e))
		return false;
	return request_wants_json(x->req) ? show_away(x, e) : app_redirect(x, "/inbox?done=here");
}
