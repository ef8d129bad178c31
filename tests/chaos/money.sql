-- SPDX-License-Identifier: MIT
-- every call has its hold
select call_id from llm_call left join budget_hold h using (call_id) where h.call_id is null;
-- a hold cost what its call did, or in full when that is not known
select call_id, l.state, l.cost_usd, h.spent_usd, h.amount_usd from llm_call l join budget_hold h using (call_id)
	where h.spent_usd <> case when h.unconfirmed then h.amount_usd else l.cost_usd end;
-- an answer cost what its tokens do
select call_id, cost_usd from llm_call
	where state = 'answered' and cost_usd is distinct from (input_tokens * 1 + output_tokens * 2) / 1000000.0;
-- no answer is counted as of unknown cost, but such as came after their runner was given up
select call_id, state, error from llm_call l join budget_hold h using (call_id)
	where l.state = 'answered' and h.unconfirmed and h.settled_at >= l.ended_at;
-- what a project has spent is what its holds spent
select b.key, b.spent_usd, b.held_usd from budget b
	where b.kind = '4-project' and (b.held_usd <> 0
		or b.spent_usd <> (select coalesce(sum(h.spent_usd), 0) from budget_hold h where h.project_id = b.key));
-- no project has spent more than its cap
select key, spent_usd, cap_usd from budget where spent_usd > cap_usd;
-- no server is thought to be busy
select provider, model, in_flight from provider_limit where in_flight <> 0;
