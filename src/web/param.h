/* SPDX-License-Identifier: MIT */
/* What the handlers of runs and gates ask of a request. */
#ifndef WEB_PARAM_H
#define WEB_PARAM_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct exchange;

/* A number of the query, or `otherwise` where it is absent. ERR_INVALID. */
bool query_int(const struct exchange *x, const char *name, int64_t min, int64_t max, int64_t otherwise,
	       int64_t *out, struct err *e);
/* Whether this person may decide on, hold and end what they can see. */
bool may_decide(const struct exchange *x);
/* After a form: back to the page, or for programs the view as `show` makes it now. */
bool form_done(struct exchange *x, const char *page, int64_t id,
	       bool (*show)(struct exchange *, int64_t, struct err *), struct err *e);

#endif
