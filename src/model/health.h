/* SPDX-License-Identifier: MIT */
/* Whether the system can work, as far as the database knows. */
#ifndef MODEL_HEALTH_H
#define MODEL_HEALTH_H

#include <stdbool.h>

struct arena;
struct db;
struct err;

/* Whether any runner was seen within two minutes; `pressure` is why live ones claim less, or NULL. */
bool health_runner_seen(struct db *db, struct arena *a, bool *seen, const char **pressure, struct err *e);

#endif
