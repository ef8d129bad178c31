/* SPDX-License-Identifier: MIT */
/*
 * Links to decisions, from mails. Opening one shows what is to be decided and uses nothing up, so a scanner of
 * mails changes nothing; who is not signed in is asked to, on the link's own page: the token stands in no
 * other address, and the page sends no Referer that has it. Only the person whom it was sent to gets further.
 */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "model/gate.h"
#include "model/link.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/param.h"
#include "web/stage_links.h"

#define COMMENT_MAX 20000

/* The role on a gate is asked for by a row whose path names one; ours names a token. */
static const struct route gate_row = { GET, "/gates/:gate", NULL, ROLE_VIEWER, NULL };

static const char *const kinds[] = { "approve", "changes", "reject", "skip", "answer", NULL };
static const struct field fields[] = {
	FIELD_ENUM("kind", struct decision, kind, kinds, REQUIRED, "The decision"),
	FIELD_TEXT("comment", struct decision, comment, 0, COMMENT_MAX, MULTILINE, "The comment"),
};

static void keep_to_ourselves(struct exchange *x)
{
	response_constant(x->arena, x->res, "Referrer-Policy", "strict-origin");
}

static bool ask_to_sign_in(struct exchange *x)
{
	app_title(x, "Sign in to decide", NULL);
	x->view = value_object(x->arena);
	x->template_ = "sign_in";
	set_text(x->arena, x->view, "next", arena_printf(x->arena, "/decide/%s", x->params[0]));
	return true;
}

/* What the link lets decide, as the person sees it now. */
static bool show(struct exchange *x, const char *token, struct err *e)
{
	struct arena *a = x->arena;
	struct decision_link l;
	if (!link_look(x->db, a, token, x->who.account_id, &l, e))
		return false;
	if (!l.mine)
		return err_set(e, ERR_FORBIDDEN,
			       "This link was sent to somebody else. Sign in as the person whom it was sent to.");
	x->params[0] = arena_printf(a, "%lld", (long long)l.gate);
	if (!auth_place(x, &gate_row, e))
		return false;
	if (!gate_view(x->db, a, l.gate, app_owner(x), x->who.account_id, &x->view, e))
		return false;
	x->template_ = "decide";
	stage_links(x, value_get(x->view, "stage_view"));
	const char *stale = link_stale(a, &l);
	if (stale) {
		set_bool(a, x->view, "can_decide", false);
		set_text(a, x->view, "why_not", stale);
	}
	set_text(a, x->view, "expires_at", l.expires_at);
	set_int(a, x->view, "link_revision", l.revision);
	set_url(a, x->view, "_action", app_path(x, arena_printf(a, "/decide/%s", token)));
	app_title(x,
		  arena_printf(a, "%s, %s", value_str(value_get(x->view, "_asks")),
			       value_str(value_get(x->view, "name"))),
		  "projects");
	/* A script would load the page's address again; and the theme's form would post it. */
	set_text(a, x->page, "path", arena_printf(a, "/gates/%lld", (long long)l.gate));
	return true;
}

bool page_decide(struct exchange *x, struct err *e)
{
	keep_to_ourselves(x);
	if (!auth_identify(x, e))
		return false;
	return x->who.account_id ? show(x, x->params[0], e) : ask_to_sign_in(x);
}

/* The page again, as things are now, with what was typed and why it was not taken. */
static bool show_again(struct exchange *x, const char *token, struct value *problems, const struct decision *d,
		       struct err *e)
{
	struct arena *a = x->arena;
	struct err ignored = { 0 };
	if (!request_wants_json(x->req) && (e->class == ERR_CONFLICT || e->class == ERR_INVALID) &&
	    show(x, token, &ignored)) {
		if (!problems) {
			struct value *typed = value_object(a);
			problems = value_object(a);
			set_text(a, typed, "comment", d->comment);
			value_set(a, problems, "typed", typed);
		}
		set_text(a, problems, "error", arena_strdup(a, e->msg));
		set_bool(a, problems, "changed", e->class == ERR_CONFLICT);
	}
	x->problems = problems;
	return false;
}

bool link_decision(struct exchange *x, struct err *e)
{
	struct decision d = { .comment = "" };
	struct value *problems = NULL, *decided;
	const char *token = x->params[0];
	keep_to_ourselves(x);
	if (!form_read(x, fields, sizeof(fields) / sizeof(fields[0]), &d, &problems, e) ||
	    !link_decide(x->db, x->arena, token, x->who.account_id, &d, &decided, e))
		return show_again(x, token, problems, &d, e);
	if (!request_wants_json(x->req)) {
		long long run = (long long)value_get(decided, "run_id")->u.i;
		return app_redirect(x, arena_printf(x->arena, "/runs/%lld", run));
	}
	x->view = decided;
	return true;
}
