/* SPDX-License-Identifier: MIT */
/* The inbox: whose turn it is, and answers in place. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/inbox.h"
#include "model/message.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

#define LIMIT 50
#define LIMIT_MAX 100

struct choice {
	const char *name, *text;
};
static const struct choice kinds[] = {
	{ "review", "Reviews" },     { "tests", "Tests" },	   { "question", "Questions" },
	{ "conflict", "Conflicts" }, { "failure", "Failed stages" }, { "budget", "Spend caps" },
	{ "price", "Unknown prices" },
};
static const struct choice whys[] = {
	{ "assigned", "Given to me" }, { "owner", "I own it" }, { "member", "My role in the project" },
	{ "site", "My role" },	       { "stand-in", "In somebody’s place" },
};
static const struct choice watch_whys[] = {
	{ "given", "I gave it away" }, { "voted", "I approved" }, { "author", "I wrote it" }, { "others", "Others" },
};
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static const char *given(const struct exchange *x, const char *name)
{
	const char *v = request_query(x->req, name);
	return v && *v ? v : NULL;
}

static bool filter_read(struct exchange *x, struct inbox_filter *f, struct err *e)
{
	const char *list = given(x, "list"), *sort = given(x, "sort"), *limit = given(x, "limit"),
		   *project = given(x, "project");
	*f = (struct inbox_filter){ .account = x->who.account_id, .sees_all = app_owner(x) == 0,
				    .watch = streq(list, "others"), .by_cost = streq(sort, "cost"),
				    .kind = given(x, "kind"), .why = given(x, "why"), .after = given(x, "after"),
				    .limit = LIMIT };
	if (list && !f->watch && !streq(list, "mine"))
		return err_set(e, ERR_INVALID, "\"list\" is mine or others.");
	if (sort && !f->by_cost && !streq(sort, "waiting"))
		return err_set(e, ERR_INVALID, "\"sort\" is waiting or cost.");
	if (f->kind && !inbox_kind(f->kind))
		return err_set(e, ERR_INVALID, "\"kind\" is one of review, tests, failure, budget, price, conflict, question.");
	if (f->why && !inbox_why(f->why, f->watch))
		return err_set(e, ERR_INVALID, f->watch ? "\"why\" is one of given, voted, author, others." :
					       "\"why\" is one of assigned, owner, member, site, stand-in.");
	if (project && !parse_i64(project, 1, INT64_MAX, &f->project))
		return err_set(e, ERR_INVALID, "\"project\" is the number of a project.");
	if (limit && !parse_i64(limit, 1, LIMIT_MAX, &f->limit))
		return err_set(e, ERR_INVALID, "\"limit\" is a number from 1 to %d.", LIMIT_MAX);
	return true;
}

/* ---- the page ---- */

static void add_choices(struct arena *a, struct value *view, const char *key, const struct choice *list, size_t n,
			const char *chosen)
{
	struct value *out = value_list(a);
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(a);
		set_text(a, v, "name", list[i].name);
		set_text(a, v, "text", list[i].text);
		set_bool(a, v, "selected", streq(list[i].name, chosen));
		value_add(a, out, v);
	}
	value_set(a, view, key, out);
}

static void mark_project(struct arena *a, struct value *view, int64_t chosen)
{
	struct value *rows = value_get(view, "_projects"), *out = value_list(a);
	for (size_t i = 0; i < value_count(rows); i++) {
		struct value *v = value_at(a, rows, i);
		set_bool(a, v, "selected", value_get(v, "id")->u.i == chosen);
		value_add(a, out, v);
	}
	value_set(a, view, "_projects", out);
}

/* The filters as they stand in an address; with `after`, of the next page. */
static const char *query_of(struct exchange *x, const struct inbox_filter *f, const char *after)
{
	const char *q = arena_printf(x->arena, "list=%s&sort=%s", f->watch ? "others" : "mine",
				     f->by_cost ? "cost" : "waiting");
	if (f->kind)
		q = arena_printf(x->arena, "%s&kind=%s", q, f->kind);
	if (f->why)
		q = arena_printf(x->arena, "%s&why=%s", q, f->why);
	if (f->project)
		q = arena_printf(x->arena, "%s&project=%" PRId64, q, f->project);
	if (f->limit != LIMIT)
		q = arena_printf(x->arena, "%s&limit=%" PRId64, q, f->limit);
	return after ? arena_printf(x->arena, "%s&after=%s", q, after) : q;
}

static void show_filter(struct exchange *x, const struct inbox_filter *f, const char *next)
{
	struct arena *a = x->arena;
	struct value *v = x->view;
	add_choices(a, v, "_kinds", kinds, COUNT_OF(kinds), f->kind);
	if (f->watch)
		add_choices(a, v, "_whys", watch_whys, COUNT_OF(watch_whys), f->why);
	else
		add_choices(a, v, "_whys", whys, COUNT_OF(whys), f->why);
	mark_project(a, v, f->project);
	set_bool(a, v, "_watch", f->watch);
	set_bool(a, v, "_by_cost", f->by_cost);
	set_bool(a, v, "_filtered", f->kind || f->why || f->project || f->after);
	set_text(a, v, "_list", f->watch ? "others" : "mine");
	if (!next)
		return;
	const char *query = query_of(x, f, next);
	set_url(a, v, "_next_url", app_path(x, arena_printf(a, "/inbox?%s", query)));
	response_header(a, x->res, "Link",
			arena_printf(a, "<%s?%s>; rel=\"next\"", app_url(x, x->req->path), query));
}

static const char *done_note(const char *key)
{
	static const struct choice notes[] = {
		{ "given", "It was given away. You can take it back while it is open." },
		{ "back", "You have taken it back." },
		{ "answered", "Your answer is on its way to the agent." },
		{ "aside", "The message is put aside." },
		{ "away", "Others now know that you are away." },
		{ "here", "You are back: nobody stands in for you." },
	};
	for (size_t i = 0; key && i < COUNT_OF(notes); i++)
		if (streq(key, notes[i].name))
			return notes[i].text;
	return NULL;
}

static bool show(struct exchange *x, const struct inbox_filter *f, struct err *e)
{
	struct arena *a = x->arena;
	struct value *list, *v = value_object(a);
	const char *next;
	if (!inbox_list(x->db, a, f, x->cfg->public_url, &list, &next, e))
		return false;
	set_text(a, v, "list", f->watch ? "others" : "mine");
	value_set(a, v, "turns", list);
	set_text(a, v, "next", next);
	if (!inbox_beside(x->db, a, v, f->account, f->sees_all, e))
		return false;
	x->view = v;
	set_bool(a, v, "_can_reply", true);
	set_bool(a, v, "_ticks", !f->watch && value_count(list) > 0);
	set_text(a, v, "_done", done_note(given(x, "done")));
	show_filter(x, f, next);
	x->template_ = streq(given(x, "fragment"), "1") ? "inbox_live" : "inbox";
	app_title(x, "Inbox", "inbox");
	return true;
}

bool page_inbox(struct exchange *x, struct err *e)
{
	struct inbox_filter f;
	return filter_read(x, &f, e) && show(x, &f, e);
}

static bool show_plain(struct exchange *x, struct err *e)
{
	const struct inbox_filter f = { .account = x->who.account_id, .sees_all = app_owner(x) == 0, .limit = LIMIT };
	return show(x, &f, e);
}

/* Back to the inbox, which says what was done; programs get the view. */
static bool done(struct exchange *x, const char *what, struct err *e)
{
	if (request_wants_json(x->req))
		return show_plain(x, e);
	return app_redirect(x, arena_printf(x->arena, "/inbox?done=%s", what));
}

/* ---- answers in place ---- */

struct reply {
	int64_t message;
	const char *text;
};
static const struct field reply_fields[] = {
	FIELD_INT("message", struct reply, message, 1, INT64_MAX, REQUIRED, "The message"),
	FIELD_TEXT("text", struct reply, text, 1, 20000, REQUIRED | MULTILINE, "The answer"),
};

/* The row, or message, that was answered gets the words back. */
static void keep_words(struct arena *a, struct value *list, const char *key, int64_t message, const char *text)
{
	for (struct item *it = list->u.list.first; it; it = it->next) {
		struct value *id = value_get(it->v, key);
		if (id && id->kind == V_INT && id->u.i == message)
			set_text(a, it->v, "_typed", text);
	}
}

static bool refused(struct exchange *x, const struct reply *r, struct err *e)
{
	struct arena *a = x->arena;
	struct err ignored = { 0 };
	struct value *problems = x->problems;
	const char *text = problems ? value_str(value_get(value_get(problems, "typed"), "text")) : r->text;
	if (request_wants_json(x->req) || (e->class != ERR_INVALID && e->class != ERR_CONFLICT))
		return false;
	if (!show_plain(x, &ignored))
		return false;
	keep_words(a, value_get(x->view, "turns"), "message", r->message, text);
	keep_words(a, value_get(x->view, "messages"), "id", r->message, text);
	if (!problems)
		form_problem(x, &problems, "text", e->msg);
	set_text(a, problems, "_kept", text);
	x->problems = problems;
	return false;
}

bool inbox_reply(struct exchange *x, struct err *e)
{
	struct reply r = { 0 };
	int64_t run;
	if (!route_id(x, 0, &run, e))
		return false;
	if (!form_read(x, reply_fields, COUNT_OF(reply_fields), &r, &x->problems, e))
		return refused(x, &r, e);
	x->problems = NULL;
	struct saying s = { .text = r.text, .reply_to = r.message, .answers_only = !may_decide(x) };
	if (!message_say(x->db, x->arena, run, app_owner(x), x->who.account_id, &s, e))
		return refused(x, &r, e);
	return done(x, "answered", e);
}

bool inbox_aside(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && message_aside(x->db, id, x->who.account_id, e) && done(x, "aside", e);
}
