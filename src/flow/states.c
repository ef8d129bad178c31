/* SPDX-License-Identifier: MIT */
#include "flow/states.h"

#include "base/str.h"

const char *const run_states[RUN_STATES] = {
	"queued", "running", "waiting", "paused", "done", "failed", "cancelled", "rejected",
};

bool run_state_known(const char *name)
{
	for (int i = 0; i < RUN_STATES; i++)
		if (streq(run_states[i], name))
			return true;
	return false;
}
