/* SPDX-License-Identifier: MIT */
/* From an agent's output to the edge that the run takes. */
#include "flow/handover.h"
#include "runner/agent.h"
#include "runner/output.h"
#include "runner/runner.h"

const char *judge(struct work *w, struct json_object *output)
{
	const char *problem;

	demands_keep(&w->demands, output);
	problem = output_take(w, output);
	if (!problem)
		problem = demands_unanswered(&w->demands, w->a, output);
	if (problem)
		return problem;
	struct handover said = handover_read(w->a, output, w->lease.confidence,
					     w->agent->delivers == DELIVERS_REVIEW);
	if (said.dropped)
		work_note(w, LOG_WARN_, "stage %s: not taken: %s", w->lease.node, said.dropped);
	w->out.messages = said.messages;
	if (said.outcome == HANDOVER_QUESTION)
		settle_park(w, "question", "%s", said.detail);
	else if (w->agent->delivers == DELIVERS_SUITE && said.outcome == HANDOVER_PASS)
		suite_begin(w);
	else
		settle_advance(w, handover_outcome_name(said.outcome), said.detail);
	return NULL;
}
