/* SPDX-License-Identifier: MIT */
/*
 * Gates: what is asked of a person, what each answer means, and the answer itself. `owner` as in
 * model/run.h. The first decision on what is current wins (ERR_CONFLICT for the others).
 */
#ifndef MODEL_GATE_H
#define MODEL_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct rows;
struct value;

/* The view "gate" with what is decided on, as this person sees it. A gate that was given to somebody is seen by them, too. */
bool gate_view(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
	       struct value **out, struct err *e);

struct decision {
	const char *kind;    /* approve, changes, reject, skip, answer; comment: none, what is drafted is sent alone */
	int64_t revision;    /* what the person had before them */
	const char *comment; /* "" for none */
	bool anyway;         /* approve although comments are open */
};
/* ERR_NOT_FOUND in words; false. */
bool gate_absent(int64_t id, struct err *e);
/* The view "decided" of what review_send() or link_decide() gave back. */
bool decided_view(struct db *db, struct arena *a, const struct rows *r, struct value **out, struct err *e);
/* The view "decided". Where several approvals are asked for, each but the last is a vote: no
   decision_id then, and open is true. */
bool gate_decide_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
		    const struct decision *d, struct value **out, struct err *e);

/* [gate_row] of the open gates that the person sees, the longest waiting first; `url` is the public one. */
bool gate_list(struct db *db, struct arena *a, int64_t owner, int64_t account, const char *url, struct value **out,
	       struct err *e);

/* One line that says what is asked: "Decide on the Analyst's output". */
const char *gate_asks(struct arena *a, const char *kind, const char *title);

#endif
