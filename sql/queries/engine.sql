-- SPDX-License-Identifier: MIT
-- What a runner says to the engine's functions, and what it reads to begin a stage.

-- :name runner_register :exec
insert into runner (runner_id, host, pid, version, provider, model, expires_at)
values ($1, $2, $3, $4, $5, $6, now() + interval '30 s')

-- :name runner_heartbeat :exec
-- No row: fenced. What it leases belongs to others by now.
update runner set expires_at = now() + interval '30 s', seen_at = now()
where runner_id = $1 and expires_at > now() and ended_at is null

-- :name runner_end :exec
-- From here on whatever it still leases may be rescued.
update runner set ended_at = now() where runner_id = $1 and ended_at is null

-- :name runner_idle_peers :many
-- Live runners of a host that hold nothing, other than this one and those that came later.
select w.pid from runner w
where w.host = $1 and w.ended_at is null and w.expires_at > now() and w.runner_id <> $2
	and (w.started_at, w.runner_id) <
		(select m.started_at, m.runner_id from runner m where m.runner_id = $2)
	and not exists (select from cursor c where c.state = 'L' and c.owner = w.runner_id)

-- :name stage_claim :many
select run_id, branch, epoch, node, agent, attempt, revision from stage_claim($1, $2, $3)

-- :name stage_advance :many
select run_id, branch
from stage_advance($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- :name stage_receipts :many
-- After a COMMIT of unknown outcome: which of these were accepted from this runner.
select r.run_id, r.branch, r.epoch
from unnest($2::bigint[], $3::integer[], $4::bigint[]) as t(run_id, branch, epoch)
	join stage_result r using (run_id, branch, epoch)
where r.owner = $1

-- :name stage_retry :one
select state from stage_retry($1, $2, $3, $4, $5, $6, $7)

-- :name stage_park :one
select state from stage_park($1, $2, $3, $4, $5, $6, $7)

-- :name stage_rescue :many
select run_id, branch from stage_rescue($1)

-- :name stage_pending :one
-- Whether something could be claimed now, and in how many milliseconds the next retry is due.
select exists (select from cursor c join run r using (run_id) where c.state = 'R' and not r.paused) as ready,
	(select ceil(extract(epoch from min(c.run_at) - now()) * 1000)::bigint from cursor c
	 where c.state = 'W' and c.why = 'retry') as retry_ms

-- :name stage_mine :many
-- What a runner leases, as the database sees it.
select run_id, branch, epoch, node from cursor where state = 'L' and owner = $1

-- :name blob_put :exec
-- In the order of the key, so that two that store the same files do not wait in a circle.
insert into blob (sha256, body)
select t.sha256, t.body from unnest($1::bytea[], $2::bytea[]) as t(sha256, body) order by 1
on conflict do nothing

-- :name runs_notify :exec
-- Outside the transaction that changed them: listeners are many, and a commit must not wait for them.
select pg_notify('runner_work', ''),
	(select count(pg_notify('run_changed', t.id::text)) from unnest($1::bigint[]) as t(id))

-- :name input_run :one
select p.project_id, p.name, p.brief, p.stack, s.revision, s.feedback,
	coalesce(s.feedback ->> 'stage', '') as feedback_stage
from run r join project p using (project_id) join stage s using (run_id)
where r.run_id = $1 and s.node = $2

-- :name input_artifacts :many
-- The newest outputs of the stages before this one, and its own.
select s.node, s.agent, s.artifact_id, a.revision, a.body, s.node = $2 as own
from stage s join artifact a on a.artifact_id = s.artifact_id
where s.run_id = $1
	and s.position <= (select m.position from stage m where m.run_id = $1 and m.node = $2)
order by s.position

-- :name input_files :many
select f.artifact_id, f.path, b.body
from artifact_file f join blob b using (sha256)
where f.artifact_id = any ($1::bigint[])
order by f.artifact_id, f.path

-- :name input_report :maybe
-- What the newest tests of a stage said.
select t.executed, t.total, t.failed, t.problem
from stage s join test_report t using (artifact_id)
where s.run_id = $1 and s.node = $2

-- :name input_failed_tests :many
-- A traceback's end says most.
select t.name, t.outcome, right(t.log, 4000) as log
from stage s join test_result t using (artifact_id)
where s.run_id = $1 and s.node = $2 and t.outcome <> 'passed'
order by t.ordinal limit 20
