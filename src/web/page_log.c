/* SPDX-License-Identifier: MIT */
/* What runners said about a run. */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/request.h"
#include "http/route.h"
#include "model/run.h"
#include "model/run_log.h"
#include "web/app.h"
#include "web/handlers.h"

static const char *given(const struct exchange *x, const char *name)
{
	const char *v = request_query(x->req, name);
	return v && *v ? v : NULL;
}

static void add_choice(struct arena *a, struct value *list, const char *name, const char *chosen)
{
	struct value *v = value_object(a);
	set_text(a, v, "name", name);
	set_bool(a, v, "selected", streq(name, chosen));
	value_add(a, list, v);
}

/* The run's stages and the levels, the chosen ones marked. */
static bool show_filter(struct exchange *x, int64_t run, const struct run_log_filter *f, struct err *e)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct arena *a = x->arena;
	struct value *stages = value_list(a), *list = value_list(a), *names;
	if (!run_stage_names(x->db, a, run, &names, e))
		return false;
	for (const struct item *it = names->u.list.first; it; it = it->next)
		add_choice(a, stages, value_str(it->v), f->stage);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		add_choice(a, list, levels[i], f->level);
	value_set(a, x->view, "_stages", stages);
	value_set(a, x->view, "_levels", list);
	set_text(a, x->view, "_stage", f->stage ? f->stage : "");
	set_text(a, x->view, "_level", f->level ? f->level : "");
	set_bool(a, x->view, "_filtered", f->stage || f->level || f->before);
	return true;
}

bool page_log(struct exchange *x, struct err *e)
{
	const struct run_log_filter f = { given(x, "stage"), given(x, "level"), given(x, "before") };
	int64_t id;
	if (!route_id(x, 0, &id, e))
		return false;
	if (f.level && !run_log_level(f.level))
		return err_set(e, ERR_INVALID, "\"level\" is one of: debug, info, warn, error.");
	if (!run_log(x->db, x->arena, id, app_owner(x), &f, &x->view, e) || !show_filter(x, id, &f, e))
		return false;
	x->template_ = "log";
	app_title(x, arena_printf(x->arena, "Log, %s", value_str(value_get(x->view, "name"))), "projects");
	return true;
}
