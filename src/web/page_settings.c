/* SPDX-License-Identifier: MIT */
/* A person's own account: address, tokens, password, signed-in browsers. */
#include <string.h>

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

/* "Firefox on Linux": the words that most agents have; what says nothing stays as it is. */
static const char *device_words(struct arena *a, const char *agent)
{
	static const char *const browsers[][2] = { { "Edg", "Edge" },	    { "OPR", "Opera" },
						   { "Firefox", "Firefox" }, { "Chrome", "Chrome" },
						   { "Safari", "Safari" },   { "curl", "curl" } };
	static const char *const systems[][2] = { { "Android", "Android" },   { "iPhone", "an iPhone" },
						  { "iPad", "an iPad" },      { "Windows", "Windows" },
						  { "Mac OS X", "a Mac" },    { "Linux", "Linux" } };
	const char *browser = NULL, *system = NULL;
	if (!agent || !*agent)
		return "Unknown browser";
	for (size_t i = 0; !browser && i < sizeof(browsers) / sizeof(browsers[0]); i++)
		browser = strstr(agent, browsers[i][0]) ? browsers[i][1] : NULL;
	for (size_t i = 0; !system && i < sizeof(systems) / sizeof(systems[0]); i++)
		system = strstr(agent, systems[i][0]) ? systems[i][1] : NULL;
	if (browser && system)
		return arena_printf(a, "%s on %s", browser, system);
	return browser ? browser : agent;
}

static void put_devices(struct arena *a, struct value *sessions)
{
	for (const struct item *it = sessions->u.list.first; it; it = it->next) {
		const char *via = value_str(value_get(it->v, "via"));
		set_text(a, it->v, "_device", device_words(a, value_str(value_get(it->v, "agent"))));
		set_text(a, it->v, "_via", streq(via, "proxy") ? "through the proxy" :
					   streq(via, "link")  ? "by a link" : "by password");
	}
}

/* What a token may be for, with those above the person's role left out: they would be of no use. */
static struct value *scope_choices(const struct exchange *x)
{
	static const char *const meanings[] = { "see what you see", "submit projects, and change runs of yours",
						"decide at gates", "what operators do" };
	static const unsigned least[] = { ROLE_VIEWER, ROLE_VIEWER, ROLE_VIEWER, ROLE_OPERATOR };
	struct value *list = value_list(x->arena);
	for (size_t i = 0; token_scopes[i]; i++) {
		struct value *v = value_object(x->arena);
		const struct value *typed = x->problems ? value_get(value_get(x->problems, "typed"), token_scopes[i]) : NULL;
		if (x->who.site_role < least[i])
			continue;
		set_text(x->arena, v, "name", token_scopes[i]);
		set_text(x->arena, v, "meaning", meanings[i]);
		set_bool(x->arena, v, "checked", i == 0 || (typed && typed->kind == V_TEXT));
		value_add(x->arena, list, v);
	}
	return list;
}

static bool show(struct exchange *x, const char *new_token, const char *done, struct err *e)
{
	struct arena *a = x->arena;
	struct value *tokens, *sessions, *v;
	if (!account_own(x->db, a, x->who.account_id, &v, e) || !token_list(x->db, a, x->who.account_id, &tokens, e) ||
	    !session_list(x->db, a, x->who.account_id, own_session(x), x->cfg->session_idle_minutes, &sessions, e))
		return false;
	const struct value *typed = x->problems ? value_get(value_get(x->problems, "typed"), "email") : NULL;
	set_text(a, v, "_email", value_str(typed && typed->kind == V_TEXT ? typed : value_get(v, "email")));
	set_text(a, v, "name", x->who.name);
	value_set(a, v, "role", value_get(value_get(x->page, "who"), "role"));
	put_devices(a, sessions);
	value_set(a, v, "_scopes", scope_choices(x));
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
		{ "session", "That browser is signed out." },
		{ "profile", "Saved." },
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
	struct whence w = auth_whence(x, false);
	if (!form_read(x, password_fields, 3, &f, &x->problems, e))
		return show_problem(x);
	if (!password_change(x->db, x->arena, x->who.account_id, x->who.name, f.current, f.password, own_session(x), &w,
			     e)) {
		bool old = e->class == ERR_FORBIDDEN || e->class == ERR_THROTTLED;
		if (!old && e->class != ERR_INVALID)
			return false;
		form_problem(x, &x->problems, old ? "current" : "password", e->msg);
		return show_problem(x);
	}
	return done(x, "password", e);
}

struct profile_form {
	const char *email;
	bool mail, shortcuts;
};
static const struct field profile_fields[] = {
	FIELD_TEXT("email", struct profile_form, email, 0, 254, 0, "Mail address"),
	FIELD_BOOL("mail", struct profile_form, mail, "Mail"),
	FIELD_BOOL("shortcuts", struct profile_form, shortcuts, "Keyboard shortcuts"),
};

bool settings_profile(struct exchange *x, struct err *e)
{
	struct profile_form f = { 0 };
	if (!form_read(x, profile_fields, 3, &f, &x->problems, e))
		return show_problem(x);
	if (!account_own_set(x->db, x->arena, x->who.account_id, f.email, f.mail, f.shortcuts, e)) {
		if (e->class != ERR_CONFLICT && e->class != ERR_INVALID)
			return false;
		form_problem(x, &x->problems, "email", e->msg);
		return show_problem(x);
	}
	x->problems = NULL;
	return done(x, "profile", e);
}

struct token_form {
	const char *name;
	int64_t days;
	bool scope[4];
};
static const struct field token_fields[] = {
	FIELD_TEXT("name", struct token_form, name, 1, 100, REQUIRED, "Name"),
	FIELD_INT("days", struct token_form, days, 1, 3650, 0, "The number of days"),
	FIELD_BOOL("read", struct token_form, scope[0], "read"),
	FIELD_BOOL("submit", struct token_form, scope[1], "submit"),
	FIELD_BOOL("decide", struct token_form, scope[2], "decide"),
	FIELD_BOOL("operate", struct token_form, scope[3], "operate"),
};

bool settings_token_new(struct exchange *x, struct err *e)
{
	struct token_form f = { 0 };
	char *token;
	int64_t id;
	unsigned scopes = 0;
	if (!form_read(x, token_fields, sizeof(token_fields) / sizeof(token_fields[0]), &f, &x->problems, e))
		return show_problem(x);
	for (unsigned i = 0; i < 4; i++)
		scopes |= f.scope[i] ? 1u << i : 0;
	if (!token_create(x->db, x->arena, x->who.account_id, f.name, scopes, f.days, &token, &id, e)) {
		if (e->class != ERR_CONFLICT && e->class != ERR_INVALID)
			return false;
		form_problem(x, &x->problems, e->class == ERR_INVALID ? "read" : "name", e->msg);
		return show_problem(x);
	}
	x->problems = NULL;
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

bool settings_session_end(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && session_end_one(x->db, x->arena, x->who.account_id, id, e) &&
	       done(x, "session", e);
}
