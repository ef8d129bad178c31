/* SPDX-License-Identifier: MIT */
/* A person's own account: tokens, password, signed-in browsers. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/account.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/handlers.h"

/* By a bearer token there is no session: a cookie sent along with it counts for nothing. */
static const char *own_session(const struct exchange *x)
{
	return x->who.by_token ? NULL : auth_session(x);
}

static bool show(struct exchange *x, const char *new_token, const char *done, struct err *e)
{
	struct arena *a = x->arena;
	struct value *tokens, *sessions, *v = value_object(a);
	if (!token_list(x->db, a, x->who.account_id, &tokens, e) ||
	    !session_list(x->db, a, x->who.account_id, own_session(x), x->cfg->session_idle_minutes, &sessions, e))
		return false;
	set_text(a, v, "name", x->who.name);
	value_set(a, v, "role", value_get(value_get(x->page, "who"), "role"));
	value_set(a, v, "tokens", tokens);
	value_set(a, v, "sessions", sessions);
	set_text(a, v, "new_token", new_token);
	set_text(a, v, "_done", done);
	x->view = v;
	x->template_ = "settings";
	app_title(x, "Settings", "settings");
	return true;
}

/* The settings again, with what was wrong. */
static bool show_problem(struct exchange *x)
{
	struct err ignored = { 0 };
	if (!show(x, NULL, NULL, &ignored))
		x->problems = NULL;
	return false;
}

/* After what a form did: a page is loaded afresh, so that loading it again repeats nothing. */
static bool done(struct exchange *x, const char *what, struct err *e)
{
	if (request_wants_json(x->req))
		return show(x, NULL, NULL, e);
	return app_redirect(x, arena_printf(x->arena, "/settings?done=%s", what));
}

bool page_settings(struct exchange *x, struct err *e)
{
	static const struct { const char *key, *text; } notes[] = {
		{ "password", "The password is changed; other browsers are signed out." },
		{ "revoked", "The token is revoked." },
		{ "sessions", "All other browsers are signed out." },
	};
	const char *key = request_query(x->req, "done"), *text = NULL;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (streq(key, notes[i].key))
			text = notes[i].text;
	return show(x, NULL, text, e);
}

struct password_form {
	const char *current, *password, *username;
};
static const struct field password_fields[] = {
	FIELD_TEXT("current", struct password_form, current, 0, 200, SECRET, "Current password"),
	FIELD_TEXT("password", struct password_form, password, 0, 200, REQUIRED | SECRET, "New password"),
	FIELD_TEXT("username", struct password_form, username, 0, 64, 0, "Name"), /* for password managers */
};

bool settings_password(struct exchange *x, struct err *e)
{
	struct password_form f = { 0 };
	if (!form_read(x, password_fields, 3, &f, &x->problems, e))
		return show_problem(x);
	if (!password_change(x->db, x->arena, x->who.account_id, f.current, f.password, own_session(x), e)) {
		if (e->class != ERR_FORBIDDEN && e->class != ERR_INVALID)
			return false;
		form_problem(x, &x->problems, e->class == ERR_FORBIDDEN ? "current" : "password", e->msg);
		return show_problem(x);
	}
	return done(x, "password", e);
}

struct token_form {
	const char *name;
};
static const struct field token_fields[] = {
	FIELD_TEXT("name", struct token_form, name, 1, 100, REQUIRED, "Name"),
};

bool settings_token_new(struct exchange *x, struct err *e)
{
	struct token_form f = { 0 };
	char *token;
	int64_t id;
	if (!form_read(x, token_fields, 1, &f, &x->problems, e))
		return show_problem(x);
	if (!token_create(x->db, x->arena, x->who.account_id, f.name, &token, &id, e)) {
		if (e->class != ERR_CONFLICT)
			return false;
		form_problem(x, &x->problems, "name", e->msg);
		return show_problem(x);
	}
	x->res->status = request_wants_json(x->req) ? 201 : 200;
	return show(x, token, NULL, e);
}

bool settings_token_revoke(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && token_revoke(x->db, x->arena, x->who.account_id, id, e) &&
	       done(x, "revoked", e);
}

bool settings_sessions_end(struct exchange *x, struct err *e)
{
	return session_end_others(x->db, x->who.account_id, own_session(x), e) && done(x, "sessions", e);
}
