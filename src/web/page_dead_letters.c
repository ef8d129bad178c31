/* SPDX-License-Identifier: MIT */
/* Stages that could not be done, and the one click that lets each go on. */
#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"
#include "model/dead_letter.h"
#include "web/app.h"
#include "web/handlers.h"
#include "web/param.h"

bool page_dead_letters(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	bool all = streq(request_query(x->req, "all"), "1");
	struct value *list;
	if (!dead_letter_list(x->db, a, app_owner(x), all, &list, e))
		return false;
	x->view = value_object(a);
	x->template_ = "dead_letters";
	value_set(a, x->view, "dead_letters", list);
	set_bool(a, x->view, "_all", all);
	set_bool(a, x->view, "_can_resume", may_decide(x));
	app_title(x, "Dead letters", "home");
	return true;
}
