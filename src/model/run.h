/* SPDX-License-Identifier: MIT */
/*
 * Runs as people see and hold them. `owner` is whose runs are seen: 0 for those who see everybody's;
 * to others somebody else's run does not exist (ERR_NOT_FOUND),
 * but who was given one of its gates sees it, and holds it not (ERR_FORBIDDEN). The views are those of
 * docs/views.md, without what only a page can know: links, roles.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

/* The view "run", without what is said of runners. */
bool run_view(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out, struct err *e);
/* The view "events", those after number `after`. */
bool run_events(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t after, struct value **out,
		struct err *e);
/* The view "artifacts". */
bool run_artifacts(struct db *db, struct arena *a, int64_t id, int64_t owner, struct value **out,
		   struct err *e);

/* Ends a run; ERR_CONFLICT when it has ended already. */
bool run_cancel_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, struct err *e);
/* Nothing new begins while a run is paused. Pausing a paused run changes nothing. */
bool run_hold_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account, bool paused,
		 struct err *e);
/* Goes back to a stage that has begun, also of a run that has ended; `comment`, "" for none, is
   what the next revision answers. ERR_CONFLICT while the run is paused. */
bool run_retry_by(struct db *db, struct arena *a, int64_t id, int64_t owner, int64_t account,
		  const char *stage, const char *comment, struct err *e);
/* ["analyst", …], of a run that is known to be seen. */
bool run_stage_names(struct db *db, struct arena *a, int64_t id, struct value **out, struct err *e);

/* "812 bytes", "12.4 KB", "1.2 MB" */
const char *size_words(struct arena *a, int64_t bytes);

#endif
