-- SPDX-License-Identifier: MIT
-- What is said at gates beside decisions: comments on lines, words on items, edits, and what asking for
-- changes costs. Who may see the gate was asked before.

-- :name review_comments :many
-- $1 run, $2 stage, $3 who looks: what was sent, and their own drafts. What is open comes first.
select c.comment_id as id, a.name as by, c.account_id = $3 as mine, c.revision, c.path, c.line, c.line_end, c.quote,
	c.body as text, case when c.review_id is null then 'draft' when c.resolved_at is null then 'open'
		else 'resolved' end as state,
	c.created_at as at, to_char(c.created_at, 'YYYY-MM-DD HH24:MI') as _at, z.name as resolved_by
from review_comment c join account a using (account_id) left join account z on z.account_id = c.resolved_by
where c.run_id = $1 and c.stage = $2 and (c.review_id is not null or c.account_id = $3)
order by c.resolved_at is not null, c.revision desc, c.path, c.line, c.comment_id
limit 300

-- :name review_counts :one
select count(*) filter (where c.review_id is not null and c.resolved_at is null) as unresolved,
	count(*) filter (where c.review_id is null and c.account_id = $3) as drafts,
	count(*) filter (where c.review_id is not null or c.account_id = $3) as all_said,
	(select count(*) from item_verdict v where v.run_id = $1 and v.stage = $2 and v.account_id = $3
		and v.review_id is null and v.verdict <> 'edited') as marked
from review_comment c
where c.run_id = $1 and c.stage = $2

-- :name review_answers :many
-- What agents answered, for the comments of a stage; text is null while there is no answer.
select k.comment_id as id, initcap(replace(k.node, '_', ' ')) as stage, k.revision, k.number, x.artifact_id is null as waits,
	(select e.value ->> 'text' from json_array_elements(case when json_typeof(x.body::json -> 'answers') = 'array'
			then x.body::json -> 'answers' else '[]' end) e
	 where e.value ->> 'comment' = k.number::text limit 1) as text
from review_comment c join review_ask k using (comment_id)
	left join artifact x on x.run_id = k.run_id and x.node = k.node and x.revision = k.revision
where c.run_id = $1 and c.stage = $2
order by k.comment_id, k.revision

-- :name review_items :many
-- The items of an output ($1) in the lists $4 by the keys $5, titled by $6, with what $3 drafted and what was sent last on them.
select l.list, e.value ->> l.key as item, left(e.value ->> l.title, 300) as title, h.sha256, e.ord - 1 as at,
	d.verdict as draft, d.comment as draft_comment, v.verdict, v.comment, v.by, v.sha256 = h.sha256 as same
from artifact a cross join unnest($4::text[], $5::text[], $6::text[]) with ordinality as l(list, key, title, n)
	cross join lateral json_array_elements(case when json_typeof(a.body::json -> l.list) = 'array'
		then a.body::json -> l.list else '[]' end) with ordinality as e(value, ord)
	cross join lateral (select encode(sha256(convert_to(e.value::text, 'UTF8')), 'hex') as sha256) h
	left join item_verdict d on d.run_id = a.run_id and d.stage = $2 and d.account_id = $3 and d.list = l.list
		and d.item = e.value ->> l.key and d.review_id is null and d.verdict <> 'edited'
		and encode(d.sha256, 'hex') = h.sha256
	left join lateral (select w.verdict, w.comment, n.name as by, encode(w.sha256, 'hex') as sha256
		from item_verdict w join account n using (account_id)
		where w.run_id = a.run_id and w.stage = $2 and w.list = l.list and w.item = e.value ->> l.key
			and (w.review_id is not null or w.verdict = 'edited')
		order by w.verdict_id desc limit 1) v on true
where a.artifact_id = $1
order by l.n, e.ord
limit 400

-- :name review_bases :one
-- What revision $3 of a stage can be compared with: the one before, the newest that an agent made, and
-- the one that $4 last commented, voted or decided on. Null: there is none. Barred: $4 wrote it, and at
-- the gate $5 others may approve it.
select (select max(a.revision) from artifact a where a.run_id = $1 and a.node = $2 and a.revision < $3) as previous,
	(select max(a.revision) from artifact a where a.run_id = $1 and a.node = $2 and a.revision < $3
		and a.author_id is null) as agent,
	(select max(x.revision) from (
			select v.revision from review v join gate g using (gate_id)
			where g.run_id = $1 and g.stage = $2 and v.account_id = $4
			union all
			select v.revision from gate_vote v join gate g using (gate_id)
			where g.run_id = $1 and g.stage = $2 and v.account_id = $4
			union all
			select d.revision from decision d join gate g using (gate_id)
			where g.run_id = $1 and g.stage = $2 and d.account_id = $4) x
		where x.revision between 1 and $3 - 1) as mine,
	(select n.name from artifact a join account n on n.account_id = a.author_id
		where a.run_id = $1 and a.node = $2 and a.revision = $3) as author,
	(select n.shortcuts from account n where n.account_id = $4) as shortcuts,
	exists (select from artifact a join gate_turn t on t.gate_id = $5 and t.account_id <> $4
		where a.run_id = $1 and a.node = $2 and a.revision = $3 and a.author_id = $4) as barred

-- :name review_price :many
-- $2 owner
select stage, initcap(replace(stage, '_', ' ')) as title, again, samples, round(p50_s::numeric) as p50_s,
	round(p90_s::numeric) as p90_s, unpriced, round(p50_usd::numeric, 4) as p50_usd, round(p90_usd::numeric, 4) as p90_usd
from changes_price($1, $2) order by "position", stage

-- :name review_send :one
-- No decision_id: it was a vote or a comment, and the gate is open until there are enough.
select decision_id, run_id, open, votes, quorum from review_send($1, $2, $3, $4, $5, $6)

-- :name comment_draft :one
select comment_draft($1, $2, $3, $4, $5, $6, $7, $8, $9) as id

-- :name comment_drop :one
select true as done from comment_drop($1, $2, $3)

-- :name comment_settle :one
select true as done from comment_settle($1, $2, $3, $4)

-- :name items_mark :one
select items_mark($1, $2, $3, $4) as marked

-- :name artifact_edit :one
select artifact_edit($1, $2, $3, $4, $5, $6, $7, $8, $9) as revision
