-- SPDX-License-Identifier: MIT
-- The inbox: whose turn it is, what is said to people, who stands in for whom. $1 is who looks.
-- A gate is somebody's turn when gate_turn says so and they have nothing to wait for: they have not approved
-- it already, have not given it to somebody, and did not write what somebody else is to approve.

-- :name inbox_turn :many
-- Filters: $2 kind, $3 project, $4 why. $5: what costs most comes first, else what waits longest. After the
-- row of key $6 and gate $7.
select x.gate_id, x.why, x.instead_of, x.key
from (
	select t.gate_id, t.why, coalesce(t.instead_of, 0) as instead_of, case
			when $5 then -((b.spent_usd + b.held_usd) * 1000000)::bigint
			else (date_part('epoch', g.opened_at) * 1000000)::bigint end as key
	from gate_turn t join gate g using (gate_id) join run r using (run_id)
		left join budget b on $5 and b.kind = '4-project' and b.key = r.project_id
	where t.account_id = $1
		and (g.given_by is null or g.given_by <> $1 and g.given_by is distinct from t.instead_of)
		and ($2::text is null or g.kind = $2) and ($3::bigint is null or r.project_id = $3)
		and ($4::text is null or t.why = $4)
		and not exists (select from gate_vote v
			where g.quorum > 1 and v.gate_id = g.gate_id and v.account_id = $1 and v.revision = g.revision)
		and (g.artifact_id is null
			or g.artifact_id not in (select f.artifact_id from artifact f where f.author_id = $1)
			or not gate_others(g, $1))) x
where (x.key, x.gate_id) > ($6::bigint, $7::bigint)
order by x.key, x.gate_id limit $8

-- :name inbox_watch :many
-- What waits for others and can be seen; $8: everybody's can. Filters, order and place as above.
select x.gate_id, case when x.given then 'given' when x.voted then 'voted' when x.turn then 'author' else 'others' end as why,
	0::bigint as instead_of, x.key
from (
	select g.gate_id, g.given_by is not distinct from $1 as given,
		g.gate_id in (select v.gate_id from gate_vote v join gate o using (gate_id)
			where v.account_id = $1 and v.revision = o.revision and o.state = 'open') as voted,
		g.gate_id in (select t.gate_id from gate_turn t where t.account_id = $1) as turn,
		case when g.artifact_id in (select f.artifact_id from artifact f where f.author_id = $1) then gate_others(g, $1)
			else false end as author,
		$8 or r.project_id in (select a.project_id from project_access a where a.account_id = $1) as seen, case
			when $5 then -((b.spent_usd + b.held_usd) * 1000000)::bigint
			else (date_part('epoch', g.opened_at) * 1000000)::bigint end as key
	from gate g join run r using (run_id)
		left join budget b on $5 and b.kind = '4-project' and b.key = r.project_id
	where g.state = 'open' and ($2::text is null or g.kind = $2) and ($3::bigint is null or r.project_id = $3)
	offset 0) x
where (x.seen or x.turn) and (not x.turn or x.given or x.voted or x.author)
	and ($4::text is null or $4 = case when x.given then 'given' when x.voted then 'voted' when x.turn then 'author'
		else 'others' end)
	and (x.key, x.gate_id) > ($6::bigint, $7::bigint)
order by x.key, x.gate_id limit $9

-- :name gate_turn_of :maybe
-- Of a gate ($2) that $1 sees; $3 owner, null for those who see everybody's.
select g.gate_id, coalesce(t.why, case when g.given_by = $1 then 'given' else 'others' end) as why,
	coalesce(t.instead_of, 0) as instead_of
from gate g join run r using (run_id) left join gate_turn t on t.gate_id = g.gate_id and t.account_id = $1
where g.gate_id = $2 and ($3::bigint is null or t.gate_id is not null or g.given_by = $1
	or exists (select from project_access a where a.project_id = r.project_id and a.account_id = $1))

-- :name inbox_rows :many
-- What is shown of gates, in the order in which they are named, with why ($3) and in whose place ($4, or 0).
select g.gate_id as id, g.run_id, r.project_id, p.name, o.name as owner, g.stage,
	initcap(replace(g.stage, '_', ' ')) as _title, g.kind, g.revision, g.opened_at,
	to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at,
	extract(epoch from now() - g.opened_at)::bigint as waiting_s, t.why, i.name as instead_of,
	g.role, h.name as assignee, y.name as given_by, g.given_word, left(g.detail, 4000) as detail,
	g.quorum, v.votes, g.expires_at, to_char(g.expires_at, 'YYYY-MM-DD HH24:MI') as _expires_at, g.reminders,
	l.blocks, l.later, w.people as people_waiting, trim_scale(b.spent_usd) as spent_usd,
	trim_scale(b.held_usd) as held_usd, to_char(nullif(b.spent_usd, 0), 'FM999999990.00') as _spent,
	to_char(nullif(b.held_usd, 0), 'FM999999990.00') as _held, m.message_id as message
from unnest($2::bigint[], $3::text[], $4::bigint[]) with ordinality as t(gate_id, why, instead_of, place)
	join gate g using (gate_id) join run r using (run_id) join project p using (project_id)
	join account o on o.account_id = p.account_id
	left join account i on i.account_id = nullif(t.instead_of, 0)
	left join account h on h.account_id = g.assignee_id
	left join account y on y.account_id = g.given_by
	left join budget b on b.kind = '4-project' and b.key = p.project_id
	cross join lateral (select count(*) as votes from gate_vote v
		where g.quorum > 1 and v.gate_id = g.gate_id and v.revision = g.revision) v
	cross join lateral (select count(*) as later, string_agg(initcap(replace(s.node, '_', ' ')), ', '
			order by s.position, s.node) as blocks
		from stage s join stage at on at.run_id = g.run_id and at.node = g.stage
		where s.run_id = g.run_id and s.position > at.position and s.state in ('pending', 'stale')) l
	cross join lateral (select count(distinct a.account_id) as people from project_access a
		where a.project_id = p.project_id and a.account_id <> $1) w
	left join lateral (select max(m.message_id) as message_id from message m
		where g.kind = 'question' and m.gate_id = g.gate_id and m.sender is not null) m on true
order by t.place

-- :name inbox_count :one
-- For every page, so it stops at a hundred.
select count(*) as turns from (
	select from gate_turn t join gate g using (gate_id)
	where t.account_id = $1
		and (g.given_by is null or g.given_by <> $1 and g.given_by is distinct from t.instead_of)
		and not exists (select from gate_vote v
			where g.quorum > 1 and v.gate_id = g.gate_id and v.account_id = $1 and v.revision = g.revision)
		and (g.artifact_id is null
			or g.artifact_id not in (select f.artifact_id from artifact f where f.author_id = $1)
			or not gate_others(g, $1))
	limit 100) x

-- :name inbox_projects :many
-- Those in which a gate is open that $1 sees ($2: all), for the filter.
select distinct p.project_id as id, p.name
from gate g join run r using (run_id) join project p using (project_id)
where g.state = 'open' and ($2 or exists (select from gate_turn t where t.gate_id = g.gate_id and t.account_id = $1)
	or exists (select from project_access a where a.project_id = p.project_id and a.account_id = $1))
order by p.name, p.project_id limit 100

-- :name inbox_messages :many
-- What agents have said to people within 30 days, nobody has answered and $1 has not put aside: in $1's
-- projects, or in the run $2, which the caller has seen.
select m.message_id as id, m.run_id, p.name, m.sender, m.priority, m.body, m.at,
	to_char(m.at, 'YYYY-MM-DD HH24:MI') as _at
from message m join run r using (run_id) join project p using (project_id)
where m.recipient = 'people' and m.sender is not null and m.gate_id is null and m.at > now() - interval '30 days'
	and case when $2::bigint is not null then m.run_id = $2 else exists (select from project_access a
		where a.project_id = r.project_id and a.account_id = $1) end
	and not exists (select from message_done d where d.message_id = m.message_id and d.account_id = $1)
	and not exists (select from message a where a.reply_to = m.message_id)
order by m.message_id desc limit 20

-- :name message_put_aside :exec
select message_put_aside($1, $2)

-- :name away_view :maybe
-- Whether $1 is away, or will be, in whole days of UTC.
select to_char(a.away_from at time zone 'UTC', 'YYYY-MM-DD') as "from",
	to_char(a.away_until at time zone 'UTC' - interval '1 day', 'YYYY-MM-DD') as until, s.name as stand_in,
	a.away_from <= now() as now
from account a left join account s on s.account_id = a.stand_in
where a.account_id = $1 and a.away_until > now()

-- :name away_for :many
-- For whom $1 stands in now.
select a.name, to_char(a.away_until at time zone 'UTC' - interval '1 day', 'YYYY-MM-DD') as until
from account a
where a.stand_in = $1 and a.away_from <= now() and a.away_until > now() and a.disabled_at is null
order by a.name

-- :name away_set :maybe
-- From the day $2 to the end of the day $3, with $4 (may be null) in their place. No row: there is no such person.
update account a set away_from = $2::text::date::timestamp at time zone 'UTC',
	away_until = ($3::text::date + 1)::timestamp at time zone 'UTC', stand_in = s.account_id
from (select 1) one left join account s on s.name = $4 and s.disabled_at is null
where a.account_id = $1 and ($4::text is null or s.account_id is not null)
returning audit_add(null, a.account_id, 'away', jsonb_build_object('from', a.away_from, 'until', a.away_until,
	'stand_in', a.stand_in))

-- :name away_end :exec
update account set away_from = null, away_until = null, stand_in = null
where account_id = $1 and away_from is not null
returning audit_add(null, account_id, 'back', '{}')

-- :name people_names :many
-- To whom a question can be given.
select name from account where disabled_at is null and account_id <> $1 order by name limit 200

-- :name gate_give :exec
select gate_give($1, $2, $3, $4)

-- :name gate_take_back :exec
select gate_take_back($1, $2)

-- :name tokens_today :one
-- Of calls of paid models; $1 owner: null for those who see everybody's.
select coalesce(sum(k.input_tokens + k.output_tokens), 0)::bigint as tokens,
	to_char(coalesce(sum(k.input_tokens + k.output_tokens), 0), 'FM999,999,999,999') as _tokens
from budget_hold h join llm_call k using (call_id)
where h.day = floor(extract(epoch from now()) / 86400)::bigint and ($1::bigint is null or exists (
	select from project_access a where a.project_id = h.project_id and a.account_id = $1))

-- :name conflict_rounds :many
-- What two stages ($2, $3; the second may be null) of a run have handed over, the newest first, and what followed.
select a.node as stage, initcap(replace(a.node, '_', ' ')) as title, a.revision, a.body as _body,
	coalesce(x.outcome, case when a.author_id is not null then 'edited' else 'pass' end) as outcome, y.name as author,
	a.created_at as at, to_char(a.created_at, 'YYYY-MM-DD HH24:MI') as _at
from artifact a
	left join lateral (select x.outcome from stage_result x
		where x.run_id = a.run_id and x.artifact_id = a.artifact_id order by x.at desc limit 1) x on true
	left join account y on y.account_id = a.author_id
where a.run_id = $1 and (a.node = $2 or a.node = $3)
order by a.artifact_id desc limit 40
