/* SPDX-License-Identifier: MIT */
/* Stages that could not be done, and the one click that lets each go on. */
#include <inttypes.h>

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
	int64_t before, older;
	if (!query_int(x, "before", 1, INT64_MAX, INT64_MAX, &before, e) ||
	    !dead_letter_list(x->db, a, app_owner(x), all, before, &list, &older, e))
		return false;
	x->view = value_object(a);
	x->template_ = "dead_letters";
	value_set(a, x->view, "dead_letters", list);
	value_set(a, x->view, "older", older ? value_int(a, older) : value_null(a));
	if (older)
		response_header(a, x->res, "Link",
				arena_printf(a, "<%s?all=%d&before=%" PRId64 ">; rel=\"next\"",
					     app_url(x, x->req->path), all, older));
	set_bool(a, x->view, "_all", all);
	set_bool(a, x->view, "_can_resume", may_decide(x));
	app_title(x, "Dead letters", "home");
	return true;
}
