-- SPDX-License-Identifier: MIT
-- Workflow versions: added when they are new, never changed but for when they were offered.

-- :name workflow_known :one
-- offered: it is the one for new runs.
select count(*) > 0 as known, coalesce(bool_or(not exists (select from workflow n
	where n.name = $1 and (n.offered_at, n.graph_id) > (w.offered_at, w.graph_id))), false) as offered
from workflow w where w.name = $1 and w.sha256 = $2

-- :name workflow_offer :exec
-- After all others of its name, whatever the clock says.
update workflow set offered_at = greatest(now(),
	(select max(offered_at) + interval '1 microsecond' from workflow where name = $1))
where name = $1 and sha256 = $2

-- :name workflow_add :maybe
-- No row: somebody else has just added it.
insert into workflow (name, title, sha256, source, start, layout, offered_at)
values ($1, $2, $3, $4, $5, $6, greatest(now(),
	(select max(offered_at) + interval '1 microsecond' from workflow where name = $1)))
on conflict (name, sha256) do nothing
returning graph_id

-- :name workflow_add_nodes :exec
-- $2: an object for each node; 0 of a time: none.
insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position, max_attempts, timeout_s,
	retry_base_s, retry_max_s, confidence, quorum, role, expires_s, on_expiry, expiry_to, wait_s)
select $1, t.node, t.kind, t.agent, t.reviews, t.outcome, t.position, t.max_attempts, t.timeout_s,
	t.retry_base_s, t.retry_max_s, t.confidence / 100.0, t.quorum, coalesce(t.role, 'approver'),
	nullif(t.expires_s, 0), t.on_expiry, t.expiry_to, nullif(t.wait_s, 0)
from jsonb_to_recordset($2::jsonb) as t(node text, kind text, agent text, reviews text, outcome text,
	position integer, max_attempts integer, timeout_s integer, retry_base_s integer, retry_max_s integer,
	confidence integer, quorum integer, role text, expires_s integer, on_expiry text, expiry_to text,
	wait_s integer)

-- :name workflow_add_edges :exec
insert into workflow_edge (graph_id, node, outcome, next, max_times, meets)
select $1, t.node, t.outcome, t.next, nullif(t.max_times, 0), t.meets
from unnest($2::text[], $3::text[], $4::text[], $5::integer[], $6::text[])
	as t(node, outcome, next, max_times, meets)

-- :name workflow_drawing :maybe
-- Of a run's version; no row for versions that have none. _fits: a wide screen can show it whole.
select (w.layout ->> 'width')::numeric as width, (w.layout ->> 'height')::numeric as height,
	(w.layout ->> 'width')::numeric <= 1440 as _fits
from run r join workflow w using (graph_id)
where r.run_id = $1 and w.layout is not null

-- :name workflow_drawn_nodes :many
-- Where a run's nodes are drawn (x, y: the upper left corner), how they are, and where they lead.
with node as (
	select n.*, r.run_id, r.state as run_state, r.ended_at, r.paused,
		initcap(replace(coalesce(n.reviews, n.node), '_', ' ')) as stage
	from run r join workflow_node n using (graph_id)
	where r.run_id = $1
), named as (
	select n.*, case n.kind when 'agent' then n.stage when 'gate' then 'Review of ' || n.stage
		when 'join' then 'Join after ' || n.stage when 'timer' then 'Timer ' || n.stage
		else 'End: ' || n.outcome end as name
	from node n
)
select n.node, n.kind, n.name, l.text, trim_scale(l.x - l.width / 2) as x, trim_scale(l.y - l.height / 2) as y,
	l.width, l.height, trim_scale(l.width / 2) as _middle, trim_scale(l.height / 2) as _line,
	trim_scale(l.height / 2 - 8) as _icon, n.kind = 'agent' as _agent, here.current,
	case
		when n.kind = 'exit' then case when n.ended_at is not null and trunk.node = n.node then n.run_state else 'pending' end
		when here.current and n.paused and s.state is distinct from 'waiting' then 'paused'
		when n.kind = 'agent' then s.state
		when n.kind = 'gate' then case when g.state = 'open' then 'waiting'
			when g.decision = 'reject' then 'rejected'
			when g.decision = 'approve' and g.revision = reviewed.revision and reviewed.state = 'done' then 'done'
			else 'pending' end
		when here.stands then 'queued'
		when trunk.position > n.position then 'done'
		else 'pending' end as state,
	(select string_agg(format('%s to %s%s', e.outcome, t.name,
			case e.max_times when 1 then ' (once)' else ' (at most ' || e.max_times || ' times)' end), ', '
			order by array_position(array['pass', 'approve', 'concern', 'fail', 'changes', 'reject'], e.outcome),
				t.position, t.node)
		from workflow_edge e join named t on t.node = e.next
		where e.graph_id = n.graph_id and e.node = n.node) as _leads
from named n
	join workflow w using (graph_id)
	join lateral jsonb_to_recordset(w.layout -> 'nodes') as l(node text, text text, x numeric, y numeric,
		width numeric, height numeric) on l.node = n.node
	left join stage s on s.run_id = n.run_id and s.node = n.node
	left join stage reviewed on reviewed.run_id = n.run_id and reviewed.node = n.reviews
	left join lateral (select g.state, g.revision, d.kind as decision from gate g left join decision d using (gate_id)
		where g.run_id = n.run_id and g.node = n.node order by g.gate_id desc limit 1) g on n.kind = 'gate'
	left join lateral (select c.node, p.position from cursor c
		join workflow_node p on p.graph_id = n.graph_id and p.node = c.node
		where c.run_id = n.run_id and c.branch = 0) trunk on true
	cross join lateral (select count(*) > 0 as stands, count(*) filter (where c.why is distinct from 'join') > 0 as current
		from cursor c where c.run_id = n.run_id and c.node = n.node and c.state <> 'D') here
order by n.position, l.x, n.node

-- :name workflow_drawn_edges :many
-- Their paths as SVG writes them.
select l.node, l.next, l.back, l.text, l.x, l.y,
	(select 'M' || string_agg((p.at ->> 0) || ',' || (p.at ->> 1), case p.place when 2 then ' C' else ' ' end
			order by p.place)
		from jsonb_array_elements(l.points) with ordinality as p(at, place)) as path
from run r join workflow w using (graph_id)
	cross join lateral rows from (jsonb_to_recordset(w.layout -> 'edges') as (node text, next text, back boolean,
		text text, x numeric, y numeric, points jsonb)) with ordinality
		as l(node, next, back, text, x, y, points, place)
where r.run_id = $1
order by l.place
