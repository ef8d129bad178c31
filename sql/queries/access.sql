-- SPDX-License-Identifier: MIT
-- What a person ($2, of the site's rank $3) is on one thing ($1). No row: to them it does not exist.
-- Ranks: viewer 1 to admin 5. "turn": they may decide on it, or on an open gate of it.

-- :name access_project :maybe
select greatest($3::integer, array_position('{viewer,submitter,approver,operator,admin}'::text[], m.role)) as rank,
	p.account_id = $2 as owner, false as turn
from project p left join project_member m on m.project_id = p.project_id and m.account_id = $2
where p.project_id = $1 and ($3::integer >= 3 or p.account_id = $2 or m.role is not null)

-- :name access_run :maybe
-- Who is only to decide on a gate of it looks, and no more.
select case when $3::integer >= 3 or p.account_id = $2 or m.role is not null then greatest($3::integer,
		array_position('{viewer,submitter,approver,operator,admin}'::text[], m.role)) else 1 end as rank,
	p.account_id = $2 as owner,
	exists (select from gate g join gate_turn t using (gate_id) where g.run_id = r.run_id and t.account_id = $2) as turn
from run r join project p using (project_id)
	left join project_member m on m.project_id = p.project_id and m.account_id = $2
where r.run_id = $1 and ($3::integer >= 3
	or exists (select from run_access a where a.run_id = r.run_id and a.account_id = $2))

-- :name access_gate :maybe
-- Who may decide on it has the rank for that, whatever else they are. Once it is decided they still see it.
select greatest(case when b.able then 3 else 1 end, case when $3::integer >= 3 or p.account_id = $2 or m.role is not null
		then greatest($3::integer, array_position('{viewer,submitter,approver,operator,admin}'::text[], m.role)) end) as rank,
	p.account_id = $2 as owner, b.able as turn
from gate g join run r using (run_id) join project p using (project_id)
	left join project_member m on m.project_id = p.project_id and m.account_id = $2
	cross join lateral (
		select exists (select from gate_able a where a.gate_id = g.gate_id and a.account_id = $2) as able) b
where g.gate_id = $1 and ($3::integer >= 3 or p.account_id = $2 or m.role is not null or b.able)

-- :name member_list :many
-- With whom a project is shared, its owner first.
select a.account_id as id, a.name, 'owner' as role, a.role as site_role, null::text as added_by, p.created_at as added_at,
	to_char(p.created_at, 'YYYY-MM-DD') as _added_at, a.disabled_at is not null as disabled, true as _owner
from project p join account a using (account_id) where p.project_id = $1
union all
(select a.account_id, a.name, m.role, a.role, b.name, m.added_at, to_char(m.added_at, 'YYYY-MM-DD'),
	a.disabled_at is not null, false
from project_member m join account a using (account_id) left join account b on b.account_id = m.added_by
where m.project_id = $1 order by a.name)

-- :name project_name :maybe
-- $2 owner
select p.name from project p
where p.project_id = $1 and ($2::bigint is null or exists (
	select from project_access x where x.project_id = p.project_id and x.account_id = $2))

-- :name member_set :exec
-- By $1, on $2: $3 is given the role $4.
select member_set($1, $2, $3, $4)

-- :name member_remove :exec
select member_remove($1, $2, $3)
