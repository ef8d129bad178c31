/* SPDX-License-Identifier: MIT */
/*
 * The states of a run by name, in the order in which people are offered them. How a run goes
 * from one to another is written in SQL, whose CHECK holds the same names; a test compares the two.
 */
#ifndef FLOW_STATES_H
#define FLOW_STATES_H

#include <stdbool.h>

enum { RUN_STATES = 8 };

extern const char *const run_states[RUN_STATES];

bool run_state_known(const char *name);

#endif
