/* SPDX-License-Identifier: MIT */
/* The steps from sentences to a design; design.h has the way in. */
#ifndef FALLBACK_UNDERSTAND_H
#define FALLBACK_UNDERSTAND_H

#include <stddef.h>

#include "fallback/design.h"

struct phrase;
struct json_object;

/* Fills an empty design from the Architect's output; false when nothing there can be used. */
bool design_read_json(struct design *d, struct json_object *output);

/* Each reads one sentence and adds what it finds; true when it found something. */
bool read_things(struct design *d, const struct sentence *s);
bool read_corrections(struct design *d, const struct sentence *s);
bool read_lending(struct design *d, const struct sentence *s);
bool read_booking(struct design *d, const struct sentence *s);
bool read_billing(struct design *d, const struct sentence *s);
bool read_planning(struct design *d, const struct sentence *s);
bool read_signup(struct design *d, const struct sentence *s);
bool read_stock(struct design *d, const struct sentence *s);
bool read_lists(struct design *d, const struct sentence *s);

/* A number that limits: "at most three", "no more than 3", "not … more than three",
   "up to 3", "limit to two", "maximum of 2"; -1 for none. *at gets its token. */
int limit_in(const struct sentence *s, size_t *at);
/* The entity with the most to it that is neither a person, an event nor a part. */
struct entity *main_entity(struct design *d, const struct entity *not_this);
/* The person who acts in the sentence, else the one named most; made as `otherwise` if none. */
struct entity *acting_person(struct design *d, const struct sentence *s, const char *otherwise);

#endif
