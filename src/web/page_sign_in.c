/* SPDX-License-Identifier: MIT */
/* In by password or by one-time link, and out again. Opening a link's page uses nothing up. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/account.h"
#include "web/app.h"
#include "web/auth.h"
#include "web/handlers.h"
#include "web/next.h"

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
	char *session;
	bool read = form_read(x, fields, sizeof(fields) / sizeof(fields[0]), &c, &x->problems, e);
	if (read) {
		struct whence w = auth_whence(x, true);
		if (session_from_password(x->db, x->arena, c.name, c.password, x->cfg->session_absolute_hours, &w,
					  &session, e))
			return enter(x, session, c.next, e);
	}
	show_form(x, c.next);
	set_text(x->arena, x->view, "detail", e->msg);
	return false;
}

static bool show_link(struct exchange *x, struct err *e)
{
	if (!sign_in_link_look(x->db, x->arena, x->params[0], &x->view, e))
		return false;
	const char *kind = value_str(value_get(x->view, "kind"));
	app_title(x, streq(kind, "sign_in") ? "Sign in" : "Choose a password", NULL);
	x->template_ = "sign_in_link";
	set_text(x->arena, x->view, "token", x->params[0]);
	set_bool(x->arena, x->view, "_password", !streq(kind, "sign_in"));
	set_bool(x->arena, x->view, "_invite", streq(kind, "invite"));
	return true;
}

bool page_sign_in_link(struct exchange *x, struct err *e)
{
	return show_link(x, e);
}

struct link_form {
	const char *password;
};
static const struct field link_fields[] = {
	FIELD_TEXT("password", struct link_form, password, 0, 200, SECRET, "The new password"),
};

bool sign_in_link(struct exchange *x, struct err *e)
{
	struct link_form f = { 0 };
	struct whence w = auth_whence(x, true);
	struct err ignored = { 0 };
	char *session;
	if (!form_read(x, link_fields, 1, &f, &x->problems, e) || !show_link(x, e))
		return false;
	if (!value_get(x->view, "_password")->u.b)
		f.password = NULL;
	else if (!f.password)
		f.password = "";
	if (session_from_link(x->db, x->arena, x->params[0], f.password, x->cfg->session_absolute_hours, &w, &session,
			      e))
		return enter(x, session, "/", e);
	if (e->class == ERR_INVALID)
		form_problem(x, &x->problems, "password", e->msg);
	else if (!show_link(x, &ignored))
		x->problems = NULL;
	return false;
}

bool sign_out(struct exchange *x, struct err *e)
{
	const char *session = auth_session(x);
	if (session && !session_end(x->db, session, e))
		return false;
	auth_session_forget(x);
	return app_redirect(x, "/sign-in");
}
