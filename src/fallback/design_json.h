/* SPDX-License-Identifier: MIT */
#ifndef FALLBACK_DESIGN_JSON_H
#define FALLBACK_DESIGN_JSON_H

#include "fallback/design.h"

struct value;

/* One element of "entities" and of "rules" in the Architect's output. */
struct value *design_write_entity(struct design *d, const struct entity *en);
struct value *design_write_rule(struct design *d, const struct rule *r);

#endif
