/* SPDX-License-Identifier: MIT */
/* Stored outputs made whole again: their JSON with the contents of the files that it names. */
#ifndef MODEL_STAGE_BODY_H
#define MODEL_STAGE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct json_object;
struct stage_bodies;
struct stage_input;

/* Reads these outputs and their files, in two statements. In the arena. */
bool stage_bodies_load(struct db *db, struct arena *a, const int64_t *artifacts, size_t n,
		       struct stage_bodies **out, struct err *e);
/* A copy that lives in `to`. With `input`, its files are added there as well. NULL: what is
   stored cannot be read. */
struct json_object *stage_body(const struct stage_bodies *b, struct arena *to, int64_t artifact,
			       struct stage_input *input, struct err *e);

#endif
