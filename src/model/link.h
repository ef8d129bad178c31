/* SPDX-License-Identifier: MIT */
/*
 * Links to decisions. A token is made when a mail is sent; here only its hash is known. It is for one person,
 * one gate and one revision, and works once.
 */
#ifndef MODEL_LINK_H
#define MODEL_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct decision;
struct err;
struct value;

struct decision_link {
	int64_t gate, revision;
	int64_t now_revision;   /* of the gate */
	bool mine, used, expired, open;
	const char *expires_at; /* for people */
};

/* ERR_NOT_FOUND where there is no such link. */
bool link_look(struct db *db, struct arena *a, const char *token, int64_t account, struct decision_link *out,
	       struct err *e);
/* Why the link lets decide nothing any more, for its person; NULL: it does. */
const char *link_stale(struct arena *a, const struct decision_link *l);
/* The view "decided". A refusal, by whatever cause, leaves the link as it was. */
bool link_decide(struct db *db, struct arena *a, const char *token, int64_t account, const struct decision *d,
		 struct value **out, struct err *e);

#endif
