/* SPDX-License-Identifier: MIT */
/* A design as the templates of the fallback see it. */
#ifndef FALLBACK_VIEW_H
#define FALLBACK_VIEW_H

#include <stddef.h>

#include "fallback/design.h"

struct value;

/* project, purpose, accent, entities (with samples for tests), tops (entities that have
   pages of their own), first, first_text, modules (see view_module). */
struct value *design_view(struct design *d);
/* The rules of one feature and entity together: feature, module, entity, item, holder,
   field, number, values, and one object for each part of the feature that is there. */
struct value *view_module(struct design *d, const struct rule *first);
/* One rule: is_<feature>_<part>, entity, item, holder, field, number, values, statement. */
struct value *view_rule(struct design *d, const struct rule *r);
struct value *view_entity(struct design *d, const struct entity *en);
/* The first rule of each module, in order; returns how many. */
size_t design_modules(struct design *d, const struct rule **out, size_t max);
/* "lending" of "lending.limit". */
const char *rule_feature(struct design *d, const struct rule *r);
/* "limit" of "lending.limit". */
const char *rule_part(const struct rule *r);

#endif
