-- SPDX-License-Identifier: MIT
-- What stages begin with, for a whole batch of (run, node): `ord` is the place in the batch, from 1. Each is looked
-- up by its key: a join of lists whose length nobody can guess might read a table as a whole.

-- :name input_runs :many
-- Which stage's tests are to be told: the suite that failed, or the one on which a person has decided.
select t.ord, p.name, p.brief, p.stack, s.feedback::text as feedback,
	case when s.feedback ->> 'kind' = 'tests_failed' or s.feedback ->> 'kind' = 'changes'
		and s.feedback ->> 'stage' <> t.node then s.feedback ->> 'stage' end as suite
from unnest($1::bigint[], $2::text[]) with ordinality as t(run_id, node, ord)
	cross join lateral (select x.feedback from stage x where x.run_id = t.run_id and x.node = t.node offset 0) s
	join run r using (run_id) join project p using (project_id)
order by t.ord

-- :name input_outputs :many
-- The newest outputs of the stages before each, and its own; and how much memory each takes.
select t.ord, s.node, s.agent, s.artifact_id, s.node = t.node as own,
	octet_length(a.body) + (select coalesce(sum(f.size), 0) from artifact_file f
		where f.artifact_id = a.artifact_id) as bytes
from unnest($1::bigint[], $2::text[]) with ordinality as t(run_id, node, ord)
	cross join lateral (select x.position from stage x where x.run_id = t.run_id and x.node = t.node offset 0) m
	cross join lateral (select x.node, x.agent, x.position, x.artifact_id from stage x where x.run_id = t.run_id
		and (x.position < m.position or x.node = t.node) offset 0) s
	join artifact a on a.artifact_id = s.artifact_id
order by t.ord, s.position, s.node

-- :name input_bodies :many
select t.artifact_id, a.body
from (select distinct u as artifact_id from unnest($1::bigint[]) u) t
	cross join lateral (select x.body from artifact x where x.artifact_id = t.artifact_id offset 0) a
order by 1

-- :name input_files :many
select t.artifact_id, f.path, b.body
from (select distinct u as artifact_id from unnest($1::bigint[]) u) t
	cross join lateral (select x.path, x.sha256 from artifact_file x where x.artifact_id = t.artifact_id offset 0) f
	join blob b using (sha256)
order by 1, f.path collate "C"

-- :name input_messages :many
select t.ord, m.sender, m.topic, m.body
from message_take($1, $2, $3, $4) with ordinality
		as m(run_id, branch, message_id, sender, topic, body, reply_to, n)
	join unnest($2::bigint[], $3::integer[]) with ordinality as t(run_id, branch, ord) using (run_id, branch)
order by t.ord, m.n

-- :name input_reports :many
-- What the newest tests of stages said.
select t.ord, x.total, x.failed, x.problem
from unnest($1::bigint[], $2::text[]) with ordinality as t(run_id, node, ord)
	join stage s using (run_id, node) join test_report x using (artifact_id)
order by t.ord

-- :name input_failed_tests :many
-- A traceback's end says most.
select t.ord, x.name, x.outcome, right(x.log, 4000) as log
from unnest($1::bigint[], $2::text[]) with ordinality as t(run_id, node, ord)
	join stage s using (run_id, node)
	cross join lateral (select r.name, r.outcome, r.log, r.ordinal from test_result r
		where r.artifact_id = s.artifact_id and r.outcome <> 'passed'
		order by r.ordinal limit 20) x
order by t.ord, x.ordinal
