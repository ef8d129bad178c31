-- SPDX-License-Identifier: MIT
-- What the differential test does to the engine, and what it sees of it. Times are microseconds since
-- the test's beginning, money is micro-dollars.

-- :name proof_clock_table :exec
create table test_clock (at timestamptz not null)

-- :name proof_clock_row :exec
insert into test_clock values ('2030-01-01 00:00:00+00')

-- :name proof_clock_function :exec
create or replace function engine_now() returns timestamptz language sql stable as 'select at from test_clock'

-- :name proof_clock :exec
update test_clock set at = timestamptz '2030-01-01 00:00:00+00' + $1::bigint * interval '1 us'

-- :name proof_account :one
insert into account (name, role, disabled_at) values ($1, $2, case when $3 then now() end) returning account_id

-- :name proof_subscribe :exec
insert into subscription (agent, topic) values ($1, $2)

-- :name proof_workflow :one
insert into workflow (name, title, sha256, source, start)
values ($1, $1, sha256(convert_to($1, 'UTF8')), '', 'a') returning graph_id

-- :name proof_node :exec
insert into workflow_node (graph_id, node, kind, position, agent, reviews, outcome, wait_s, quorum, expires_s,
	role, on_expiry, expiry_to, max_attempts, retry_base_s, retry_max_s, timeout_s)
values ($1, $2, $3, $4, $5, $6, $7, nullif($8, 0), $9, nullif($10, 0), $11, $12, $13, $14, $15, $16, $17)

-- :name proof_edge :exec
insert into workflow_edge (graph_id, node, outcome, next, max_times, meets)
values ($1, $2, $3, $4, nullif($5, 0), $6)

-- :name proof_empty :exec
truncate project, budget, provider_limit, runner, event, audit_head restart identity cascade

-- :name proof_runner :exec
insert into runner (runner_id, host, pid, version, expires_at)
values ($1, 'host', 1, '1', engine_now() + interval '30 s')

-- :name proof_heartbeat :exec
update runner set expires_at = engine_now() + interval '30 s'
where runner_id = $1 and expires_at > engine_now() and ended_at is null

-- :name proof_runner_end :exec
update runner set ended_at = engine_now() where runner_id = $1

-- :name proof_submit :one
select project_id, run_id, created
from project_submit($1, 'A project', 'A brief.', 'python', $2, $3::bigint / 1e6, $4, $5)

-- :name proof_claim :many
select run_id, branch, epoch, node, attempt, revision from stage_claim($1, $2, $3) order by run_id, branch

-- :name proof_advance :many
select ord, run_id, branch, epoch, node, attempt, revision
from stage_advance($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb[], $12::jsonb[], $13, $14::jsonb[], $15)
order by ord, run_id, branch

-- :name proof_questions :many
select branch from gate where run_id = $1 order by gate_id offset $2

-- :name proof_retry :one
select state from stage_retry($1, $2, $3, $4, $5, $6, $7)

-- :name proof_run_at :one
select (extract(epoch from run_at - timestamptz '2030-01-01 00:00:00+00') * 1e6)::bigint as run_at
from cursor where run_id = $1 and branch = $2

-- :name proof_park :one
select state from stage_park($1, $2, $3, $4, $5, $6, $7::bigint / 1e6, $8::jsonb)

-- :name proof_rescue :many
select run_id, branch from stage_rescue($1) order by run_id, branch

-- :name proof_decide :one
select open, votes, quorum from gate_decide(
	(select g.gate_id from gate g where g.run_id = $1 order by g.gate_id offset $2 limit 1), $3, $4, $5, $6)

-- :name proof_gate_due :one
select gate_due($1) as n

-- :name proof_cancel :exec
select run_cancel($1, $2)

-- :name proof_pause :exec
select run_pause($1, $2, $3)

-- :name proof_run_retry :exec
select run_retry($1, $2, $3, $4)

-- :name proof_call_begin :many
select ord, verdict, call_id, response, (need * 1e6)::bigint as need, wait_s,
	(select string_agg(format('%s:%s:%s', left(b ->> 'kind', 1), b ->> 'key', ((b ->> 'need')::numeric * 1e6)::bigint),
		' ' order by b ->> 'kind') from jsonb_array_elements(budgets) b) as budgets
from call_begin($1, $2, $3, $4, $5, $6, $7, $8::numeric[])

-- :name proof_call_end :exec
select call_end($1, $2, $3, $4, $5, $6, $7, $8::numeric[])

-- :name proof_budget_set :exec
select budget_set($1, $2, $3::bigint / 1e6, $4)

-- :name proof_limit_set :exec
select provider_limit_set($1, 'm', $2, $3)

-- :name proof_send :one
select message_send($1, $2, $3, $4, $5, $6, null) as message_id

-- :name proof_take :many
select run_id, branch, (select count(*) from message m where m.run_id = t.run_id and m.message_id <= t.message_id) as number
from message_take($1, $2, $3, $4) t

-- :name proof_revive :exec
select message_revive((select m.message_id from message m where m.run_id = $1 order by m.message_id offset $2 limit 1),
	$3, $4)

-- :name proof_see :many
with r as materialized (
	select *, run_id as id from run where $1 or ended_at is null
), t as (
	select timestamptz '2030-01-01 00:00:00+00' as zero
)
select format('run %s %s paused=%s unpriced=%s events=%s/%s/%s [%s] %s', r.id, r.state, r.paused::int, r.unpriced::int,
	r.ev_seq, e.n, e.last, e.kinds, replace(r.problem, E'\n', '|')) as line
from r cross join lateral (select count(*) as n, max(seq) as last,
	string_agg(kind, ' ' order by seq) filter (where seq > r.ev_seq - 8) as kinds from event e
	where e.run_started = r.opened_at and e.run_id = r.id) e
union all
select format('cursor %s.%s %s %s %s attempt=%s epoch=%s owner=%s parent=%s came=%s rank=%s at=%s deadline=%s',
	r.id, c.branch, c.node, c.state, c.why, c.attempt, c.epoch, ltrim(right(c.owner::text, 8), '0'), c.parent, c.came,
	case when c.state in ('R', 'L') then (extract(epoch from c.rank - t.zero) * 1e6)::bigint end,
	case when c.why in ('retry', 'timer') then (extract(epoch from c.run_at - t.zero) * 1e6)::bigint end,
	(extract(epoch from c.deadline - t.zero) * 1e6)::bigint)
from t cross join r join cursor c using (run_id)
union all
select format('stage %s.%s %s revision=%s attempts=%s [%s] %s:%s:%s concern=%s', r.id, s.node, s.state, s.revision,
	s.attempts, replace(s.problem, E'\n', '|'), s.feedback ->> 'kind', s.feedback ->> 'stage',
	replace(s.feedback ->> 'comment', E'\n', '|'), (s.concern_sha256 is not null)::int)
from r join stage s using (run_id)
union all
select format('gate %s.%s %s %s %s %s revision=%s %s amount=%s [%s] %s %s quorum=%s role=%s to=%s expires=%s reminders=%s votes=%s',
	r.id, row_number() over (partition by r.id order by g.gate_id), g.branch, g.node, g.stage, g.kind, g.revision,
	g.state, (g.amount_usd * 1e6)::bigint,
	(select string_agg(format('%s:%s:%s', left(b ->> 'kind', 1), b ->> 'key', ((b ->> 'need')::numeric * 1e6)::bigint),
		' ' order by b ->> 'kind') from jsonb_array_elements(g.budgets) b),
	replace(g.detail, E'\n', '|'), (select d.kind from decision d where d.gate_id = g.gate_id), g.quorum, g.role,
	g.assignee_id, (extract(epoch from g.expires_at - t.zero) * 1e6)::bigint, g.reminders,
	(select count(*) from gate_vote v where v.gate_id = g.gate_id))
from t cross join r join gate g using (run_id)
union all
select format('loop %s.%s %s %s', r.id, l.node, l.outcome, l.times) from r join run_loop l using (run_id)
union all
select format('dead %s.%s %s %s %s %s [%s]', r.id, row_number() over (partition by r.id order by d.dead_letter_id),
	d.branch, d.node, d.attempts, replace(d.problem, E'\n', '|'), d.resolution)
from r join dead_letter d using (run_id)
union all
select format('taken %s receipts=%s outputs=%s revisions=%s audit=%s', r.id, x.n, a.n, s.n, h.number)
from r cross join lateral (select count(*) as n from stage_result where run_id = r.id) x
	cross join lateral (select count(*) as n from artifact where run_id = r.id) a
	cross join lateral (select coalesce(sum(revision), 0) as n from stage where run_id = r.id) s
	left join audit_head h on h.chain = r.project_id
union all
select format('call %s.%s.%s.%s %s %s limited=%s held=%s spent=%s settled=%s unconfirmed=%s cost=%s %s', r.id, l.node,
	l.revision, l.call_no, l.provider, l.state, l.limited::int, (h.amount_usd * 1e6)::bigint,
	(h.spent_usd * 1e6)::bigint, (h.settled_at is not null)::int, h.unconfirmed::int, (l.cost_usd * 1e6)::bigint, l.error)
from r join llm_call l using (run_id) left join budget_hold h using (call_id)
where $1 or l.state = 'intent' or h.call_id is not null and h.settled_at is null
union all
select format('delivery %s.%s %s %s attempts=%s at=%s %s.%s', r.id, m.k, d.agent, d.state, d.attempts,
	case when d.state = 'ready' then (extract(epoch from d.run_at - t.zero) * 1e6)::bigint end, d.branch, d.epoch)
from t cross join r join (select message_id, run_id, row_number() over (partition by run_id order by message_id) as k
		from message) m using (run_id)
	join message_delivery d using (message_id)
where $1 or d.state <> 'read'
union all
select format('budget %s %s cap=%s spent=%s held=%s', left(kind, 1), key, (cap_usd * 1e6)::bigint,
	(spent_usd * 1e6)::bigint, (held_usd * 1e6)::bigint)
from budget where $1 or kind <> '4-project' or key in (select project_id from r)
union all
select format('server %s most=%s minute=%s flight=%s tokens=%s', provider, max_in_flight, per_minute, in_flight,
	case when per_minute is not null then round(tokens * 1000) end)
from provider_limit
union all
select format('site audit=%s', number) from audit_head where chain = 0
