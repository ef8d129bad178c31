/* SPDX-License-Identifier: MIT */
/* What the generated tests put in: valid values, wrong values, what can be tried on an entity. */
#ifndef FALLBACK_SAMPLES_H
#define FALLBACK_SAMPLES_H

#include "fallback/design.h"

struct value;

struct booking_sample {
	int day;           /* of the week, with the longest hours */
	const char *time;  /* "09:00" */
	int minutes;       /* two of these fit, one after the other */
	int wrong_minutes; /* not among the allowed ones */
};

struct booking_sample sample_booking(struct design *d, const char *entity);
/* Sets samples, references, first_required, editable, bad, form, … on an entity's view. */
void samples_add(struct design *d, struct value *view, const struct entity *en);
/* The entity on which the tests of the whole application are tried: it has a text. */
const struct entity *sample_first(struct design *d);
/* NULL when the entity has no plain text. */
const struct field *sample_text_field(const struct entity *en);

#endif
