/* SPDX-License-Identifier: MIT */
/*
 * Accounts, and what lets somebody in: one-time links, passwords, sessions, bearer tokens.
 * A token leaves here once, as text, at its making; the database knows only its SHA-256.
 */
#ifndef MODEL_ACCOUNT_H
#define MODEL_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypt.h"

struct arena;
struct db;
struct err;
struct value;

/* ---- accounts ---- `by`: the administrator who asks; 0: the database's owner, at the command line. */

/* `email` and `password` may be NULL. ERR_INVALID says what is wrong with a name, role, address or password,
   ERR_CONFLICT that the name is taken, ERR_FORBIDDEN that `by` is no administrator. */
bool account_create(struct db *db, struct arena *a, int64_t by, const char *name, const char *role, const char *email,
		    const char *password, int64_t *id, struct err *e);
/* [{id, name, role, email, created_at, disabled_at, has_password, seen_at}] by name, those after `after`;
   *next is the name to go on from, or NULL. */
bool account_list(struct db *db, struct arena *a, const char *after, const char *q, int64_t limit, struct value **out,
		  const char **next, struct err *e);
bool account_view(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e);
struct account_change {
	const char *role, *email; /* NULL: as it is; "" takes the address away */
	int disabled;             /* -1: as it is */
};
/* Disabling ends everything of the account at once. ERR_CONFLICT: it would leave no administrator. */
bool account_change(struct db *db, int64_t by, int64_t id, const struct account_change *c, struct err *e);
/* `disabled`: finds one that is disabled, too. */
bool account_find(struct db *db, struct arena *a, const char *name, bool disabled, int64_t *id, struct err *e);
/* {email, mail, shortcuts, has_password}: what people set about themselves. */
bool account_own(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e);
bool account_own_set(struct db *db, struct arena *a, int64_t id, const char *email, bool mail, bool shortcuts,
		     struct err *e);
bool email_fit(const char *email, struct err *e);
bool password_fit(const char *password, struct err *e);

/* By which the database knows a token. */
struct token_hash {
	uint8_t b[SHA256_LEN];
};
struct token_hash token_hash(const char *token);
/* False for what cannot be one of our tokens: refused before it costs a round trip. */
bool token_shaped(const char *token);

/* ---- links ---- the URL is public_url + "/sign-in/" + token. `kind`: sign_in lets in; invite and reset ask for a
   new password before, and only the newest of each works. */
bool account_link(struct db *db, struct arena *a, int64_t by, int64_t id, const char *kind, int64_t minutes,
		  char **token, const char **expires, struct err *e);
/* {name, kind, expires_at}; uses nothing up. ERR_NOT_FOUND: used, expired, or never was. */
bool sign_in_link_look(struct db *db, struct arena *a, const char *token, struct value **out, struct err *e);
bool link_gone(struct err *e);

/* ---- sessions (session.c) ---- */
struct visitor {
	int64_t account_id;
	const char *name;
	unsigned role;              /* viewer 1, submitter 2, approver 3, operator 4, admin 5 */
	unsigned scopes;            /* of a token: read 1, submit 2, decide 4, operate 8 */
	bool proxied;               /* the session lasts as long as the proxy names the person */
	bool shortcuts;             /* single keys are to do things on pages */
	const char *runner_seen_at; /* of the newest runner; NULL: none yet */
	int64_t runner_seconds;     /* since then */
	const char *runner_provider, *runner_model;
	const char *runner_pressure; /* why live runners claim less; NULL: nothing is short */
};
struct rows;
void visitor_read(const struct rows *r, struct visitor *out);

/* From where somebody comes. `device`: the token of a cookie by which a browser is known again, or NULL. */
struct whence {
	const char *address, *agent, *device;
};
/* ERR_NOT_FOUND as above; a link opens one session at most. `password`: the new one, of a link that asks for it. */
bool session_from_link(struct db *db, struct arena *a, const char *link, const char *password, int64_t hours,
		       const struct whence *w, char **session, struct err *e);
/* ERR_INVALID when name and password do not belong together, whichever is wrong, in equal time; ERR_THROTTLED when
   there were too many attempts. */
bool session_from_password(struct db *db, struct arena *a, const char *name, const char *password, int64_t hours,
			   const struct whence *w, char **session, struct err *e);
/* The proxy vouches for the name. `make`: whom nobody knows becomes a viewer; else ERR_FORBIDDEN. */
bool session_from_proxy(struct db *db, struct arena *a, const char *name, bool make, int64_t hours,
			const struct whence *w, char **session, struct err *e);
/* *found is false when it has ended or never was. Notes the use, at most once a minute. */
bool session_visitor(struct db *db, struct arena *a, const char *session, const char *address, int64_t idle_minutes,
		     struct visitor *out, bool *found, struct err *e);
bool session_end(struct db *db, const char *session, struct err *e);
bool session_end_one(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e);
/* All of the account's but this one, which may be NULL. */
bool session_end_others(struct db *db, int64_t account, const char *session, struct err *e);
/* [{id, created_at, seen_at, current, via, address, agent}] */
bool session_list(struct db *db, struct arena *a, int64_t account, const char *session,
		  int64_t idle_minutes, struct value **out, struct err *e);
bool session_expire(struct db *db, int64_t idle_minutes, struct err *e);

/* Asks for the old one again (it may be NULL where there was none), and ends all other sessions. */
bool password_change(struct db *db, struct arena *a, int64_t account, const char *name, const char *old,
		     const char *fresh, const char *session, const struct whence *w, struct err *e);

/* ---- bearer tokens (api_token.c) ---- */
extern const char *const token_scopes[]; /* read, submit, decide, operate, NULL: bit by bit */
#define TOKEN_SCOPES_ALL 15u
/* `days` 0: good until it is revoked. ERR_INVALID without a scope. */
bool token_create(struct db *db, struct arena *a, int64_t account, const char *name, unsigned scopes, int64_t days,
		  char **token, int64_t *id, struct err *e);
bool token_visitor(struct db *db, struct arena *a, const char *token, struct visitor *out, bool *found,
		   struct err *e);
bool token_list(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e);
bool token_revoke(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e);

#endif
