/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/gate.h"
#include "model/inbox.h"
#include "web/app.h"
#include "web/gate_shown.h"
#include "web/outputs.h"
#include "web/param.h"
#include "web/stage_links.h"

#define COMMENT_MAX 20000
#define LINE_MAX_NO 10000000

static const char *const kinds[] = { "approve", "changes", "reject", "skip", "answer", "comment", NULL };

/* Sentences that stand before a comment, so that nobody has to write them again and again. */
static const struct reason {
	const char *code, *text;
} reasons[] = {
	{ "unclear", "It cannot be tested as it is written: numbers, limits or edge cases are missing." },
	{ "scope", "It holds more than was asked for; leave out what the brief does not say." },
	{ "missing", "Something that the brief asks for is missing." },
	{ "wrong", "It contradicts the brief or itself." },
	{ "risk", "It is not safe enough as it is." },
	{ "cost", "It costs too much for what it brings." },
};
static const char *const reason_codes[] = { "unclear", "scope", "missing", "wrong", "risk", "cost", NULL };

struct decision_form {
	struct decision d;
	const char *reason;
};
static const struct field decision_fields[] = {
	FIELD_ENUM("kind", struct decision_form, d.kind, kinds, REQUIRED, "The decision"),
	FIELD_INT("revision", struct decision_form, d.revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("comment", struct decision_form, d.comment, 0, COMMENT_MAX, MULTILINE, "The comment"),
	FIELD_ENUM("reason", struct decision_form, reason, reason_codes, 0, "The reason"),
	FIELD_BOOL("anyway", struct decision_form, d.anyway, "Approving all the same"),
};

struct reviewer reviewer_of(const struct exchange *x, int64_t gate)
{
	return (struct reviewer){ x->db, x->arena, gate, app_owner(x), x->who.account_id };
}

static const char *query_or(const struct exchange *x, const char *name, const char *otherwise)
{
	const char *given = request_query(x->req, name);
	return given ? given : otherwise;
}

bool gate_look(const struct exchange *x, struct gate_look *look, struct err *e)
{
	*look = (struct gate_look){ .against = query_or(x, "against", "previous"),
				    .split = streq(query_or(x, "diff", ""), "split"),
				    .lines = streq(query_or(x, "view", ""), "lines"),
				    .file = query_or(x, "file", "") };
	if (!query_int(x, "from", 1, LINE_MAX_NO, 1, &look->first, e) ||
	    !query_int(x, "line", 1, LINE_MAX_NO, 0, &look->line, e) ||
	    !query_int(x, "to", 1, LINE_MAX_NO, look->line, &look->line_end, e))
		return false;
	if (look->line_end < look->line)
		look->line_end = look->line;
	return true;
}

static void put_reasons(struct exchange *x, const char *chosen)
{
	struct arena *a = x->arena;
	struct value *list = value_list(a);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		struct value *r = value_object(a);
		set_text(a, r, "code", reasons[i].code);
		set_text(a, r, "text", reasons[i].text);
		set_bool(a, r, "_chosen", streq(chosen, reasons[i].code));
		value_add(a, list, r);
	}
	value_set(a, x->view, "_reasons", list);
}

/* Each way of looking as an address that keeps the others. */
static void put_links(struct exchange *x, int64_t id, const struct gate_look *look)
{
	struct arena *a = x->arena;
	const char *against = look->against, *diff = look->split ? "split" : "unified",
		   *view = look->lines ? "lines" : "read";
	struct buf file;
	buf_init(&file, 4096);
	url_escape(&file, look->file, strlen(look->file));
	const char *path = arena_strdup(a, buf_str(&file));
	buf_release(&file);
	const struct {
		const char *key, *against, *diff, *view, *file, *anchor;
	} ways[] = {
		{ "_to_previous", "previous", diff, view, path, "changes" },
		{ "_to_agent", "agent", diff, view, path, "changes" },
		{ "_to_mine", "mine", diff, view, path, "changes" },
		{ "_to_unified", against, "unified", view, path, "changes" },
		{ "_to_split", against, "split", view, path, "changes" },
		{ "_to_read", against, diff, "read", "", "document" },
		{ "_to_lines", against, diff, "lines", "", "document" },
		{ "_to_this", against, diff, view, path, "document" },
	};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		const char *back = arena_printf(a, "?against=%s&diff=%s&view=%s&file=%s", ways[i].against, ways[i].diff,
						ways[i].view, ways[i].file);
		set_url(a, x->view, ways[i].key,
			app_path(x, arena_printf(a, "/gates/%lld%s#%s", (long long)id, back, ways[i].anchor)));
		if (i + 1 == sizeof(ways) / sizeof(ways[0]))
			set_text(a, x->view, "_back_to", back);
	}
	set_bool(a, x->view, "_view_lines", look->lines);
	struct value *lines = value_get(x->view, "lines");
	const char *here = value_str(value_get(x->view, "_back_to"));
	for (const struct item *l = lines && lines->kind == V_OBJECT ? value_get(lines, "lines")->u.list.first : NULL; l;
	     l = l->next) {
		long long n = (long long)value_get(l->v, "number")->u.i;
		set_url(a, l->v, "_url",
			app_path(x, arena_printf(a, "/gates/%lld%s&line=%lld#L%lld", (long long)id, here, n, n)));
	}
	if (lines && lines->kind == V_OBJECT) {
		static const char *const keys[] = { "_next", "_before" };
		for (size_t i = 0; i < 2; i++)
			set_url(a, lines, arena_printf(a, "%s_url", keys[i]),
				app_path(x, arena_printf(a, "/gates/%lld%s&from=%lld#document", (long long)id, here,
							 (long long)value_get(lines, keys[i])->u.i)));
	}
}

/* From files to their lines, from items to their editing. */
static void put_item_links(struct exchange *x, int64_t id)
{
	struct arena *a = x->arena;
	for (const struct item *l = value_get(x->view, "items")->u.list.first; l; l = l->next) {
		const char *list = value_str(value_get(l->v, "list"));
		/* Files come with their content, which only agents write anew. */
		if (!streq(list, "files"))
			set_url(a, l->v, "_add",
				app_path(x, arena_printf(a, "/gates/%lld/edit?at=/%s/-", (long long)id, list)));
		for (const struct item *i = value_get(l->v, "items")->u.list.first; i; i = i->next)
			set_url(a, i->v, "_edit",
				app_path(x, arena_printf(a, "/gates/%lld/edit?at=/%s/%lld", (long long)id,
							 value_str(value_get(l->v, "list")),
							 (long long)value_get(i->v, "at")->u.i)));
	}
	struct value *stage = value_get(x->view, "stage_view");
	for (const struct item *f = value_get(stage, "files")->u.list.first; f; f = f->next) {
		struct buf path;
		buf_init(&path, 4096);
		const char *name = value_str(value_get(f->v, "path"));
		url_escape(&path, name, strlen(name));
		set_url(a, f->v, "_lines",
			app_path(x, arena_printf(a, "/gates/%lld?view=lines&file=%s#document", (long long)id,
						 buf_str(&path))));
		buf_release(&path);
	}
}

bool gate_shown(struct exchange *x, int64_t id, const struct gate_look *look, struct err *e)
{
	const struct reviewer me = reviewer_of(x, id);
	struct gate_look asked;
	struct value *said;
	if (!look && !gate_look(x, &asked, e))
		return false;
	look = look ? look : &asked;
	if (!gate_view(x->db, x->arena, id, app_owner(x), x->who.account_id, &x->view, e))
		return false;
	const struct output_form *form = outputs_of(app_of(x)->outputs, value_str(value_get(x->view, "_agent")));
	if (!review_put(&me, x->view, form ? form->lists : NULL, form ? form->list_count : 0, look, e))
		return false;
	if (!people_said(x->db, x->arena, x->who.account_id, value_get(x->view, "run_id")->u.i, &said, e))
		return false;
	value_set(x->arena, x->view, "_said", said);
	set_bool(x->arena, x->view, "_any_said", value_count(said) > 0);
	set_bool(x->arena, x->view, "_can_reply", x->who.role >= ROLE_SUBMITTER);
	x->template_ = "gate";
	stage_links(x, value_get(x->view, "stage_view"));
	put_reasons(x, NULL);
	put_links(x, id, look);
	put_item_links(x, id);
	bool review = streq(value_str(value_get(x->view, "kind")), "review") ||
		      streq(value_str(value_get(x->view, "kind")), "conflict");
	bool open = streq(value_str(value_get(x->view, "state")), "open");
	set_bool(x->arena, x->view, "_can_say", open && x->who.role >= ROLE_SUBMITTER);
	set_bool(x->arena, x->view, "_can_settle", x->who.role >= ROLE_SUBMITTER);
	set_bool(x->arena, x->view, "_can_edit",
		 review && form && value_get(x->view, "can_decide")->u.b && value_get(x->view, "_has_output")->u.b &&
			 value_get(x->view, "tests")->kind == V_NULL);
	app_title(x,
		  arena_printf(x->arena, "%s, %s", value_str(value_get(x->view, "_asks")),
			       value_str(value_get(x->view, "name"))),
		  "projects");
	return true;
}

bool page_gate(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && gate_shown(x, id, NULL, e);
}

bool gate_refused(struct exchange *x, int64_t id, const struct gate_look *look, const char *which,
		  struct value *problems, struct err *e)
{
	struct arena *a = x->arena;
	struct err ignored = { 0 };
	if (request_wants_json(x->req) || (e->class != ERR_CONFLICT && e->class != ERR_INVALID && e->class != ERR_FORBIDDEN) ||
	    !gate_shown(x, id, look, &ignored)) {
		x->problems = problems;
		return false;
	}
	struct value *typed = problems ? value_get(problems, "typed") : value_object(a);
	if (!problems)
		problems = value_object(a);
	value_set(a, problems, "typed", typed);
	set_text(a, problems, "error", arena_strdup(a, e->msg));
	set_bool(a, problems, "changed", e->class == ERR_CONFLICT);
	set_bool(a, problems, arena_printf(a, "_%s_refused", which), e->class != ERR_CONFLICT);
	x->problems = problems;
	return false;
}

/* "_back" is our own, but comes from outside: only as what follows a gate's address. */
static const char *back_of(const struct exchange *x)
{
	const char *back = request_form(x->req, "_back");
	if (!back || back[0] != '?' || strlen(back) > 1000)
		return "";
	for (const char *p = back; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '#' || *p == '"' || *p == '\\')
			return "";
	return back;
}

bool gate_done(struct exchange *x, int64_t id, const char *anchor, struct err *e)
{
	if (request_wants_json(x->req))
		return gate_shown(x, id, NULL, e);
	return app_redirect(x, arena_printf(x->arena, "/gates/%lld%s#%s", (long long)id, back_of(x), anchor));
}

/* The words of a chosen reason come first. */
static void put_reason(struct exchange *x, struct decision_form *f)
{
	for (size_t i = 0; f->reason && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (streq(f->reason, reasons[i].code))
			f->d.comment = arena_printf(x->arena, "%s%s%s", reasons[i].text, *f->d.comment ? "\n\n" : "",
						    f->d.comment);
}

static bool decision_refused(struct exchange *x, int64_t id, struct value *problems, const struct decision_form *f,
			     const char *comment, struct err *e)
{
	struct arena *a = x->arena;
	bool read = f->d.kind != NULL;
	gate_refused(x, id, NULL, "decide", problems, e);
	struct value *typed = x->problems ? value_get(x->problems, "typed") : NULL;
	if (!typed || request_wants_json(x->req) || !x->view)
		return false;
	if (read)
		set_text(a, typed, "comment", comment);
	/* Choosing again is asked for when the world has changed. */
	if (e->class == ERR_INVALID && value_get(typed, "kind"))
		set_bool(a, typed, arena_printf(a, "_%s", value_str(value_get(typed, "kind"))), true);
	put_reasons(x, f->reason);
	return false;
}

bool gate_decide(struct exchange *x, struct err *e)
{
	struct decision_form f = { .d = { .comment = "" } };
	struct value *problems = NULL, *decided;
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!form_read(x, decision_fields, sizeof(decision_fields) / sizeof(decision_fields[0]), &f, &problems,
		       e))
		return decision_refused(x, id, problems, &f, f.d.comment, e);
	const char *comment = f.d.comment;
	put_reason(x, &f);
	if (!gate_decide_by(x->db, x->arena, id, app_owner(x), x->who.account_id, &f.d, &decided, e)) {
		if (request_wants_json(x->req))
			return false;
		return decision_refused(x, id, problems, &f, comment, e);
	}
	if (!request_wants_json(x->req)) {
		long long run = (long long)value_get(decided, "run_id")->u.i;
		bool open = value_get(decided, "open")->u.b;
		return app_redirect(x, open ? arena_printf(x->arena, "/gates/%lld", (long long)id) :
					      arena_printf(x->arena, "/runs/%lld", run));
	}
	x->view = decided;
	return true;
}

static const struct field review_fields[] = {
	FIELD_INT("revision", struct decision, revision, 0, INT32_MAX, REQUIRED, "The revision"),
	FIELD_TEXT("comment", struct decision, comment, 0, COMMENT_MAX, MULTILINE, "The comment"),
};

bool gate_review(struct exchange *x, struct err *e)
{
	struct decision d = { .kind = "comment", .comment = "" };
	struct value *problems = NULL, *sent;
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!form_read(x, review_fields, sizeof(review_fields) / sizeof(review_fields[0]), &d, &problems, e) ||
	    !gate_decide_by(x->db, x->arena, id, app_owner(x), x->who.account_id, &d, &sent, e))
		return gate_refused(x, id, NULL, "decide", problems, e);
	return gate_done(x, id, "comments", e);
}

bool api_gates(struct exchange *x, struct err *e)
{
	struct value *list;
	if (!gate_list(x->db, x->arena, app_owner(x), x->who.account_id, x->cfg->public_url, &list, e))
		return false;
	x->view = value_object(x->arena);
	value_set(x->arena, x->view, "gates", list);
	return true;
}
