-- SPDX-License-Identifier: MIT
-- What tests of the engine do and see beside the programs' own statements.

-- :name try_account :one
insert into account (name, role) values ($1, 'admin') returning account_id

-- :name try_submit :one
select project_id, run_id from project_submit($1, 'A project', 'A brief.', 'python-stdlib', $2,
	$3::numeric, $4)

-- :name try_decide :one
select decision_id, open, votes, quorum from gate_decide($1, $2, $3, $4, $5)

-- :name try_cancel :exec
select run_cancel($1, $2)

-- :name try_pause :exec
select run_pause($1, $2, $3)

-- :name try_run :one
select r.state, r.problem, r.ev_seq, c.node, c.state as cursor, coalesce(c.why, '') as why, c.epoch,
	c.attempt,
	(select count(*) from event e where e.run_id = r.run_id) as events,
	(select count(distinct e.seq) from event e where e.run_id = r.run_id and e.seq between 1 and r.ev_seq)
	as distinct_events,
	(select count(*) from artifact a where a.run_id = r.run_id) as artifacts,
	(select count(*) from stage_result s where s.run_id = r.run_id) as receipts
from run r join cursor c on c.run_id = r.run_id and c.branch = 0 where r.run_id = $1

-- :name try_stage :one
select s.state, s.revision, s.attempts, coalesce(s.feedback::text, '') as feedback,
	coalesce(s.problem, '') as problem
from stage s where s.run_id = $1 and s.node = $2

-- :name try_gate :maybe
select gate_id, kind, stage, node, revision, detail, amount_usd::text as amount
from gate where run_id = $1 and state = 'open'

-- :name try_expire :exec
update runner set expires_at = now() - interval '1 s' where runner_id = $1

-- :name try_due :exec
update cursor set run_at = now() where run_id = $1 and state = 'W' and why in ('retry', 'timer')

-- :name try_delay :one
select extract(epoch from c.run_at - now())::float8 as seconds from cursor c where c.run_id = $1

-- :name try_overdue :exec
update cursor set deadline = now() - interval '1 s' where run_id = $1

-- :name try_budget :one
select coalesce(cap_usd, -1)::float8 as cap, spent_usd::float8 as spent, held_usd::float8 as held
from budget where kind = $1 and key = $2

-- :name try_cap :exec
select budget_set($1, $2, $3::numeric, $4)

-- :name try_call :one
select state, coalesce(cost_usd, -1)::float8 as cost, coalesce(error, '') as error from llm_call where
	call_id = $1

-- :name try_hold :one
select coalesce(spent_usd, -1)::float8 as spent, unconfirmed from budget_hold where call_id = $1

-- :name try_poison :exec
-- One artefact that the database refuses, as it would a value it cannot store.
alter table artifact add constraint try_poison check (document <> 'poison')

-- :name try_antidote :exec
alter table artifact drop constraint if exists try_poison
