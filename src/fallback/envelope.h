/* SPDX-License-Identifier: MIT */
/* What goes with an answer: how sure the fallback is, why not surer, and whom it tells. */
#ifndef FALLBACK_ENVELOPE_H
#define FALLBACK_ENVELOPE_H

struct task;
struct value;

/* Sets confidence, concerns, messages, questions and answers of an agent's finished answer. */
void envelope_add(struct task *t, const char *agent, struct value *answer);

#endif
