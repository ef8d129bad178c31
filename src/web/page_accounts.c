/* SPDX-License-Identifier: MIT */
/* All accounts, for administrators: what they are, whether they are let in, and the links that let them in. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/account.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

#define LIMIT 100
#define INVITE_MINUTES (7 * 24 * 60)
#define RESET_MINUTES (24 * 60)

static const char *const roles[] = { "viewer", "submitter", "approver", "operator", "admin", NULL };
static const char *const link_kinds[] = { "invite", "reset", NULL };

struct account_form {
	const char *name, *role, *email;
};
static const struct field new_fields[] = {
	FIELD_TEXT("name", struct account_form, name, 1, 64, REQUIRED, "Name"),
	FIELD_ENUM("role", struct account_form, role, roles, REQUIRED, "Role"),
	FIELD_TEXT("email", struct account_form, email, 0, 254, 0, "Mail address"),
};
static const struct field change_fields[] = {
	FIELD_ENUM("role", struct account_form, role, roles, REQUIRED, "Role"),
	FIELD_TEXT("email", struct account_form, email, 0, 254, 0, "Mail address"),
};

static struct value *role_choices(struct arena *a, const char *chosen)
{
	struct value *list = value_list(a);
	for (size_t i = 0; roles[i]; i++) {
		struct value *v = value_object(a);
		set_text(a, v, "name", roles[i]);
		set_bool(a, v, "selected", streq(roles[i], chosen));
		value_add(a, list, v);
	}
	return list;
}

static const char *typed_role(const struct exchange *x, const char *otherwise)
{
	const char *typed = x->problems ? value_str(value_get(value_get(x->problems, "typed"), "role")) : "";
	return *typed ? typed : otherwise;
}

static const char *given(const struct exchange *x, const char *name)
{
	const char *v = request_query(x->req, name);
	return v && *v ? v : NULL;
}

static const char *escaped(struct arena *a, const char *text)
{
	struct buf b;
	buf_init(&b, 4 << 10);
	url_escape(&b, text, strlen(text));
	const char *out = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static bool show_list(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	const char *q = given(x, "q"), *after = given(x, "after"), *next;
	struct value *list, *v = value_object(a);
	if ((q && utf8_length(q, strlen(q)) > 100) || (after && strlen(after) > 64))
		return err_set(e, ERR_INVALID, "\"q\" has at most 100 characters, \"after\" is a name.");
	if (!account_list(x->db, a, after, q, LIMIT, &list, &next, e))
		return false;
	value_set(a, v, "accounts", list);
	set_text(a, v, "next", next);
	set_text(a, v, "_next", next ? escaped(a, next) : NULL);
	set_text(a, v, "_q", q ? q : "");
	set_text(a, v, "_q_escaped", q ? escaped(a, q) : "");
	value_set(a, v, "_roles", role_choices(a, typed_role(x, "submitter")));
	x->view = v;
	x->template_ = "accounts";
	app_title(x, "Accounts", "accounts");
	return true;
}

bool page_accounts(struct exchange *x, struct err *e)
{
	return show_list(x, e);
}

static bool show(struct exchange *x, int64_t id, struct err *e)
{
	struct arena *a = x->arena;
	if (!account_view(x->db, a, id, &x->view, e))
		return false;
	value_set(a, x->view, "_roles", role_choices(a, typed_role(x, value_str(value_get(x->view, "role")))));
	const struct value *email = x->problems ? value_get(value_get(x->problems, "typed"), "email") : NULL;
	set_text(a, x->view, "_email", value_str(email && email->kind == V_TEXT ? email : value_get(x->view, "email")));
	set_bool(a, x->view, "_disabled", value_get(x->view, "disabled_at")->kind != V_NULL);
	value_set(a, x->view, "link", value_null(a));
	x->template_ = "account";
	app_title(x, value_str(value_get(x->view, "name")), "accounts");
	return true;
}

/* The account with a link to be handed on: shown this once. */
static bool show_link(struct exchange *x, int64_t id, const char *kind, struct err *e)
{
	struct arena *a = x->arena;
	const char *expires;
	char *token;
	if (!account_link(x->db, a, x->who.account_id, id, kind,
			  streq(kind, "invite") ? INVITE_MINUTES : RESET_MINUTES, &token, &expires, e) ||
	    !show(x, id, e))
		return false;
	struct value *link = value_object(a);
	set_text(a, link, "kind", kind);
	set_text(a, link, "url", app_url(x, arena_printf(a, "/sign-in/%s", token)));
	set_text(a, link, "_expires_at", expires);
	set_bool(a, link, "_invite", streq(kind, "invite"));
	value_set(a, x->view, "link", link);
	return true;
}

static bool refused(struct exchange *x, const char *field, bool (*again)(struct exchange *, int64_t, struct err *),
		    int64_t id, struct err *e)
{
	struct err ignored = { 0 };
	bool ours = e->class == ERR_INVALID || e->class == ERR_CONFLICT;
	if (ours && !value_count(value_get(x->problems, "errors")))
		form_problem(x, &x->problems, field, e->msg);
	if (!ours || (!request_wants_json(x->req) && !again(x, id, &ignored)))
		x->problems = NULL;
	return false;
}

static bool list_again(struct exchange *x, int64_t unused, struct err *e)
{
	(void)unused;
	return show_list(x, e);
}

/* Of a refusal by the database it is said beside the field that it is about. */
static const char *field_of(const struct err *e)
{
	return strstr(e->msg, "address") || strstr(e->msg, "@") ? "email" : "name";
}

bool account_new(struct exchange *x, struct err *e)
{
	struct account_form f = { 0 };
	int64_t id;
	if (!form_read(x, new_fields, 3, &f, &x->problems, e))
		return refused(x, "name", list_again, 0, e);
	if (!account_create(x->db, x->arena, x->who.account_id, f.name, f.role, f.email && *f.email ? f.email : NULL,
			    NULL, &id, e))
		return refused(x, field_of(e), list_again, 0, e);
	x->problems = NULL;
	x->res->status = request_wants_json(x->req) ? 201 : 200;
	return show_link(x, id, "invite", e);
}

bool page_account(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && show(x, id, e);
}

static bool done(struct exchange *x, int64_t id, struct err *e)
{
	x->problems = NULL;
	return form_done(x, arena_printf(x->arena, "/accounts/%lld", (long long)id), id, show, e);
}

bool account_set(struct exchange *x, struct err *e)
{
	struct account_form f = { .email = "" };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!form_read(x, change_fields, 2, &f, &x->problems, e))
		return refused(x, "role", show, id, e);
	const struct account_change c = { .role = f.role, .email = f.email, .disabled = -1 };
	if (!account_change(x->db, x->who.account_id, id, &c, e))
		return refused(x, streq(field_of(e), "email") ? "email" : "role", show, id, e);
	return done(x, id, e);
}

static bool able(struct exchange *x, int disabled, struct err *e)
{
	const struct account_change c = { .disabled = disabled };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	return account_change(x->db, x->who.account_id, id, &c, e) ? done(x, id, e) :
								      refused(x, "disabled", show, id, e);
}

bool account_off(struct exchange *x, struct err *e)
{
	return able(x, 1, e);
}

bool account_on(struct exchange *x, struct err *e)
{
	return able(x, 0, e);
}

bool account_link_new(struct exchange *x, struct err *e)
{
	static const struct field fields[] = {
		FIELD_ENUM("kind", struct account_form, role, link_kinds, REQUIRED, "The kind of link"),
	};
	struct account_form f = { 0 };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!form_read(x, fields, 1, &f, &x->problems, e))
		return refused(x, "kind", show, id, e);
	x->problems = NULL;
	return show_link(x, id, f.role, e);
}
