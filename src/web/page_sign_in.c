/* SPDX-License-Identifier: MIT */
/* In by password or by one-time link, and out again. Opening a link's page uses nothing up. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/log.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/account.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/handlers.h"
#include "web/next.h"
#include "web/throttle.h"

struct credentials {
	const char *name, *password, *next;
};
static const struct field fields[] = {
	FIELD_TEXT("name", struct credentials, name, 1, 64, REQUIRED, "Name"),
	FIELD_TEXT("password", struct credentials, password, 1, 200, REQUIRED | SECRET, "Password"),
	FIELD_TEXT("next", struct credentials, next, 0, 2000, 0, "Next page"),
};

static void show_form(struct exchange *x, const char *next)
{
	app_title(x, "Sign in", NULL);
	x->view = value_object(x->arena);
	x->template_ = "sign_in";
	set_text(x->arena, x->view, "next", next_safe(next));
}

bool page_sign_in(struct exchange *x, struct err *e)
{
	show_form(x, request_query(x->req, "next"));
	return true;
}

/* The old session of this browser ends, and what nobody can use any more is cleared away. */
static bool enter(struct exchange *x, const char *session, const char *next, struct err *e)
{
	const char *old = auth_session(x);
	struct err ignored = { 0 };
	if (old && !session_end(x->db, old, e))
		return false;
	if (!session_expire(x->db, x->cfg->session_idle_minutes, &ignored))
		log_warn("old sessions could not be removed: %s", ignored.msg);
	auth_session_start(x, session);
	return app_redirect(x, next_safe(next));
}

bool sign_in(struct exchange *x, struct err *e)
{
	struct credentials c = { 0 };
	struct throttle *t = app_of(x)->throttle;
	const char *address = x->req->remote_addr;
	char *session;
	bool ok = form_read(x, fields, sizeof(fields) / sizeof(fields[0]), &c, &x->problems, e) &&
		  throttle_attempt(t, address, c.name, e) &&
		  session_from_password(x->db, x->arena, c.name, c.password, x->cfg->session_absolute_hours,
					&session, e);
	if (ok) {
		throttle_success(t, address, c.name);
		return enter(x, session, c.next, e);
	}
	show_form(x, c.next);
	set_text(x->arena, x->view, "detail", e->msg);
	return false;
}

bool page_sign_in_link(struct exchange *x, struct err *e)
{
	const char *name, *expires_at;
	if (!sign_in_link_look(x->db, x->arena, x->params[0], &name, &expires_at, e))
		return false;
	app_title(x, "Sign in", NULL);
	x->view = value_object(x->arena);
	x->template_ = "sign_in_link";
	set_text(x->arena, x->view, "token", x->params[0]);
	set_text(x->arena, x->view, "name", name);
	set_text(x->arena, x->view, "expires_at", expires_at);
	return true;
}

bool sign_in_link(struct exchange *x, struct err *e)
{
	char *session;
	return session_from_link(x->db, x->arena, x->params[0], x->cfg->session_absolute_hours, &session, e) &&
	       enter(x, session, "/", e);
}

bool sign_out(struct exchange *x, struct err *e)
{
	const char *session = auth_session(x);
	if (session && !session_end(x->db, session, e))
		return false;
	auth_session_forget(x);
	return app_redirect(x, "/sign-in");
}
