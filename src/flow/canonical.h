/* SPDX-License-Identifier: MIT */
/*
 * One text for every JSON value that is the same value: sorted names, 1.0 and 1
 * alike. Two values are equal when their texts are.
 */
#ifndef FLOW_CANONICAL_H
#define FLOW_CANONICAL_H

struct arena;
struct buf;
struct json_object;

/* Scratch memory for sorting comes from the arena. */
void canonical_write(struct arena *a, struct buf *out, struct json_object *j);
const char *canonical_text(struct arena *a, struct json_object *j);

#endif
