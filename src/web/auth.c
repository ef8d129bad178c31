/* SPDX-License-Identifier: MIT */
#include "web/auth.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"
#include "http/route.h"
#include "model/access.h"
#include "model/account.h"
#include "web/app.h"

#define RUNNER_LATE_S 120
#define FORM_COOKIE_S 86400
#define DEVICE_COOKIE_S (400L * 86400)

static const char *const role_names[] = { "", "viewer", "submitter", "approver", "operator", "admin" };

const char *auth_session(const struct exchange *x)
{
	const char *s = x->who.session ? x->who.session : request_cookie(x->arena, x->req, app_of(x)->cookie);
	return s && *s ? s : NULL;
}

static const char *bearer(const struct exchange *x)
{
	const char *header = x->req->header(x->req, "authorization");
	return header && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

const char *auth_token(const struct exchange *x)
{
	const char *token = bearer(x);
	return token ? token : auth_session(x);
}

/* Bound to the session and derived from it, so that nothing more need be stored. */
static const char *csrf_token(struct arena *a, const char *session)
{
	uint8_t mac[SHA256_LEN];
	hmac_sha256(session, strlen(session), "csrf", 4, mac);
	return hex_encode(a, mac, sizeof(mac));
}

static void show_runner(struct exchange *x, const struct visitor *v)
{
	struct arena *a = x->arena;
	struct value *r = value_object(a);
	bool seen = v->runner_seen_at != NULL, ok = seen && v->runner_seconds < RUNNER_LATE_S;
	set_text(a, r, "seen_at", v->runner_seen_at);
	value_set(a, r, "seconds", seen ? value_int(a, v->runner_seconds) : value_null(a));
	value_set(a, r, "_minutes", seen ? value_int(a, v->runner_seconds / 60) : value_null(a));
	set_bool(a, r, "ok", ok);
	set_text(a, r, "provider", v->runner_provider);
	set_text(a, r, "model", v->runner_model);
	set_text(a, r, "pressure", v->runner_pressure);
	value_set(a, x->page, "runner", r);
	set_bool(a, x->page, "fallback", seen && streq(v->runner_provider, "fallback"));
}

static void welcome(struct exchange *x, const struct visitor *v, const char *session)
{
	struct arena *a = x->arena;
	struct value *who = value_object(a);
	x->who = (struct identity){ .account_id = v->account_id, .name = v->name, .role = v->role,
				    .site_role = v->role, .scopes = session ? SCOPE_ALL : v->scopes,
				    .csrf = session ? csrf_token(a, session) : NULL,
				    .by_token = !session, .session = session };
	set_text(a, who, "name", v->name);
	set_text(a, who, "role", role_names[v->role]);
	value_set(a, x->page, "who", who);
	set_bool(a, x->page, "is_operator", v->role >= ROLE_OPERATOR);
	set_bool(a, x->page, "is_submitter", v->role >= ROLE_SUBMITTER);
	set_bool(a, x->page, "is_admin", v->role >= ROLE_ADMIN);
	set_bool(a, x->page, "shortcuts", v->shortcuts);
	set_text(a, x->page, "csrf", x->who.csrf);
	show_runner(x, v);
}

void auth_stranger(struct exchange *x, bool make)
{
	const char *name = arena_printf(x->arena, "%s-form", app_of(x)->cookie);
	const char *bound = auth_session(x);
	if (!bound)
		bound = request_cookie(x->arena, x->req, name);
	if ((!bound || !*bound) && make) {
		bound = token_new(x->arena);
		auth_cookie(x, name, bound, FORM_COOKIE_S, true);
	}
	if (!bound || !*bound)
		return;
	x->who.csrf = csrf_token(x->arena, bound);
	set_text(x->arena, x->page, "csrf", x->who.csrf);
}

/* Whom the proxy in front says that it has signed in. Only nginx can say so here, and does not for anybody
   from outside the networks that it trusts. */
static const char *proxy_names(const struct exchange *x)
{
	return *x->cfg->login_param ? request_param(x->req, x->cfg->login_param) : NULL;
}

static bool enter_proxied(struct exchange *x, const char *name, struct err *e)
{
	struct visitor v = { 0 };
	struct whence w = auth_whence(x, false);
	char *session;
	bool found;
	if (utf8_invalid(name, strlen(name)) >= 0)
		return err_set(e, ERR_FORBIDDEN, "The name that the proxy gives is not valid UTF-8 text.");
	if (!session_from_proxy(x->db, x->arena, name, x->cfg->login_create, x->cfg->session_absolute_hours, &w,
				&session, e) ||
	    !session_visitor(x->db, x->arena, session, w.address, x->cfg->session_idle_minutes, &v, &found, e))
		return false;
	auth_session_start(x, session);
	if (found)
		welcome(x, &v, session);
	return true;
}

bool auth_identify(struct exchange *x, struct err *e)
{
	const char *token = bearer(x);
	struct visitor v = { 0 };
	bool found;
	if (token) {
		if (!token_visitor(x->db, x->arena, token, &v, &found, e))
			return false;
		if (!found)
			return err_set(e, ERR_UNAUTHENTICATED, "This token is not known, or it was revoked.");
		welcome(x, &v, NULL);
		return true;
	}
	const char *named = proxy_names(x), *session = auth_session(x);
	if (session && !session_visitor(x->db, x->arena, session, x->req->remote_addr, x->cfg->session_idle_minutes,
					&v, &found, e))
		return false;
	if (session && found && (named ? !streq(named, v.name) : v.proxied)) {
		found = false;
		if (!session_end(x->db, session, e))
			return false;
	}
	if (session && found) {
		welcome(x, &v, session);
		return true;
	}
	return !named || enter_proxied(x, named, e);
}

bool auth_place(struct exchange *x, const struct route *row, struct err *e)
{
	enum thing thing = route_thing(row);
	struct place p;
	int64_t id;
	if (thing == THING_NONE || !x->who.account_id)
		return true;
	if (!route_id(x, 0, &id, e))
		return false;
	/* Nothing is hidden from them, and nobody is more than they are. */
	if (x->who.site_role >= ROLE_OPERATOR)
		return true;
	if (!place_find(x->db, x->arena, thing == THING_PROJECT ? "project" : thing == THING_RUN ? "run" : "gate", id,
			x->who.account_id, x->who.site_role, &p, e))
		return false;
	x->who.role = p.rank;
	x->who.owner = p.owner;
	x->who.turn = p.turn;
	return true;
}

void auth_cookie(struct exchange *x, const char *name, const char *value, long seconds, bool http_only)
{
	const struct app *app = app_of(x);
	response_header(x->arena, x->res, "Set-Cookie",
			arena_printf(x->arena, "%s=%s; Path=%s; Max-Age=%ld; SameSite=Lax%s%s", name, value,
				     *app->base ? app->base : "/", seconds, http_only ? "; HttpOnly" : "",
				     app->https ? "; Secure" : ""));
}

struct whence auth_whence(struct exchange *x, bool make)
{
	const char *name = arena_printf(x->arena, "%s-device", app_of(x)->cookie);
	struct whence w = { .address = x->req->remote_addr, .agent = x->req->header(x->req, "user-agent"),
			    .device = request_cookie(x->arena, x->req, name) };
	if (make && !token_shaped(w.device)) {
		w.device = token_new(x->arena);
		auth_cookie(x, name, w.device, DEVICE_COOKIE_S, true);
	}
	return w;
}

void auth_session_start(struct exchange *x, const char *session)
{
	auth_cookie(x, app_of(x)->cookie, session, (long)x->cfg->session_absolute_hours * 3600, true);
}

void auth_session_forget(struct exchange *x)
{
	auth_cookie(x, app_of(x)->cookie, "", 0, true);
}
