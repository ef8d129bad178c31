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

-- :name try_cancel_all :exec
select run_cancel(run_id, $1) from run where ended_at is null

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

-- :name try_wait_for_disk :exec
-- Clusters of tests do not, by themselves.
select set_config('synchronous_commit', 'on', false)

-- :name try_waits_for_disk :one
select current_setting('synchronous_commit') = 'on' as waits

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

-- :name try_person :one
insert into account (name, role) values ($1, $2) returning account_id

-- :name try_workflow :maybe
insert into workflow (name, title, sha256, source, start)
values ($1, $1, sha256(convert_to($1, 'UTF8')), '', $2)
on conflict do nothing returning graph_id

-- :name try_nodes :exec
insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position, max_attempts, retry_base_s,
	retry_max_s, wait_s, quorum, role, expires_s, on_expiry, expiry_to)
select $1, x.node, x.kind, x.agent, x.reviews, x.outcome, x.position, coalesce(x.max_attempts, 4),
	coalesce(x.retry_base_s, 1), coalesce(x.retry_max_s, 60), x.wait_s, coalesce(x.quorum, 1),
	coalesce(x.role, 'approver'), x.expires_s, x.on_expiry, x.expiry_to
from jsonb_to_recordset($2::jsonb) as x(node text, kind text, agent text, reviews text, outcome text,
	position integer, max_attempts integer, retry_base_s integer, retry_max_s integer, wait_s integer,
	quorum integer, role text, expires_s integer, on_expiry text, expiry_to text)

-- :name try_edges :exec
-- Lists of [node, outcome, next, max, meets].
insert into workflow_edge (graph_id, node, outcome, next, max_times, meets)
select $1, x ->> 0, x ->> 1, x ->> 2, (x ->> 3)::integer, x ->> 4 from jsonb_array_elements($2::jsonb) x

-- :name try_cursors :many
select branch, node, state, coalesce(why, '') as why, coalesce(parent, -1) as parent
from cursor where run_id = $1 and (branch = 0 or state <> 'D') order by branch

-- :name try_retry :exec
select run_retry($1, $2, $3, $4)

-- :name try_gate_expire :exec
update gate set expires_at = now() - interval '1 s' where gate_id = $1 and expires_at is not null

-- :name try_gate_now :one
select state, role, reminders, coalesce(assignee_id, 0) as assignee, quorum, expires_at > now() as later,
	coalesce(budgets::text, '') as budgets
from gate where gate_id = $1

-- :name try_dead_letters :many
select node, attempts, problem, coalesce(resolution, '') as resolution
from dead_letter where run_id = $1 order by dead_letter_id

-- :name try_cursor_updates :one
select n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'cursor'

-- :name try_flush :exec
select pg_stat_force_next_flush()

-- :name try_limit :one
select in_flight, tokens from provider_limit where provider = $1 and model = $2

-- :name try_message :one
select message_send($1, $2, $3, $4, $5, $6, null) as message_id

-- :name try_deliveries :many
select d.message_id, d.agent, d.state, d.attempts, extract(epoch from d.run_at - now())::float8 as wait
from message_delivery d where d.run_id = $1 order by d.message_id, d.agent

-- :name try_messages :many
select message_id, coalesce(sender, '') as sender, coalesce(topic, '') as topic, coalesce(recipient, '') as recipient,
	body, coalesce(reply_to, 0) as reply_to from message where run_id = $1 order by message_id

-- :name try_deliveries_due :exec
update message_delivery set run_at = now() where run_id = $1 and state = 'ready'

-- :name try_revive :exec
select message_revive($1, $2, $3)

-- :name try_chains :many
select chain, number, entry, hash from audit order by chain, number

-- :name try_heads :many
select chain, number, hash from audit_head order by chain

-- :name try_clock :exec
-- A clock that can be turned forward, for this connection.
create or replace function engine_now() returns timestamptz language sql stable as $$
	select now() + make_interval(days => coalesce(nullif(current_setting('try.days', true), '')::integer, 0))
$$

-- :name try_days :exec
select set_config('try.days', $1, false)

-- :name try_partitions :many
select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = $1::text::regclass order by 1

-- :name try_settled :one
-- Money of a project by its calls, beside what its budget says.
select b.spent_usd = sum(h.spent_usd) filter (where h.settled_at is not null)
	and b.held_usd = coalesce(sum(h.amount_usd) filter (where h.settled_at is null), 0) as adds_up,
	b.spent_usd + b.held_usd <= b.cap_usd as within, b.spent_usd::text as spent, b.held_usd::text as held
from budget b join budget_hold h on h.project_id = b.key
where b.kind = '4-project' and b.key = $1 group by b.kind, b.key

-- :name try_kill_one :exec
select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'race' and datname = current_database() order by random() limit 1
