/* SPDX-License-Identifier: MIT */
/* Numbers from paths and queries, with errors that say what they should have been. */
#ifndef WEB_PARAM_H
#define WEB_PARAM_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct exchange;

/* The path's part `index` as an id; what is none names nothing that exists (ERR_NOT_FOUND). */
bool param_id(const struct exchange *x, int index, const char *what, int64_t *out, struct err *e);
/* A number of the query, or `otherwise` where it is absent. ERR_INVALID. */
bool query_int(const struct exchange *x, const char *name, int64_t min, int64_t max, int64_t otherwise,
	       int64_t *out, struct err *e);
/* Whether this person may decide on, hold and end what they can see. */
bool may_decide(const struct exchange *x);

#endif
