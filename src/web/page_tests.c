/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include "base/arena.h"
#include "base/value.h"
#include "http/route.h"
#include "model/artifact.h"
#include "web/app.h"
#include "web/param.h"

/* Before the first suite there is nothing that was executed, and the view says so. */
static struct value *nothing(struct arena *a)
{
	static const char *const zero[] = { "total", "passed", "failed", "revision" };
	static const char *const absent[] = { "problem", "sandbox", "files_sha256", "vacuous", "seconds" };
	struct value *v = value_object(a);
	set_bool(a, v, "executed", false);
	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		set_int(a, v, zero[i], 0);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		value_set(a, v, absent[i], value_null(a));
	value_set(a, v, "tests", value_list(a));
	return v;
}

bool page_tests(struct exchange *x, struct err *e)
{
	int64_t run;
	const char *name;
	struct value *v;
	x->template_ = "tests";
	if (!route_id(x, 0, &run, e) || !run_name(x->db, x->arena, run, app_owner(x), &name, e) ||
	    !tests_view(x->db, x->arena, run, 0, &v, e))
		return false;
	if (!v)
		v = nothing(x->arena);
	set_int(x->arena, v, "run_id", run);
	set_text(x->arena, v, "name", name);
	x->view = v;
	app_title(x, arena_printf(x->arena, "Tests, %s", name), "projects");
	return true;
}
