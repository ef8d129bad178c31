/* SPDX-License-Identifier: MIT */
/*
 * Projects as people list, read and submit them. `owner` is whose projects are seen: 0 for those
 * who see everybody's; to others a project of somebody else does not exist.
 */
#ifndef MODEL_PROJECT_H
#define MODEL_PROJECT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

struct project_filter {
	int64_t owner;
	const char *token; /* a session's or a bearer token: everybody's are listed only if it may see them */
	int64_t idle_minutes; /* that a session may have been */
	int64_t before;    /* project ids under this; INT64_MAX for the newest */
	int64_t limit;
	const char *state; /* NULL: any */
	const char *q;     /* part of the name, in any case; NULL: any */
};
/* *next is what `before` must be for the following page, 0 when there is none. */
bool project_list(struct db *db, struct arena *a, const struct project_filter *f, struct value **out,
		  int64_t *next, struct err *e);
/* The list will be asked for after the next statement, which takes it along; see db_ahead(). Only
   for everybody's, without a state or q: to a token that may not see them nothing comes. */
void project_list_ahead(struct db *db, const struct project_filter *f);
/* With its runs. ERR_NOT_FOUND. */
bool project_get(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out, struct err *e);

struct submission {
	const char *name, *brief, *workflow, *stack;
	int64_t cap_micro; /* micro-dollars; -1: no cap */
	const char *key;   /* the same key of the same account makes one project */
	int64_t priority;  /* -10 … 10 */
};
/* *created is false when the key has made a project before: that one's ids are returned. */
bool project_submit(struct db *db, struct arena *a, int64_t account, const struct submission *s,
		    int64_t *id, int64_t *run_id, bool *created, struct err *e);
/* [{name, title, checked, gates}], `checked` where the name is `chosen`. */
bool workflow_choices(struct db *db, struct arena *a, const char *chosen, struct value **out, struct err *e);

/* Sets, or with a negative amount lifts, what the project may cost. ERR_NOT_FOUND. */
bool project_cap(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, int64_t cap_micro,
		 struct err *e);

/* What the home page shows: {your_turn, running, recent, tokens_today, spent_today_usd}; `your_turn` are the
   first of this person's turns, as in model/inbox.h. `url` is the public one. */
bool home_view(struct db *db, struct arena *a, int64_t owner, int64_t account, const char *url,
	       struct value **out, struct err *e);

#endif
