/* SPDX-License-Identifier: MIT */
/* What came of each numbered comment of the feedback. */
#ifndef FALLBACK_ANSWERS_H
#define FALLBACK_ANSWERS_H

struct task;
struct value;

/* Sets "answers" of an agent's finished answer. */
void answers_add(struct task *t, struct value *answer);
/* What people ask for now as one text: the comment, then each on lines, then items to do again. */
const char *answers_asked(struct task *t, const char *comment);

#endif
