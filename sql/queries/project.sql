-- SPDX-License-Identifier: MIT
-- Projects. Where a statement has a parameter "owner", null is for those who see everything.
-- Lists go backwards from a project_id ($1) and ask for one row more than they show.

-- :name project_list :many
-- The hot one: everybody's projects, no filter.
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project_line where project_id < $1
order by project_id desc limit $2

-- :name project_list_own :many
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project_line where account_id = $3 and project_id < $1
order by project_id desc limit $2

-- :name project_search :many
-- With filters; $3 owner, $4 state, $5 part of the name.
select project_id as id, name, owner, run_id, state, stage, workflow, created_at,
	round(spent_usd, 2) as cost_usd, to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project_line
where project_id < $1 and ($3::bigint is null or account_id = $3) and ($4::text is null or state = $4)
	and ($5::text is null or position(lower($5) in lower(name)) > 0)
order by project_id desc limit $2

-- :name project_get :maybe
-- $2 owner
select p.project_id as id, p.name, p.brief, p.stack, a.name as owner, b.cap_usd, p.created_at,
	to_char(p.created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from project p join account a using (account_id)
	left join budget b on b.kind = '4-project' and b.key = p.project_id
where p.project_id = $1 and ($2::bigint is null or p.account_id = $2)

-- :name project_runs :many
select r.run_id as id, r.project_id, p.name, r.state,
	case when r.ended_at is null then coalesce(n.reviews, n.node) end as stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
	left join cursor c on c.run_id = r.run_id and c.branch = 0
	left join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
where r.project_id = $1
order by r.run_id desc limit 100

-- :name project_submit :one
select project_id as id, run_id, created from project_submit($1, $2, $3, $4, $5, $6::text::numeric, $7)

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
select r.run_id as id, r.project_id, p.name, r.state, coalesce(n.reviews, n.node) as stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, null::text as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
	left join cursor c on c.run_id = r.run_id and c.branch = 0
	left join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
where r.ended_at is null and ($1::bigint is null or p.account_id = $1)
order by r.run_id desc limit 20

-- :name home_recent :many
-- $1 owner. Walks back from the newest run.
select r.run_id as id, r.project_id, p.name, r.state, null::text as stage,
	w.name as workflow, a.name as owner, r.opened_at, r.ended_at, r.problem,
	to_char(r.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at, to_char(r.ended_at, 'YYYY-MM-DD HH24:MI') as _ended_at
from run r join project p using (project_id) join account a using (account_id)
	join workflow w using (graph_id)
where r.ended_at is not null and ($1::bigint is null or p.account_id = $1)
order by r.run_id desc limit 10

-- :name home_gates :many
-- $1 owner, $2 the public URL. The longest waiting comes first.
select g.gate_id as id, g.run_id, p.name, g.stage, g.kind, g.revision, g.opened_at,
	extract(epoch from now() - g.opened_at)::bigint as waiting_s, $2::text || '/gates/' || g.gate_id as url,
	case g.kind when 'review' then 'Review ' || g.stage || ', revision ' || g.revision
		when 'tests' then 'Tests of ' || g.stage || ' are not green'
		when 'failure' then 'The stage ' || g.stage || ' could not be done'
		when 'budget' then 'The spend cap stops ' || g.stage
		else 'The price of ' || g.stage || ' is unknown' end as _asks,
	to_char(g.opened_at, 'YYYY-MM-DD HH24:MI') as _opened_at
from gate g join run r using (run_id) join project p using (project_id)
where g.state = 'open' and ($1::bigint is null or p.account_id = $1)
order by g.opened_at limit 50

-- :name spent_today :one
select coalesce((select round(spent_usd, 2) from budget
	where kind = '2-day' and key = floor(extract(epoch from now()) / 86400)::bigint), 0.00) as usd
