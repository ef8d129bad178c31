/* SPDX-License-Identifier: MIT */
/* Agents that do not agree: both positions side by side. What is decided goes to the gate. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include "http/exchange.h"
#include "http/route.h"
#include "model/conflict.h"
#include "model/gate.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

bool page_conflict(struct exchange *x, struct err *e)
{
	int64_t id;
	if (!route_id(x, 0, &id, e) ||
	    !conflict_view(x->db, x->arena, id, app_owner(x), x->who.account_id, &x->view, e))
		return false;
	x->template_ = "conflict";
	app_title(x, arena_printf(x->arena, "Conflict, %s", value_str(value_get(x->view, "name"))), "inbox");
	return true;
}
