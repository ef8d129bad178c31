/* SPDX-License-Identifier: MIT */
/* Caps: all of them for operators, a project's own for those who may decide on it. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "model/budget.h"
#include "model/project.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

#define CAP_MAX INT64_C(1000000000000) /* a million dollars in micro-dollars */

static const char *const kinds[] = { "site", "day", "account", "project", NULL };

struct cap_form {
	const char *kind, *name;
	int64_t cap_micro; /* -1: not given */
	bool lift;
};
#define CAP_FIELDS                                                                                           \
	FIELD_MONEY("cap_usd", struct cap_form, cap_micro, CAP_MAX, 0, "The cap"),                           \
		FIELD_BOOL("lift", struct cap_form, lift, "Lifting the cap")
static const struct field budget_fields[] = {
	CAP_FIELDS,
	FIELD_ENUM("kind", struct cap_form, kind, kinds, REQUIRED, "What is capped"),
	FIELD_TEXT("name", struct cap_form, name, 0, 64, 0, "Name or number"),
};
static const struct field project_fields[] = { CAP_FIELDS };

/* Lifting is said, never guessed from an empty field. */
static bool read_cap(struct exchange *x, const struct field *fields, size_t count, struct cap_form *f,
		     struct err *e)
{
	if (!form_read(x, fields, count, f, &x->problems, e))
		return false;
	if ((f->cap_micro >= 0) != f->lift)
		return true;
	const char *what = f->lift ? "Either an amount or lifting, not both."
				   : "The cap is needed: an amount in US dollars such as 12.50.";
	form_problem(x, &x->problems, "cap_usd", what);
	return err_set(e, ERR_INVALID, "One field needs another value.");
}

/* The page again with what was wrong, in `show`'s template. */
static bool refused(struct exchange *x, int64_t id, bool (*show)(struct exchange *, int64_t, struct err *),
		    struct err *e)
{
	struct err ignored = { 0 };
	if (e->class == ERR_NOT_FOUND ||
	    (e->class == ERR_INVALID && !value_count(value_get(x->problems, "errors"))))
		form_problem(x, &x->problems, "name", e->msg);
	if ((e->class != ERR_INVALID && e->class != ERR_NOT_FOUND) ||
	    (!request_wants_json(x->req) && !show(x, id, &ignored)))
		x->problems = NULL;
	return false;
}

static bool show(struct exchange *x, int64_t unused, struct err *e)
{
	struct arena *a = x->arena;
	struct value *list;
	int64_t after, next;
	(void)unused;
	if (!query_int(x, "after", 0, INT32_MAX, 0, &after, e) || !budget_list(x->db, a, after, &list, &next, e))
		return false;
	const char *kind = x->problems ? value_str(value_get(value_get(x->problems, "typed"), "kind")) : "";
	struct value *chosen = value_object(a);
	for (size_t i = 0; kinds[i]; i++)
		set_bool(a, chosen, kinds[i], streq(kinds[i], kind));
	x->view = value_object(a);
	x->template_ = "budgets";
	value_set(a, x->view, "budgets", list);
	value_set(a, x->view, "next", next ? value_int(a, next) : value_null(a));
	value_set(a, x->view, "_kind", chosen);
	app_title(x, "Budgets", "budgets");
	return true;
}

bool page_budgets(struct exchange *x, struct err *e)
{
	return show(x, 0, e);
}

bool budget_change(struct exchange *x, struct err *e)
{
	struct cap_form f = { 0 };
	if (!read_cap(x, budget_fields, sizeof(budget_fields) / sizeof(budget_fields[0]), &f, e) ||
	    !budget_set_by(x->db, x->arena, f.kind, f.name, f.lift ? -1 : f.cap_micro, x->who.account_id, e))
		return refused(x, 0, show, e);
	x->problems = NULL;
	return form_done(x, "/budgets", 0, show, e);
}

bool project_cap_set(struct exchange *x, struct err *e)
{
	struct cap_form f = { 0 };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (!read_cap(x, project_fields, 2, &f, e))
		return refused(x, id, project_shown, e);
	if (!project_cap(x->db, x->arena, id, app_owner(x), x->who.account_id, f.lift ? -1 : f.cap_micro,
			 e)) {
		x->problems = NULL;
		return false;
	}
	x->problems = NULL;
	return form_done(x, arena_printf(x->arena, "/projects/%lld", (long long)id), id, project_shown, e);
}
