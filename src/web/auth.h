/* SPDX-License-Identifier: MIT */
/* Who asks: by bearer token, by session cookie, or as the proxy in front says. And the cookies that we set. */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include <stdbool.h>

#include "model/account.h"

struct err;
struct exchange;
struct route;

/* Fills in x->who and what the page says about the person and the runners. Nobody is no error; a
   bearer token that is not good is ERR_UNAUTHENTICATED. */
bool auth_identify(struct exchange *x, struct err *e);
/* Makes x->who.role that on the project, run or gate that the path names. ERR_NOT_FOUND: it is not
   there, or not for this person to know of. */
bool auth_place(struct exchange *x, const struct route *row, struct err *e);
/* The token of forms that need no session: bound to the session's cookie where there is one, else to a
   cookie of its own, which `make` makes. Asks no database. */
void auth_stranger(struct exchange *x, bool make);
/* The session's token, as the cookie brought it unless one has begun in this request; or NULL. */
const char *auth_session(const struct exchange *x);
/* What is shown to be let in: the bearer token, else the session's; or NULL. */
const char *auth_token(const struct exchange *x);
/* From where the person comes; the device is the browser's cookie, which `make` makes. */
struct whence auth_whence(struct exchange *x, bool make);
void auth_session_start(struct exchange *x, const char *session);
void auth_session_forget(struct exchange *x);
/* A cookie for the whole site; `seconds` 0 removes it. */
void auth_cookie(struct exchange *x, const char *name, const char *value, long seconds, bool http_only);

#endif
