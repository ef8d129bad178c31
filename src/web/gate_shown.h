/* SPDX-License-Identifier: MIT */
/* The gate's page, for the handlers of what is done there. */
#ifndef WEB_GATE_SHOWN_H
#define WEB_GATE_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/review.h"

struct err;
struct exchange;
struct value;

/* Who asks, and of which gate. */
struct reviewer reviewer_of(const struct exchange *x, int64_t gate);
/* What the address asks to see. */
bool gate_look(const struct exchange *x, struct gate_look *look, struct err *e);
/* Fills in the view; with look NULL as the address says. */
bool gate_shown(struct exchange *x, int64_t id, const struct gate_look *look, struct err *e);
/* After a refusal: the page as things are now, with `problems` of the form named `which` ("decide", "say",
   "items"). False, as handlers end. */
bool gate_refused(struct exchange *x, int64_t id, const struct gate_look *look, const char *which,
		  struct value *problems, struct err *e);
/* After a form: to where "_back" says on the gate's page, or for programs the gate as it is now. */
bool gate_done(struct exchange *x, int64_t id, const char *anchor, struct err *e);

#endif
