-- SPDX-License-Identifier: MIT
-- What a runner says to the engine's functions.

-- :name stage_claim :many
select run_id, branch, epoch, node, agent, attempt, revision, confidence from stage_claim($1, $2, $3)

-- :name stage_advance :many
-- With an ord: accepted. Without: the next stage of the run, leased to the same runner.
select ord, run_id, branch, epoch, node, agent, attempt, revision, confidence
from stage_advance($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- :name stage_receipts :many
-- After a COMMIT of unknown outcome: which of these were accepted from this runner.
select t.ord
from unnest($2::bigint[], $3::integer[], $4::bigint[]) with ordinality as t(run_id, branch, epoch, ord)
	join stage_result r using (run_id, branch, epoch)
where r.owner = $1

-- :name stage_retry :one
select state from stage_retry($1, $2, $3, $4, $5, $6, $7)

-- :name stage_park :one
select state from stage_park($1, $2, $3, $4, $5, $6, $7, $8)

-- :name stage_rescue :many
select run_id, branch from stage_rescue($1)

-- :name stage_pending :one
-- Whether something could be claimed now, and in how many milliseconds the next retry or timer is due.
select exists (select from cursor c join run r using (run_id) where c.state = 'R' and not r.paused) as ready,
	(select ceil(extract(epoch from min(c.run_at) - engine_now()) * 1000)::bigint from cursor c
	 where c.state = 'W' and c.why in ('retry', 'timer')) as due_ms

-- :name gates_due :exec
select gate_due($1)

-- :name stage_mine :many
-- What a runner leases, as the database sees it.
select run_id, branch, epoch, node from cursor where state = 'L' and owner = $1

-- :name blob_put :exec
-- In the order of the key, so that two that store the same files do not wait in a circle.
insert into blob (sha256, body)
select t.sha256, t.body from unnest($1::bytea[], $2::bytea[]) as t(sha256, body) order by 1
on conflict do nothing

-- :name work_notify :exec
-- Outside any other transaction: listeners are many, and a commit must not wait for them.
select pg_notify('runner_work', '')
