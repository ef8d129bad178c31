/* SPDX-License-Identifier: MIT */
/* With whom a project is shared, and as what. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/route.h"
#include "model/access.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

static const char *const roles[] = { "viewer", "submitter", "approver", "operator", NULL };
static const char *const meanings[] = {
	"sees everything in the project",
	"also changes its runs: cancels, pauses, talks to the agents, sets the cap",
	"also decides at its gates",
	"also says with whom it is shared",
};

struct member_form {
	const char *name, *role;
};
static const struct field fields[] = {
	FIELD_TEXT("name", struct member_form, name, 1, 64, REQUIRED, "Name"),
	FIELD_ENUM("role", struct member_form, role, roles, REQUIRED, "Role"),
};

static struct value *role_choices(struct arena *a, const char *chosen)
{
	struct value *list = value_list(a);
	for (size_t i = 0; roles[i]; i++) {
		struct value *v = value_object(a);
		set_text(a, v, "name", roles[i]);
		set_text(a, v, "meaning", meanings[i]);
		set_bool(a, v, "selected", streq(roles[i], chosen));
		value_add(a, list, v);
	}
	return list;
}

static bool show(struct exchange *x, int64_t id, struct err *e)
{
	struct arena *a = x->arena;
	if (!member_view(x->db, a, id, app_owner(x), &x->view, e))
		return false;
	const char *typed = x->problems ? value_str(value_get(value_get(x->problems, "typed"), "role")) : "";
	for (const struct item *it = value_get(x->view, "members")->u.list.first; it; it = it->next)
		value_set(a, it->v, "_roles", role_choices(a, value_str(value_get(it->v, "role"))));
	value_set(a, x->view, "_roles", role_choices(a, *typed ? typed : "viewer"));
	set_bool(a, x->view, "can_change",
		 x->who.role >= ROLE_OPERATOR || (x->who.owner && x->who.role >= ROLE_SUBMITTER));
	x->template_ = "members";
	app_title(x, arena_printf(a, "Members, %s", value_str(value_get(x->view, "name"))), "projects");
	return true;
}

bool page_members(struct exchange *x, struct err *e)
{
	int64_t id;
	return route_id(x, 0, &id, e) && show(x, id, e);
}

static bool done(struct exchange *x, int64_t id, struct err *e)
{
	x->problems = NULL;
	return form_done(x, arena_printf(x->arena, "/projects/%lld/members", (long long)id), id, show, e);
}

bool member_put(struct exchange *x, struct err *e)
{
	struct member_form f = { 0 };
	struct err ignored = { 0 };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	bool read = form_read(x, fields, 2, &f, &x->problems, e);
	if (read && member_set(x->db, x->who.account_id, id, f.name, f.role, e))
		return done(x, id, e);
	if (read && (e->class == ERR_INVALID || e->class == ERR_CONFLICT))
		form_problem(x, &x->problems, "name", e->msg);
	if ((e->class != ERR_INVALID && e->class != ERR_CONFLICT) ||
	    (!request_wants_json(x->req) && !show(x, id, &ignored)))
		x->problems = NULL;
	return false;
}

bool member_drop(struct exchange *x, struct err *e)
{
	int64_t id, account;
	return route_id(x, 0, &id, e) && route_id(x, 1, &account, e) &&
	       member_remove(x->db, x->who.account_id, id, account, e) && done(x, id, e);
}
