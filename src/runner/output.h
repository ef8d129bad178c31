/* SPDX-License-Identifier: MIT */
/* What becomes of an agent's JSON: checked, its files taken out, its document written. */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

struct json_object;
struct work;

/* Fills w->out but for the outcome and the report. NULL, or what is wrong with it: lines of
   "- POINTER: what" that a model can act on. */
const char *output_take(struct work *w, struct json_object *output);

#endif
