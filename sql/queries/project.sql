-- SPDX-License-Identifier: MIT
-- Projects. Where a statement has a parameter "owner", null is for those who see everything.
-- Lists go backwards from a project_id ($1) and ask for one row more than they show.

-- :name project_list :many
-- The hot one: everybody's projects, no filter. It sees by itself whether the visitor may have them, from the
-- hash of a session's or an API token ($3, $4 minutes that a session may be idle), so that it can be read
-- ahead of who asks; to others it gives nothing.
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project_line
where project_id < $1 and (
	select exists (select from session s join account a using (account_id)
		where s.token_hash = $3 and s.expires_at > now() and s.seen_at > now() - make_interval(mins => $4)
			and a.disabled_at is null and a.role in ('approver', 'operator', 'admin'))
	or exists (select from api_token t join account a using (account_id)
		where t.token_hash = $3 and t.revoked_at is null
			and (t.expires_at is null or t.expires_at > now()) and 'read' = any (t.scopes)
			and a.disabled_at is null and a.role in ('approver', 'operator', 'admin')))
order by project_id desc limit $2

-- :name project_list_own :many
-- A person's ($3): their own and what is shared with them.
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from (select l.project_id from (
		(select p.project_id from project p where p.account_id = $3 and p.project_id < $1
			order by p.project_id desc limit $2)
		union
		(select m.project_id from project_member m where m.account_id = $3 and m.project_id < $1
			order by m.project_id desc limit $2)) l
	order by l.project_id desc limit $2) k join project_line using (project_id)
order by project_id desc

-- :name project_search :many
-- With filters; $3 owner, $4 state, $5 part of the name.
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project_line p
where project_id < $1 and ($3::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $3))
	and ($4::text is null or state = $4)
	and ($5::text is null or position(lower($5) in lower(name)) > 0)
order by project_id desc limit $2

-- :name project_get :maybe
-- $2 owner
select p.project_id as id, p.name, p.brief, p.stack, a.name as owner, trim_scale(b.cap_usd) as cap_usd,
	trim_scale(b.spent_usd) as spent_usd, p.created_at, to_char(b.cap_usd, 'FM999999990.009999') as _cap,
	to_char(b.spent_usd, 'FM999999990.0099') as _spent,
	to_char(p.created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project p join account a using (account_id)
	left join budget b on b.kind = '4-project' and b.key = p.project_id
where p.project_id = $1 and ($2::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $2))

-- :name project_runs :many
select r.run_id as id, r.project_id, p.name, r.state, c.stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
	left join lateral (
		select string_agg(coalesce(n.reviews, n.node), ', ' order by n.position, n.node) as stage
		from cursor c join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
		where c.run_id = r.run_id and c.state <> 'D' and c.why is distinct from 'join') c on true
where r.project_id = $1
order by r.run_id desc limit 100

-- :name project_submit :one
select project_id as id, run_id, created from project_submit($1, $2, $3, $4, $5, $6::text::numeric, $7, $8)

-- :name workflow_choices :many
-- The version of each that is offered; $1 is the one to be marked.
select w.name, w.title, w.name = $1 as checked,
	(select string_agg(initcap(n.reviews), ', ' order by n.position) from workflow_node n
	 where n.graph_id = w.graph_id and n.kind = 'gate') as gates
from (select distinct on (name) name, title, graph_id from workflow
	order by name, offered_at desc, graph_id desc) w
order by w.name = 'sdlc' desc, w.name

-- :name home_running :many
-- $1 owner
select r.run_id as id, r.project_id, p.name, r.state, c.stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, null::text as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
	left join lateral (
		select string_agg(coalesce(n.reviews, n.node), ', ' order by n.position, n.node) as stage
		from cursor c join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
		where c.run_id = r.run_id and c.state <> 'D' and c.why is distinct from 'join') c on true
where r.ended_at is null and ($1::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $1))
order by r.run_id desc limit 20

-- :name home_recent :many
-- $1 owner. Walks back from the newest run.
select r.run_id as id, r.project_id, p.name, r.state, null::text as stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
where r.ended_at is not null and ($1::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $1))
order by r.run_id desc limit 10

-- :name gate_list :many
-- $1 owner, $2 the public URL, $3 who looks. The longest waiting comes first.
select g.gate_id as id, g.run_id, p.name, g.stage, g.kind, g.revision, g.opened_at,
	extract(epoch from now() - g.opened_at)::bigint as waiting_s, $2::text || '/gates/' || g.gate_id as url,
	c.can as can_decide,
	coalesce(v.votes, 0) as votes, g.quorum,
	case g.kind when 'review' then 'Review ' || g.stage || ', revision ' || g.revision
		when 'tests' then 'Tests of ' || g.stage || ' are not green'
		when 'failure' then 'The stage ' || g.stage || ' could not be done'
		when 'conflict' then 'The agents do not agree on ' || g.stage
		when 'question' then g.stage || ' asks: ' || coalesce(left(g.detail, 120), '')
		when 'budget' then 'A spend cap stops ' || g.stage
		else 'The price of ' || g.stage || ' is unknown' end
		|| case when g.quorum > 1 then format(', %s of %s approvals', coalesce(v.votes, 0), g.quorum) else '' end as _asks,
	to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at
from gate g join run r using (run_id) join project p using (project_id)
	left join lateral (
		select count(*) as votes, bool_or(x.account_id = $3) as mine
		from gate_vote x where g.quorum > 1 and x.gate_id = g.gate_id and x.revision = g.revision) v on true
	cross join lateral (select exists (
		select from gate_turn t where t.gate_id = g.gate_id and t.account_id = $3) as turn) t
	cross join lateral (select t.turn and v.mine is not true as can) c
where g.state = 'open' and ($1::bigint is null or t.turn or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $1))
order by g.opened_at limit 50

-- :name spent_today :one
-- $1 owner. A day's row of its own exists only where days have a cap.
select round(coalesce(
	(select spent_usd from budget where kind = '2-day' and key = d.today and $1::bigint is null),
	(select sum(h.spent_usd) from budget_hold h where h.day = d.today and ($1::bigint is null or exists (
		select from project_access x where x.project_id = h.project_id and x.account_id = $1))), 0), 2) as usd
from (select floor(extract(epoch from now()) / 86400)::bigint as today) d
