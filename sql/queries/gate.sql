-- SPDX-License-Identifier: MIT
-- Questions to people. Where a statement has a parameter "owner", null is for those who see everything.

-- :name gate_view :maybe
-- $2 owner, $3 who looks. Next: what an approval, or asking for changes, leads to; an outcome of several
-- edges leads to all of them.
select g.gate_id as id, g.run_id, p.name, g.stage, initcap(replace(g.stage, '_', ' ')) as _title, g.kind, g.state,
	g.revision, g.opened_at, to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, g.detail,
	trim_scale(g.amount_usd) as amount_usd, r.state as _run_state, r.ended_at is not null as _run_ended,
	g.artifact_id as _artifact, s.revision as _newest, s.agent as _agent, yes.kind as _next_kind, yes.title as _next,
	coalesce(no.title, initcap(replace(g.stage, '_', ' '))) as _back,
	case when g.kind = 'conflict' and no.agent is not null and no.node <> g.stage then no.node end as _other,
	g.kind <> 'failure' or exists (select from workflow_edge e
		where e.graph_id = r.graph_id and e.node = g.node and e.outcome = 'pass') as _can_skip,
	g.quorum, g.role, d.name as assignee, exists (
		select from gate_turn t where t.gate_id = g.gate_id and t.account_id = $3) as _may,
	g.state = 'open' and artifact_author(g.artifact_id) = $3 and gate_others(g, $3) as _barred,
	g.expires_at, to_char(g.expires_at, 'YYYY-MM-DD HH24:MI') as _expires_at, g.reminders, w.on_expiry,
	w.expiry_to as _expiry_to, nullif(g.quorum, 1) as _quorum, g.branch as _branch
from gate g join run r using (run_id) join project p using (project_id)
	join stage s on s.run_id = g.run_id and s.node = g.stage
	join workflow_node w on w.graph_id = r.graph_id and w.node = g.node
	left join account d on d.account_id = g.assignee_id
	left join lateral (
		select min(n.kind) as kind, string_agg(initcap(replace(coalesce(n.reviews, n.node), '_', ' ')), ' and '
			order by n.node) as title
		from workflow_edge e join workflow_node n on n.graph_id = e.graph_id and n.node = e.next
		where e.graph_id = r.graph_id and e.node = g.node
			and e.outcome = case g.kind when 'review' then 'approve' when 'tests' then 'pass'
				when 'conflict' then 'pass' end) yes on true
	left join lateral (
		select n.node, n.agent, initcap(replace(n.node, '_', ' ')) as title
		from workflow_edge e join workflow_node n on n.graph_id = e.graph_id and n.node = e.next
		where e.graph_id = r.graph_id and e.node = g.node
			and e.outcome = any (case g.kind when 'review' then array['changes'] when 'tests' then array['fail']
				when 'conflict' then array['concern', 'fail'] end)
		order by e.outcome limit 1) no on true
where g.gate_id = $1 and ($2::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $2)
	or exists (select from gate_able b where b.gate_id = g.gate_id and b.account_id = $2))

-- :name gate_votes :many
-- $2 revision
select a.name as by, v.account_id = $3 as _mine, v.comment, v.at, to_char(v.at, 'YYYY-MM-DD HH24:MI') as _at
from gate_vote v join account a using (account_id)
where v.gate_id = $1 and v.revision = $2
order by v.at, a.name

-- :name gate_budgets :many
-- The caps in the way of a budget gate, and what a raise makes of each.
select split_part(c.kind, '-', 2) as kind, c.key, trim_scale(c.need) as need_usd, trim_scale(b.cap_usd) as cap_usd,
	to_char(b.cap_usd, 'FM999999990.00999999') as _cap, to_char(ceil(c.need * 100) / 100, 'FM999999990.00') as _raise,
	to_char(b.cap_usd + ceil(c.need * 100) / 100, 'FM999999990.00999999') as _to,
	case c.kind when '1-site' then 'the whole site' when '2-day' then 'the day '
			|| to_char(timestamp 'epoch' + c.key * interval '1 day', 'YYYY-MM-DD')
		when '3-account' then 'the account ' || coalesce((select a.name from account a where a.account_id = c.key), '?')
		else 'this project' end as _of, c.kind <> '4-project' as _beyond
from gate g join run r using (run_id)
	cross join jsonb_to_recordset(coalesce(g.budgets, jsonb_build_array(jsonb_build_object(
		'kind', '4-project', 'key', r.project_id, 'need', coalesce(g.amount_usd, 0)))))
		as c(kind text, key bigint, need numeric)
	left join budget b on b.kind = c.kind and b.key = c.key
where g.gate_id = $1 and g.kind = 'budget'
order by c.kind, c.key

-- :name gate_history :many
-- Every decision on a stage ($2) of a run, this gate's ($3) marked.
select d.kind, a.name as by, d.comment, d.revision, d.at, to_char(d.at, 'YYYY-MM-DD HH24:MI') as _at,
	d.gate_id = $3 as _this, case d.kind when 'approve' then 'Approved' when 'changes' then 'Changes requested'
		when 'skip' then 'Skipped' when 'answer' then 'Answered' else 'Rejected' end as _kind_text
from gate g join decision d using (gate_id) join account a using (account_id)
where g.run_id = $1 and g.stage = $2 and g.gate_id <= $3
order by d.decision_id desc limit 50

-- :name run_state :one
-- In a statement of its own: the one that decides does not see what it has changed.
select state as run_state from run where run_id = $1
