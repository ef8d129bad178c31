-- SPDX-License-Identifier: MIT
-- The decision record of a run: who decided what on which bytes. Who may see it is asked by run_seen before.

-- :name record_of :one
select p.project_id, p.name, r.run_id, h.number, encode(h.hash, 'hex') as hash
from run r join project p using (project_id) left join audit_head h on h.chain = p.project_id
where r.run_id = $1

-- :name record_entries :many
-- The newest of the chain that are about the run ($1), or about the project as a whole, before number $2.
select u.number, u.at, to_char(u.at, 'YYYY-MM-DD HH24:MI') as _at, coalesce(u.entry::jsonb ->> 'who', a.name) as by,
	u.action, u.body ->> 'stage' as stage, u.body ->> 'kind' as asked, (u.body ->> 'revision')::integer as revision,
	(u.body ->> 'gate')::bigint as gate, coalesce(d.comment, v.comment, w.comment) as comment,
	u.body ->> 'artifact_sha256' as artifact_sha256, u.body ->> 'document_sha256' as document_sha256,
	(u.body ->> 'before_revision')::integer as before_revision, u.body ->> 'before_sha256' as before_sha256,
	coalesce((select json_agg(json_build_object('path', c.path, 'line', c.line, 'line_end', c.line_end, 'quote', c.quote,
			'text', c.body) order by c.path, c.line, c.comment_id)
		from review_comment c where c.review_id = w.review_id), '[]') as remarks,
	coalesce((select json_agg(json_build_object('item', i.item, 'verdict', i.verdict, 'text', i.comment) order by i.list, i.item)
		from item_verdict i where i.review_id = w.review_id), '[]') as items,
	u.body -> 'tests' as tests, u.body as facts, encode(u.hash, 'hex') as hash,
	initcap(replace(u.body ->> 'stage', '_', ' ')) as _title, case u.action when 'submit' then 'submitted the brief'
		when 'approve' then 'approved' when 'changes' then 'asked for changes' when 'reject' then 'rejected'
		when 'skip' then 'skipped' when 'answer' then 'answered' when 'vote' then 'voted for it'
		when 'cancel' then 'cancelled the run' when 'pause' then 'paused the run' when 'resume' then 'resumed the run'
		when 'retry' then 'had it done again' when 'budget' then 'set a cap' when 'edit' then 'edited it' when 'comment' then 'commented' when 'resolve' then 'called a remark settled'
		when 'reopen' then 'opened a remark again' when 'give' then 'gave it to somebody' when 'take_back' then 'took it back'
		else u.action end as _did,
	u.action in ('approve', 'changes', 'reject', 'skip', 'answer', 'vote') as _decision
from run r join audit u on u.chain = r.project_id
	left join account a on a.account_id = u.account_id
	left join decision d on d.decision_id = (u.body ->> 'decision')::bigint
	left join gate_vote v on u.action = 'vote' and v.gate_id = (u.body ->> 'gate')::bigint
		and v.account_id = u.account_id and v.revision = (u.body ->> 'revision')::integer
	left join review w on u.action in ('approve', 'changes', 'reject', 'skip', 'answer', 'vote', 'comment')
		and w.gate_id = (u.body ->> 'gate')::bigint and w.account_id = u.account_id and w.at = u.at
where r.run_id = $1 and ($2::bigint is null or u.number < $2)
	and coalesce((u.body ->> 'run')::bigint, $1) = $1
order by u.number desc limit $3

-- :name record_texts :many
-- What entries of the run's project name by hash only: the brief, and what people said, also of lines and items.
select distinct encode(sha256(convert_to(t.text, 'UTF8')), 'hex') as sha256, t.text
from (select p.project_id from run join project p using (project_id) where run_id = $1) o
	cross join lateral (
		select p.brief as text from project p where p.project_id = o.project_id
		union all
		select d.comment from run r join gate g using (run_id) join decision d using (gate_id)
		where r.project_id = o.project_id
		union all
		select v.comment from run r join gate g using (run_id) join gate_vote v using (gate_id)
		where r.project_id = o.project_id
		union all
		select w.comment from run r join gate g using (run_id) join review w using (gate_id)
		where r.project_id = o.project_id
		union all
		select remark_text(c) from run r join review_comment c using (run_id)
		where r.project_id = o.project_id and c.review_id is not null
		union all
		select item_text(v) from run r join item_verdict v using (run_id)
		where r.project_id = o.project_id and (v.review_id is not null or v.verdict = 'edited')) t
where t.text <> ''
order by sha256

-- :name record_outputs :many
-- Every accepted output of the run in the order in which a download prefers them.
select a.node as output, a.revision, a.provider, a.model, a.created_at, encode(a.sha256, 'hex') as sha256,
	encode(sha256(convert_to(a.document, 'UTF8')), 'hex') as document_sha256,
	case when octet_length(a.body) <= 262144 then a.body end as body,
	case when octet_length(a.document) <= 262144 then a.document end as document,
	(select json_agg(json_build_object('path', f.path, 'sha256', encode(f.sha256, 'hex'), 'size', f.size) order by f.path)
		from artifact_file f where f.artifact_id = a.artifact_id)::text as files
from artifact a join stage s using (run_id, node)
where a.run_id = $1
order by s.position, s.node, a.revision
