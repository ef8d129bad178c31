-- SPDX-License-Identifier: MIT
-- A run as its page shows it. $2 owner: null for those who see everybody's.

-- :name run_view :maybe
-- Everything of which there is one. Lost and failed calls whose cost is unknown count their hold in full.
select r.run_id as id, r.project_id, p.name, a.name as owner, r.state,
	w.name as workflow, r.priority, r.paused, r.problem, r.opened_at, r.ended_at,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at,
	p.account_id as _owner_id, m.usd, m.held_usd, m.known, trim_scale(b.cap_usd) as cap_usd,
	to_char(m.usd, 'FM999999990.0099') as _usd, to_char(b.cap_usd, 'FM999999990.0099') as _cap_usd,
	to_char(nullif(m.held_usd, 0), 'FM999999990.0099') as _held_usd,
	t.artifact_id is not null as _has_report, coalesce(t.executed, false) as executed, t.problem as tests_problem,
	coalesce(t.total, 0) as total, coalesce(t.passed, 0) as passed, coalesce(t.failed, 0) as failed,
	exists (select from stage s join artifact_file f using (artifact_id) where s.run_id = r.run_id) as _download,
	(select count(*) from message x where x.run_id = r.run_id) as _messages
from run r join project p using (project_id) join account a using (account_id) join workflow w using (graph_id)
	left join budget b on b.kind = '4-project' and b.key = p.project_id
	cross join lateral (
		select trim_scale(coalesce(sum(coalesce(h.spent_usd, k.cost_usd)), 0)) as usd,
			trim_scale(coalesce(sum(h.amount_usd) filter (where h.settled_at is null), 0)) as held_usd,
			coalesce(bool_and(k.cost_usd is not null or k.state = 'intent' or k.state = 'failed' and h.call_id is null),
				true) as known
		from llm_call k left join budget_hold h using (call_id) where k.run_id = r.run_id) m
	left join lateral (
		select * from test_report t where t.run_id = r.run_id order by t.artifact_id desc limit 1) t on true
where r.run_id = $1 and ($2::bigint is null or exists (select from run_access x where x.run_id = r.run_id and x.account_id = $2))

-- :name run_standing :many
-- Where a run stands: its branches that have not ended. The one that waits at a join says nothing of
-- its own, and comes last.
select c.branch, c.node, n.kind, coalesce(n.reviews, n.node) as stage,
	initcap(replace(coalesce(n.reviews, n.node), '_', ' ')) as _title,
	case c.state when 'R' then 'ready' when 'L' then 'working' else 'waiting' end as state, c.why,
	case when c.why in ('retry', 'timer') then c.run_at end as due_at, to_char(c.run_at, 'YYYY-MM-DD HH24:MI') as _due_at,
	case when c.state = 'R' then (select 1 + count(*) from cursor o where o.state = 'R' and o.rank < c.rank) end as place,
	(select count(*) from cursor o where o.state = 'R') as ready
from cursor c join run r using (run_id) join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
where c.run_id = $1 and c.state <> 'D'
order by c.why is not distinct from 'join', n.position, c.branch

-- :name run_stages :many
-- Only what is over has a duration, so that an unchanged run looks unchanged.
select s.node as name, initcap(replace(s.node, '_', ' ')) as title, s.state, s.revision, s.attempts,
	encode(a.sha256, 'hex') as artifact_sha256, a.provider, a.model, s.started_at, s.ended_at, s.problem,
	case when s.state <> 'running' then round(extract(epoch from s.ended_at - s.started_at), 1) end as seconds,
	to_char(s.started_at, 'HH24:MI') as _started_at, s.attempts > 0 as _begun
from stage s left join artifact a using (artifact_id)
where s.run_id = $1
order by s.position, s.node

-- :name run_gates :many
select g.gate_id as id, g.stage, initcap(replace(g.stage, '_', ' ')) as _title, g.kind, g.revision, g.opened_at,
	to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, g.detail, g.kind = 'failure' as _is_failure,
	g.kind = 'question' as _is_question,
	g.quorum, (select count(*) from gate_vote v where v.gate_id = g.gate_id and v.revision = g.revision) as votes,
	nullif(g.quorum, 1) as _quorum
from gate g where g.run_id = $1 and g.state = 'open'
order by g.gate_id

-- :name run_happened :many
-- The newest events in words.
select e.seq, e.kind, e.at, to_char(e.at, 'YYYY-MM-DD HH24:MI') as _at,
	case e.kind
		when 'agent_status' then case e.body ->> 'state'
			when 'queued' then format('Queued: %s is next', t.title)
			when 'retried' then format('Gone back to %s, to be done again', t.title)
			else initcap(e.body ->> 'state') end
		when 'stage_completed' then format('%s finished revision %s%s', t.title, e.body ->> 'revision',
			case e.body ->> 'outcome' when 'fail' then ': not passed' when 'concern' then ', with concerns'
				when 'unexecuted' then ': the tests were not executed' else '' end)
		when 'action_required' then case
			when e.body ->> 'then' = 'given' then format('%s gave the decision on %s to %s', coalesce(o.name, 'Somebody'),
				t.title, coalesce((select x.name from account x where x.account_id = (e.body ->> 'to')::bigint), 'somebody'))
			when e.body ->> 'then' = 'back' then format('%s took the decision on %s back', coalesce(o.name, 'Somebody'), t.title)
			when e.body ? 'then' then format('The decision on %s has waited long: %s', t.title,
				case e.body ->> 'then' when 'escalate' then 'people of a higher role are asked'
					when 'delegate' then 'it is given to somebody else' else 'a reminder' end)
			else case e.body ->> 'kind'
			when 'review' then format('A decision on %s, revision %s, is asked for', t.title, e.body ->> 'revision')
			when 'tests' then 'A decision on the tests is asked for'
			when 'failure' then format('%s could not go on: a decision is asked for', t.title)
			when 'conflict' then format('The agents do not agree on %s: a decision is asked for', t.title)
			when 'question' then format('%s asks a question', t.title)
			when 'budget' then 'A spend cap is reached: a decision is asked for'
			else 'The price is unknown: a decision is asked for' end end
		when 'decision' then format('%s %s %s, revision %s', coalesce(d.name, 'Somebody'), case e.body ->> 'kind'
			when 'approve' then 'approved' when 'changes' then 'asked for changes to' when 'skip' then 'skipped'
			when 'answer' then 'answered' else 'rejected' end, t.title, e.body ->> 'revision')
		when 'vote' then format('%s of %s approvals of %s, revision %s', e.body ->> 'votes', e.body ->> 'quorum',
			t.title, e.body ->> 'revision')
		when 'message' then coalesce((select format('%s wrote to %s', coalesce(m.sender, a.name, 'Somebody'),
				coalesce(m.recipient, '#' || m.topic))
			from message m left join account a using (account_id)
			where m.message_id = (e.body ->> 'message')::bigint), 'A message')
		when 'project_complete' then format('The run ended: %s', e.body ->> 'state')
		when 'error' then format('%s failed: %s', t.title, e.body ->> 'problem')
		else initcap(replace(e.kind, '_', ' ')) end as text
from event e
	cross join lateral (select initcap(replace(e.body ->> 'stage', '_', ' ')) as title) t
	left join lateral (
		select a.name from decision d join account a using (account_id)
		where e.kind = 'decision' and d.gate_id = (e.body ->> 'gate')::bigint) d on true
	left join account o on e.kind = 'action_required' and o.account_id = (e.body ->> 'by')::bigint
where e.run_id = $1 and e.run_started = (select opened_at from run where run_id = $1)
order by e.seq desc limit 30

-- :name run_seen :maybe
-- Whether a person may know of the run at all.
select r.run_id, p.name, r.ev_seq from run r join project p using (project_id)
where r.run_id = $1 and ($2::bigint is null or exists (select from run_access x where x.run_id = r.run_id and x.account_id = $2))

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

-- :name run_retry :exec
select run_retry($1, $2, $3, $4)

-- :name run_log :many
-- What runners said about a run, the newest first, one row more than is shown. $2 stage, $3 the least
-- levels, $4 and $5 the line before which: its time in microseconds and its place.
select l.at, to_char(l.at, 'YYYY-MM-DD HH24:MI:SS') as _at, l.stage, l.agent, l.level, l.text,
	(extract(epoch from l.at) * 1000000)::bigint as _us, l.ctid::text as _place
from log l
where l.run_id = $1 and ($2::text is null or l.stage = $2) and ($3::text[] is null or l.level = any ($3))
	and ($4::bigint is null
		or (l.at, l.ctid) < (timestamptz 'epoch' + $4 * interval '1 microsecond', $5::text::tid))
order by l.at desc, l.ctid desc limit $6

-- :name dead_letters :many
-- Stages whose attempts are used up. $1 owner, $2: those that are resolved, too; before $3, $4 of them. What
-- can be gone on with has an open gate, or its run ended as failed.
select d.dead_letter_id as id, d.run_id, p.project_id, p.name, a.name as owner, d.node as stage,
	initcap(replace(d.node, '_', ' ')) as _title, d.branch, d.attempts, d.problem, d.at,
	d.attempts || case d.attempts when 1 then ' attempt' else ' attempts' end as _attempts,
	to_char(d.at, 'YYYY-MM-DD HH24:MI') as _at, d.resolution, d.resolved_at,
	to_char(d.resolved_at, 'YYYY-MM-DD HH24:MI') as _resolved_at, r.state as run_state, g.gate_id as gate, g.revision,
	g.gate_id is not null or r.state = 'failed' and d.dead_letter_id = n.newest as can_resume
from dead_letter d join run r using (run_id) join project p using (project_id) join account a using (account_id)
	left join gate g on g.run_id = d.run_id and g.branch = d.branch and g.kind = 'failure' and g.state = 'open'
		and d.resolution is null
	left join lateral (select max(x.dead_letter_id) as newest from dead_letter x where x.run_id = d.run_id) n on true
where ($1::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $1))
	and ($2 or d.resolution is null or r.state = 'failed' and d.dead_letter_id = n.newest)
	and d.dead_letter_id < $3
order by d.dead_letter_id desc limit $4

-- :name run_stage_names :many
select node from stage where run_id = $1 order by position, node
