/* SPDX-License-Identifier: MIT */
/*
 * One request with everything its handler may use. Made by the program's worker thread, handed
 * down the one way: route → policy → handler → respond.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "http/request.h"
#include "http/response.h"

struct arena;
struct config;
struct db;
struct err;
struct templates;
struct value;

/* Who asks; account 0 is nobody. Filled in by the program's authentication before the policy. */
struct identity {
	int64_t account_id;
	const char *name;
	unsigned role;           /* on what the path names: one of ROLE_*, see route.h */
	unsigned site_role;      /* on the whole site */
	bool owner;              /* of the project that the path is in */
	bool turn;               /* may decide on the gate that the path names, or on an open one of its run */
	unsigned scopes;         /* SCOPE_*: what the token may do; all of them without one */
	const char *csrf;        /* token for this session's forms; NULL with a bearer token */
	bool by_token;
	const char *session;     /* its token, or NULL */
};

struct exchange {
	struct arena *arena;
	struct request *req;
	struct response *res;
	struct db *db;
	const struct config *cfg;
	const struct templates *tpl;
	void *program;          /* the program's own */
	struct identity who;
	const char *base;       /* sub-path of the public URL, "" or "/sub" */
	const struct err *refused; /* set: the request could not be read, and is only answered */
	const char *params[4];  /* of the route's pattern, in order */
	struct value *view;     /* the handler's result: an object */
	const char *template_;  /* which template shows it; NULL: JSON only */
	struct value *page;     /* "_page" of every page: a handler may set "title" and "nav" */
	struct value *problems; /* form_read()'s, for a handler that fails and wants its form shown again */
};

#endif
