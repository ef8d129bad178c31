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

/* `password` may be NULL: only links and tokens are used then. ERR_INVALID says what is wrong with
   a name, role or password, ERR_CONFLICT that the name is taken. */
bool account_create(struct db *db, struct arena *a, const char *name, const char *role,
		    const char *password, int64_t *id, struct err *e);
/* [{id, name, role, created_at, disabled_at}] */
bool account_list(struct db *db, struct arena *a, struct value **out, struct err *e);
/* Ends its sessions too; links and tokens are refused from now on. */
bool account_disable(struct db *db, struct arena *a, const char *name, struct err *e);
bool account_find(struct db *db, struct arena *a, const char *name, int64_t *id, struct err *e);

/* By which the database knows a token. */
struct token_hash {
	uint8_t b[SHA256_LEN];
};
struct token_hash token_hash(const char *token);
/* False for what cannot be one of our tokens: refused before it costs a round trip. */
bool token_shaped(const char *token);

/* ---- links ---- the URL is public_url + "/sign-in/" + token */
bool sign_in_link_create(struct db *db, struct arena *a, const char *account, int64_t minutes,
			 char **token, struct err *e);
/* Whose link it is; uses nothing up. ERR_NOT_FOUND: used, expired, or never was. */
bool sign_in_link_look(struct db *db, struct arena *a, const char *token, const char **account,
		       const char **expires_at, struct err *e);

/* ---- sessions ---- */
struct visitor {
	int64_t account_id;
	const char *name;
	unsigned role;              /* viewer 1, submitter 2, approver 3, operator 4, admin 5 */
	unsigned scopes;            /* of a token: read 1, submit 2, decide 4, operate 8 */
	const char *runner_seen_at; /* of the newest runner; NULL: none yet */
	int64_t runner_seconds;     /* since then */
	const char *runner_provider, *runner_model;
	const char *runner_pressure; /* why live runners claim less; NULL: nothing is short */
};
/* ERR_NOT_FOUND as above; a link opens one session at most. */
bool session_from_link(struct db *db, struct arena *a, const char *link, int64_t hours,
		       char **session, struct err *e);
/* ERR_INVALID when name and password do not belong together, whichever is wrong, in equal time. */
bool session_from_password(struct db *db, struct arena *a, const char *name, const char *password,
			   int64_t hours, char **session, struct err *e);
/* *found is false when it has ended or never was. Notes the use, at most once a minute. */
bool session_visitor(struct db *db, struct arena *a, const char *session, int64_t idle_minutes,
		     struct visitor *out, bool *found, struct err *e);
bool session_end(struct db *db, const char *session, struct err *e);
/* All of the account's but this one, which may be NULL. */
bool session_end_others(struct db *db, int64_t account, const char *session, struct err *e);
/* [{created_at, seen_at, current}] */
bool session_list(struct db *db, struct arena *a, int64_t account, const char *session,
		  int64_t idle_minutes, struct value **out, struct err *e);
bool session_expire(struct db *db, int64_t idle_minutes, struct err *e);

/* Asks for the old one again (it may be NULL where there was none), and ends all other sessions. */
bool password_change(struct db *db, struct arena *a, int64_t account, const char *old, const char *fresh,
		     const char *session, struct err *e);

/* ---- bearer tokens ---- */
bool token_create(struct db *db, struct arena *a, int64_t account, const char *name, char **token,
		  int64_t *id, struct err *e);
bool token_visitor(struct db *db, struct arena *a, const char *token, struct visitor *out, bool *found,
		   struct err *e);
bool token_list(struct db *db, struct arena *a, int64_t account, struct value **out, struct err *e);
bool token_revoke(struct db *db, struct arena *a, int64_t account, int64_t id, struct err *e);

#endif
