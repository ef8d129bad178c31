-- SPDX-License-Identifier: MIT
-- Workflow versions: added when they are new, never changed.

-- :name workflow_known :one
select exists (select from workflow where name = $1 and sha256 = $2) as known

-- :name workflow_add :maybe
-- No row: somebody else has just added it.
insert into workflow (name, title, sha256, source, start) values ($1, $2, $3, $4, $5)
on conflict (name, sha256) do nothing
returning graph_id

-- :name workflow_add_nodes :exec
insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position, max_attempts, timeout_s)
select $1, t.node, t.kind, t.agent, t.reviews, t.outcome, t.position, t.max_attempts, t.timeout_s
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[])
	with ordinality
	as t(node, kind, agent, reviews, outcome, max_attempts, timeout_s, position)

-- :name workflow_add_edges :exec
insert into workflow_edge (graph_id, node, outcome, next, max_times)
select $1, t.node, t.outcome, t.next, nullif(t.max_times, 0)
from unnest($2::text[], $3::text[], $4::text[], $5::integer[]) as t(node, outcome, next, max_times)
