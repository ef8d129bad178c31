/* SPDX-License-Identifier: MIT */
/* Stages whose attempts are used up, and what became of them. `owner` as in model/run.h. */
#ifndef MODEL_DEAD_LETTER_H
#define MODEL_DEAD_LETTER_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

#define DEAD_LETTERS 50 /* on a page */

/* [{id, run_id, project_id, name, owner, stage, branch, attempts, problem, at, resolution, resolved_at,
   run_state, gate, revision, can_resume}], the newest first, of ids under `before`; `all`: with those that
   are resolved. *older is what `before` must be for the following page, 0 when there is none. */
bool dead_letter_list(struct db *db, struct arena *a, int64_t owner, bool all, int64_t before, struct value **out,
		      int64_t *older, struct err *e);

#endif
