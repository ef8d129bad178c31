-- SPDX-License-Identifier: MIT
-- A run as its page shows it. $2 owner: null for those who see everybody's.

-- :name run_view :maybe
-- Everything of which there is one. Lost and failed calls whose cost is unknown count their hold in full.
select r.run_id as id, r.project_id, p.name, a.name as owner, r.state,
	case when r.ended_at is null then coalesce(n.reviews, n.node) end as stage,
	w.name as workflow, r.paused, r.problem, r.opened_at, r.ended_at,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at,
	p.account_id as _owner_id, c.state as _cursor, c.why as _why, n.node as _node,
	initcap(replace(coalesce(n.reviews, n.node), '_', ' ')) as _title,
	q.place, q.ready, m.usd, m.held_usd, m.known, trim_scale(b.cap_usd) as cap_usd,
	to_char(m.usd, 'FM999999990.0099') as _usd, to_char(b.cap_usd, 'FM999999990.0099') as _cap_usd,
	to_char(nullif(m.held_usd, 0), 'FM999999990.0099') as _held_usd,
	t.artifact_id is not null as _has_report, coalesce(t.executed, false) as executed, t.problem as tests_problem,
	coalesce(t.total, 0) as total, coalesce(t.passed, 0) as passed, coalesce(t.failed, 0) as failed,
	exists (select from stage s join artifact_file f using (artifact_id) where s.run_id = r.run_id) as _download,
	l.seen_at as runner_seen_at, extract(epoch from now() - l.seen_at)::bigint as runner_seconds,
	l.provider as runner_provider, l.model as runner_model
from run r join project p using (project_id) join account a using (account_id) join workflow w using (graph_id)
	left join budget b on b.kind = '4-project' and b.key = p.project_id
	left join cursor c on c.run_id = r.run_id and c.branch = 0
	left join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
	cross join lateral (
		select count(*) as ready, case when c.state = 'R' then 1 + count(*) filter (where o.rank < c.rank) end as place
		from cursor o where o.state = 'R' and r.ended_at is null) q
	cross join lateral (
		select trim_scale(coalesce(sum(coalesce(h.spent_usd, k.cost_usd)), 0)) as usd,
			trim_scale(coalesce(sum(h.amount_usd) filter (where h.settled_at is null), 0)) as held_usd,
			coalesce(bool_and(k.cost_usd is not null or k.state = 'intent' or k.state = 'failed' and h.call_id is null),
				true) as known
		from llm_call k left join budget_hold h using (call_id) where k.run_id = r.run_id) m
	left join lateral (
		select * from test_report t where t.run_id = r.run_id order by t.artifact_id desc limit 1) t on true
	left join lateral (select seen_at, provider, model from runner order by seen_at desc limit 1) l on true
where r.run_id = $1 and ($2::bigint is null or p.account_id = $2)

-- :name run_stages :many
-- Only what is over has a duration, so that an unchanged run looks unchanged.
select s.node as name, initcap(replace(s.node, '_', ' ')) as title, s.state, s.revision, s.attempts,
	encode(a.sha256, 'hex') as artifact_sha256, a.provider, a.model, s.started_at, s.ended_at, s.problem,
	case when s.state <> 'running' then round(extract(epoch from s.ended_at - s.started_at), 1) end as seconds,
	to_char(s.started_at, 'HH24:MI') as _started_at
from stage s left join artifact a using (artifact_id)
where s.run_id = $1
order by s.position, s.node

-- :name run_gates :many
select g.gate_id as id, g.stage, initcap(replace(g.stage, '_', ' ')) as _title, g.kind, g.revision, g.opened_at,
	to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, g.detail
from gate g where g.run_id = $1 and g.state = 'open'
order by g.gate_id

-- :name run_happened :many
-- The newest events in words.
select e.seq, e.kind, e.at, to_char(e.at, 'YYYY-MM-DD HH24:MI') as _at,
	case e.kind
		when 'agent_status' then case e.body ->> 'state'
			when 'queued' then format('Queued: %s is next', t.title)
			else initcap(e.body ->> 'state') end
		when 'stage_completed' then format('%s finished revision %s%s', t.title, e.body ->> 'revision',
			case e.body ->> 'outcome' when 'fail' then ': tests failed'
				when 'unexecuted' then ': the tests were not executed' else '' end)
		when 'action_required' then case e.body ->> 'kind'
			when 'review' then format('A decision on %s, revision %s, is asked for', t.title, e.body ->> 'revision')
			when 'tests' then 'A decision on the tests is asked for'
			when 'failure' then format('%s could not go on: a decision is asked for', t.title)
			when 'budget' then 'The spend cap is reached: a decision is asked for'
			else 'The price is unknown: a decision is asked for' end
		when 'decision' then format('%s %s %s, revision %s', coalesce(d.name, 'Somebody'), case e.body ->> 'kind'
			when 'approve' then 'approved' when 'changes' then 'asked for changes to' else 'rejected' end,
			t.title, e.body ->> 'revision')
		when 'project_complete' then format('The run ended: %s', e.body ->> 'state')
		when 'error' then format('%s failed: %s', t.title, e.body ->> 'problem')
		else initcap(replace(e.kind, '_', ' ')) end as text
from event e
	cross join lateral (select initcap(replace(e.body ->> 'stage', '_', ' ')) as title) t
	left join lateral (
		select a.name from decision d join account a using (account_id)
		where e.kind = 'decision' and d.gate_id = (e.body ->> 'gate')::bigint) d on true
where e.run_id = $1 and e.run_started = (select opened_at from run where run_id = $1)
order by e.seq desc limit 30

-- :name run_seen :maybe
-- Whether a person may know of the run at all.
select r.run_id, p.name, r.ev_seq
from run r join project p using (project_id)
where r.run_id = $1 and ($2::bigint is null or p.account_id = $2)

-- :name run_events :many
-- After a number, as programs read them.
select seq, kind, at, body from event
where run_id = $1 and run_started = (select opened_at from run where run_id = $1) and seq > $2
order by seq limit 500

-- :name run_cancel :exec
select run_cancel($1, $2)

-- :name run_hold :exec
-- $3: true pauses, false resumes.
select run_pause($1, $2, $3)
