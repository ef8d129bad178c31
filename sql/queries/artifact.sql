-- SPDX-License-Identifier: MIT
-- Outputs of stages: documents, files, tests. $2 (or as said) owner: null for those who see everybody's.

-- :name stage_view :maybe
-- $3 owner. Nothing is said of an output here.
select s.run_id, p.name, s.node as stage, initcap(replace(s.node, '_', ' ')) as title, s.state,
	s.revision as _newest, s.attempts > 0 or s.revision > 0 as _begun,
	r.paused as _paused,
	(select string_agg(initcap(replace(l.node, '_', ' ')), ', ' order by l.position, l.node) from stage l
	 where l.run_id = s.run_id and l.position > s.position and l.revision > 0) as _later
from stage s join run r using (run_id) join project p using (project_id)
where s.run_id = $1 and s.node = $2 and ($3::bigint is null or exists (select from run_access x where x.run_id = r.run_id and x.account_id = $3))

-- :name artifact_revisions :many
select revision, created_at, provider, model, encode(sha256, 'hex') as sha256
from artifact where run_id = $1 and node = $2
order by revision desc

-- :name artifact_one :maybe
select artifact_id, revision, provider, model, encode(sha256, 'hex') as sha256, created_at,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at, document, body::json as body
from artifact where run_id = $1 and node = $2 and revision = $3

-- :name artifact_before :maybe
select artifact_id, revision, document from artifact
where run_id = $1 and node = $2 and revision < $3
order by revision desc limit 1

-- :name artifact_files :many
select path, size, encode(sha256, 'hex') as sha256 from artifact_file where artifact_id = $1 order by path

-- :name artifact_changes :many
-- Files that differ between two outputs; contents over 256 KiB are left out.
select path, o.sha256 is null as added, n.sha256 is null as removed,
	coalesce(o.size, 0) > 262144 or coalesce(n.size, 0) > 262144 as large,
	case when o.size <= 262144 then ob.body end as old_body, case when n.size <= 262144 then nb.body end as new_body
from (select * from artifact_file where artifact_id = $1) o
	full join (select * from artifact_file where artifact_id = $2) n using (path)
	left join blob ob on ob.sha256 = o.sha256
	left join blob nb on nb.sha256 = n.sha256
where o.sha256 is distinct from n.sha256
order by path limit 100

-- :name artifacts_of_run :many
-- Every accepted output with its files, newest revisions last.
select a.node as stage, a.revision, encode(a.sha256, 'hex') as sha256, a.provider, a.model, a.created_at,
	coalesce((select json_agg(json_build_object('path', f.path, 'size', f.size, 'sha256', encode(f.sha256, 'hex'))
			order by f.path)
		from artifact_file f where f.artifact_id = a.artifact_id), '[]') as files
from artifact a join stage s using (run_id, node)
where a.run_id = $1
order by s.position, a.revision

-- :name file_one :maybe
-- $5 owner. $3 revision, 0 for the newest. Contents over 1 MiB only where $6 is true.
select p.name, a.revision, f.path, f.size, encode(f.sha256, 'hex') as sha256,
	case when f.size <= 1048576 or $6 then b.body end as body
from artifact a join run r using (run_id) join project p using (project_id)
	join artifact_file f using (artifact_id) join blob b on b.sha256 = f.sha256
where a.run_id = $1 and a.node = $2 and f.path = $4
	and ($5::bigint is null or exists (select from run_access x where x.run_id = r.run_id and x.account_id = $5))
	and a.revision = case when $3 > 0 then $3
		else (select s.revision from stage s where s.run_id = $1 and s.node = $2) end

-- :name application_files :many
-- What a person takes away: the files of the stages' newest outputs. A later stage's never replaces
-- an earlier one's; the runner refuses such outputs.
select distinct on (f.path) f.path, b.body, extract(epoch from max(a.created_at) over ())::bigint as made_s
from stage s join artifact a using (artifact_id) join artifact_file f using (artifact_id)
	join blob b on b.sha256 = f.sha256
where s.run_id = $1
order by f.path, s.position

-- :name test_report :maybe
-- The newest of a run, or that of one output ($2).
select t.artifact_id as _id, t.executed, t.problem, t.sandbox, encode(t.files_sha256, 'hex') as files_sha256, t.total,
	t.passed, t.failed, trim_scale(t.seconds) as seconds, a.revision
from test_report t join artifact a using (artifact_id)
where t.run_id = $1 and ($2::bigint is null or t.artifact_id = $2)
order by t.artifact_id desc limit 1

-- :name test_results :many
select name, outcome, seconds, log, outcome <> 'passed' as _open from test_result where artifact_id = $1 order by ordinal
