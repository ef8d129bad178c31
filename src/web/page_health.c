/* SPDX-License-Identifier: MIT */
/* For load balancers and operators: healthz says that the program runs, readyz that it can work. */
#include "config.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/value.h"
#include "db/migrate.h"
#include "model/health.h"
#include "web/app.h"
#include "web/handlers.h"

bool page_healthz(struct exchange *x, struct err *e)
{
	x->view = value_object(x->arena);
	set_text(x->arena, x->view, "status", "ok");
	set_text(x->arena, x->view, "version", PACKAGE_VERSION);
	response_header(x->arena, x->res, "Cache-Control", "no-store");
	return true;
}

/* No runner is worth saying but no reason to send nobody here: approving works without one. */
bool page_readyz(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	struct value *checks = value_object(a);
	struct err why = { 0 };
	int64_t known = 0, applied = 0;
	bool runner = false;
	const char *pressure = NULL;
	bool reached = health_runner_seen(x->db, a, &runner, &pressure, &why);
	bool schema = reached && migrate_versions(a, x->db, app_of(x)->sql_dir, &known, &applied, &why) &&
		      known == applied;
	page_healthz(x, e);
	set_text(a, checks, "database", reached ? "ok" : "failing");
	set_text(a, checks, "schema", schema ? "ok" : "failing");
	set_text(a, checks, "runner", runner ? "ok" : "not seen for two minutes");
	set_text(a, checks, "pressure", pressure);
	value_set(a, x->view, "checks", checks);
	if (!schema) {
		set_text(a, x->view, "status", "failing");
		x->res->status = 503;
	}
	return true;
}
