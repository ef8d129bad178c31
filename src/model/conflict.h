/* SPDX-License-Identifier: MIT */
/*
 * Agents that do not agree: what each of the two says and how sure it is, and how they got there.
 * The gate of kind conflict stands at the stage that doubts; what it doubts is an earlier one's.
 */
#ifndef MODEL_CONFLICT_H
#define MODEL_CONFLICT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

/* The view "conflict". `owner` as in model/run.h. ERR_NOT_FOUND, also when the gate
   is of another kind. */
bool conflict_view(struct db *db, struct arena *a, int64_t gate, int64_t owner, int64_t account,
		   struct value **out, struct err *e);

#endif
