/* SPDX-License-Identifier: MIT */
/* What a person is on one project, run or gate. */
#ifndef MODEL_ACCESS_H
#define MODEL_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;

struct place {
	unsigned rank; /* viewer 1 … admin 5 */
	bool owner;    /* of its project */
	bool turn;     /* they may decide: on the gate itself, or on an open one of the run */
};

/* `thing`: project, run, gate. ERR_NOT_FOUND when there is none, or it is not theirs to see. */
bool place_find(struct db *db, struct arena *a, const char *thing, int64_t id, int64_t account, unsigned site_rank,
		struct place *out, struct err *e);

#endif
