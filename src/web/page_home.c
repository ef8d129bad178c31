/* SPDX-License-Identifier: MIT */
/* Home: what waits for the person, what is at work, what has ended. */
#include "base/arena.h"
#include "base/config.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"
#include "model/gate.h"
#include "model/project.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

bool page_home(struct exchange *x, struct err *e)
{
	bool fragment = streq(request_query(x->req, "fragment"), "1");
	if (!home_view(x->db, x->arena, app_owner(x), x->who.account_id, x->cfg->public_url, &x->view, e))
		return false;
	value_set(x->arena, x->view, "runner", value_get(x->page, "runner"));
	x->template_ = fragment ? "home_live" : "home";
	app_title(x, "Home", "home");
	return true;
}
