/* SPDX-License-Identifier: MIT */
/* A run's workflow as its page draws it, by the layout that was stored with the workflow. */
#ifndef MODEL_DRAWING_H
#define MODEL_DRAWING_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

/* The view's "_drawing"; null for a version without one. That the run may be seen is for the
   caller to know. */
bool run_drawing(struct db *db, struct arena *a, int64_t run, struct value **out, struct err *e);

#endif
