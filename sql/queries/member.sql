-- SPDX-License-Identifier: MIT
-- Runners: that they live, what they may ask of servers, what they say, what they clear away.

-- :name runner_register :exec
insert into runner (runner_id, host, pid, version, provider, model, expires_at)
values ($1, $2, $3, $4, $5, $6, engine_now() + interval '30 s')

-- :name runner_heartbeat :exec
-- No row: fenced. What it leases belongs to others by now.
update runner set expires_at = engine_now() + interval '30 s', seen_at = engine_now(), pressure = $2
where runner_id = $1 and expires_at > engine_now() and ended_at is null

-- :name runner_end :exec
-- From here on whatever it still leases may be rescued.
update runner set ended_at = engine_now() where runner_id = $1 and ended_at is null

-- :name runner_idle_peers :many
-- Live runners of a host that hold nothing, other than this one and those that came later.
select w.pid from runner w
where w.host = $1 and w.ended_at is null and w.expires_at > engine_now() and w.runner_id <> $2
	and (w.started_at, w.runner_id) <
		(select m.started_at, m.runner_id from runner m where m.runner_id = $2)
	and not exists (select from cursor c where c.state = 'L' and c.owner = w.runner_id)

-- :name connections_used :one
-- Of all databases; what is kept for the superuser is not for us.
select (select sum(numbackends) from pg_stat_database)::bigint as used,
	current_setting('max_connections')::bigint
		- current_setting('superuser_reserved_connections')::bigint as allowed

-- :name provider_limit_set :exec
select provider_limit_set($1, $2, nullif($3::integer, 0), nullif($4::integer, 0))

-- :name subscriptions_store :exec
-- What is the same already is not written.
with new as (
	select distinct agent, topic from unnest($1::text[], $2::text[]) as t(agent, topic)
), gone as (
	delete from subscription s
	where not exists (select from new n where n.agent = s.agent and n.topic = s.topic)
)
insert into subscription (agent, topic) select agent, topic from new
on conflict do nothing

-- :name retention :one
select keep($1, $2) as dropped

-- :name log_lines_store :exec
insert into log (at, run_id, stage, agent, level, text)
select to_timestamp(t.at_ms / 1000.0), nullif(t.run_id, 0), t.stage, t.agent, t.level, t.text
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
		as t(at_ms, run_id, stage, agent, level, text),
	-- nobody waits for the disk: nothing depends on these rows
	(select set_config('synchronous_commit', 'off', true)) s
