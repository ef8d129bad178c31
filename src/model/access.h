/* SPDX-License-Identifier: MIT */
/* What a person is on one project, run or gate, and with whom a project is shared. */
#ifndef MODEL_ACCESS_H
#define MODEL_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

struct place {
	unsigned rank; /* viewer 1 … admin 5 */
	bool owner;    /* of its project */
	bool turn;     /* they may decide: on the gate itself, or on an open one of the run */
};

/* `thing`: project, run, gate. ERR_NOT_FOUND when there is none, or it is not theirs to see. */
bool place_find(struct db *db, struct arena *a, const char *thing, int64_t id, int64_t account, unsigned site_rank,
		struct place *out, struct err *e);

/* {project_id, name, members: [{id, name, role, site_role, added_by, added_at, disabled}]}, the owner first.
   `owner` as in model/run.h. */
bool member_view(struct db *db, struct arena *a, int64_t project, int64_t owner, struct value **out, struct err *e);
/* Shares it with somebody, or changes their role. ERR_INVALID names what is wrong with whom. */
bool member_set(struct db *db, int64_t by, int64_t project, const char *name, const char *role, struct err *e);
bool member_remove(struct db *db, int64_t by, int64_t project, int64_t account, struct err *e);

#endif
