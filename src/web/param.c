/* SPDX-License-Identifier: MIT */
#include "web/param.h"

#include "base/err.h"
#include "base/str.h"
#include "http/exchange.h"
#include "http/request.h"
#include "http/route.h"
#include "model/gate.h"
#include "web/app.h"

bool query_int(const struct exchange *x, const char *name, int64_t min, int64_t max, int64_t otherwise,
	       int64_t *out, struct err *e)
{
	const char *given = request_query(x->req, name);
	*out = otherwise;
	return !given || !given[0] || parse_i64(given, min, max, out) ||
	       err_set(e, ERR_INVALID, "\"%s\" in the address must be a whole number from %lld to %lld.",
		       name, (long long)min, (long long)max);
}

/* By the role on what the path names. */
bool may_decide(const struct exchange *x)
{
	return x->who.role >= ROLE_SUBMITTER;
}

bool form_done(struct exchange *x, const char *page, int64_t id,
	       bool (*show)(struct exchange *, int64_t, struct err *), struct err *e)
{
	return request_wants_json(x->req) ? show(x, id, e) : app_redirect(x, page);
}
