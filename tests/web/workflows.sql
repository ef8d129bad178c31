-- SPDX-License-Identifier: MIT
-- Two small workflows, unless the real ones are there.
with w as (
	insert into workflow (name, title, sha256, source, start)
	select n, n || ' for tests', sha256(convert_to(n, 'UTF8')), 'digraph {}', 'analyst'
	from unnest(array['sdlc', 'direct']) as n
	where not exists (select from workflow where name = n)
	returning graph_id, name
)
insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position)
select w.graph_id, n.* from w, (values
	('analyst', 'agent', 'analyst', null, null, 1),
	('review', 'gate', null, 'analyst', null, 2),
	('done', 'exit', null, null, 'done', 3)) as n
where w.name = 'sdlc' or n.column2 <> 'gate';
