-- SPDX-License-Identifier: MIT
-- Questions to people. Where a statement has a parameter "owner", null is for those who see everything.

-- :name gate_view :maybe
-- $2 owner. Next: what an approval, or asking for changes, leads to.
select g.gate_id as id, g.run_id, p.name, g.stage, initcap(replace(g.stage, '_', ' ')) as _title, g.kind, g.state,
	g.revision, g.opened_at, to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, g.detail,
	trim_scale(g.amount_usd) as amount_usd, to_char(ceil(g.amount_usd * 100) / 100, 'FM999999990.00') as _amount,
	to_char(b.cap_usd, 'FM999999990.0099') as _cap_usd, r.state as _run_state, g.artifact_id as _artifact,
	s.revision as _newest, yes.kind as _next_kind, initcap(replace(yes.node, '_', ' ')) as _next,
	initcap(replace(coalesce(no.node, g.stage), '_', ' ')) as _back
from gate g join run r using (run_id) join project p using (project_id)
	join stage s on s.run_id = g.run_id and s.node = g.stage
	left join budget b on b.kind = '4-project' and b.key = p.project_id
	left join workflow_edge ey on ey.graph_id = r.graph_id and ey.node = g.node
		and ey.outcome = case g.kind when 'review' then 'approve' when 'tests' then 'pass' end
	left join workflow_node yes on yes.graph_id = r.graph_id and yes.node = ey.next
	left join workflow_edge en on en.graph_id = r.graph_id and en.node = g.node
		and en.outcome = case g.kind when 'review' then 'changes' when 'tests' then 'fail' end
	left join workflow_node no on no.graph_id = r.graph_id and no.node = en.next
where g.gate_id = $1 and ($2::bigint is null or p.account_id = $2)

-- :name gate_history :many
-- Every decision on a stage ($2) of a run, this gate's ($3) marked.
select d.kind, a.name as by, d.comment, d.revision, d.at, to_char(d.at, 'YYYY-MM-DD HH24:MI') as _at,
	d.gate_id = $3 as _this, case d.kind when 'approve' then 'Approved' when 'changes' then 'Changes requested'
		else 'Rejected' end as _kind_text
from gate g join decision d using (gate_id) join account a using (account_id)
where g.run_id = $1 and g.stage = $2 and g.gate_id <= $3
order by d.decision_id desc limit 50

-- :name gate_decide :one
-- No decision_id: it was a vote, and the gate is open until there are enough.
select decision_id, run_id, open, votes, quorum from gate_decide($1, $2, $3, $4, $5)

-- :name run_state :one
-- In a statement of its own: the one that decides does not see what it has changed.
select state as run_state from run where run_id = $1
