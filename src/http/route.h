/* SPDX-License-Identifier: MIT */
/*
 * THE table's type, and the dispatcher. A row's policy is checked before its handler runs and
 * nowhere else. In a pattern, a part ":name" takes one part of the path and a part "*name" the rest.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/exchange.h"

/* Roles, each with those before it; a row names the least. None: for everybody. Where the pattern's
   first part is a project, run or gate, the role there counts: the higher one of the site's and the
   project's. To whom the thing is not to be seen, it does not exist: 404, whatever they ask of it. */
#define ROLE_PUBLIC    0u
#define ROLE_VIEWER    1u
#define ROLE_SUBMITTER 2u
#define ROLE_APPROVER  3u
#define ROLE_OPERATOR  4u
#define ROLE_ADMIN     5u
#define ROLE_MASK      7u
/* A form must carry the session's token in "_csrf"; JSON with a bearer token needs none, JSON with
   a cookie needs the X-CSRF-Token header. */
#define CSRF           0x10u
/* An Idempotency-Key, if sent, is honoured. */
#define IDEMPOTENT     0x20u
/* A public form: from a browser it must come from our site and show the token of its page. */
#define ORIGIN         0x40u
/* Of a run: who may decide on an open gate of it passes, too. */
#define TURN           0x80u
/* The project's owner passes, too, unless a viewer. */
#define OWNER          0x100u
/* Not by a token: it could make itself stronger. */
#define SESSION        0x200u

/* What a token is good for, by the row's least role: reading is every GET; of what changes something, submit is
   a submitter's, decide a viewer's (whom a gate waits for) and an approver's, operate that of those above. */
#define SCOPE_READ    1u
#define SCOPE_SUBMIT  2u
#define SCOPE_DECIDE  4u
#define SCOPE_OPERATE 8u
#define SCOPE_ALL     15u

enum thing { THING_NONE, THING_PROJECT, THING_RUN, THING_GATE };

struct route {
	enum method method; /* GET serves HEAD too */
	const char *pattern;
	/* Fills x->view (and x->template_) or x->res. False: `e` says why, and the dispatcher shows it;
	   with x->problems set, it shows x->template_ again under the error's status. */
	bool (*handler)(struct exchange *x, struct err *e);
	unsigned policy;
	/* May ask db_ahead() for what the handler will, before it is known who asks; or NULL. What comes is
	   the handler's alone, so nobody sees it whom the policy refuses. */
	void (*ahead)(struct exchange *x);
};

/* Finds the row, sets x->params. NULL with ERR_NOT_FOUND, or ERR_METHOD and an Allow header. */
const struct route *route_match(const struct route *table, size_t count, struct exchange *x,
				struct err *e);
/* What the first part of the row's pattern names. */
enum thing route_thing(const struct route *row);
/* True when the identity satisfies the row's policy: 401, 403 otherwise. */
bool route_allowed(const struct route *row, struct exchange *x, struct err *e);
/* The i-th part of the pattern as an id; what is none cannot exist: ERR_NOT_FOUND. */
bool route_id(const struct exchange *x, size_t i, int64_t *out, struct err *e);

#endif
