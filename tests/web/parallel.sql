-- SPDX-License-Identifier: MIT
-- A workflow with all that a graph can have, after play.sql: a gate of two approvals that reminds, a
-- reviewer's and a tester's branch after the developer, a join. And how to move a run of it by hand.
do $$
declare
	graph bigint;
begin
	insert into workflow (name, title, sha256, source, start)
	values ('parallel', 'Two look at once', sha256('play-parallel'), 'digraph {}', 'analyst') returning graph_id into graph;
	insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position, quorum, role, expires_s, on_expiry,
		expiry_to, max_attempts) values
		(graph, 'analyst', 'agent', 'analyst', null, null, 1, 1, 'approver', null, null, null, 1),
		(graph, 'gate_analyst', 'gate', null, 'analyst', null, 2, 2, 'approver', 3600, 'escalate', 'operator', 1),
		(graph, 'developer', 'agent', 'developer', null, null, 3, 1, 'approver', null, null, null, 1),
		(graph, 'tester', 'agent', 'tester', null, null, 4, 1, 'approver', null, null, null, 1),
		(graph, 'architect', 'agent', 'architect', null, null, 4, 1, 'approver', null, null, null, 1),
		(graph, 'both', 'join', null, 'developer', null, 5, 1, 'approver', null, null, null, 1),
		(graph, 'done', 'exit', null, null, 'done', 6, 1, 'approver', null, null, null, 1),
		(graph, 'rejected', 'exit', null, null, 'rejected', 6, 1, 'approver', null, null, null, 1);
	insert into workflow_edge (graph_id, node, outcome, next, max_times, meets) values
		(graph, 'analyst', 'pass', 'gate_analyst', null, null), (graph, 'gate_analyst', 'approve', 'developer', null, null),
		(graph, 'gate_analyst', 'changes', 'analyst', null, null), (graph, 'gate_analyst', 'reject', 'rejected', null, null),
		(graph, 'developer', 'pass', 'tester', null, 'both'), (graph, 'developer', 'pass', 'architect', null, 'both'),
		(graph, 'developer', 'concern', 'analyst', 1, null),
		(graph, 'tester', 'pass', 'both', null, null), (graph, 'architect', 'pass', 'both', null, null),
		(graph, 'tester', 'fail', 'both', null, null), (graph, 'architect', 'fail', 'both', null, null),
		(graph, 'both', 'pass', 'done', null, null), (graph, 'both', 'fail', 'developer', 1, null);
end $$;
insert into subscription (agent, topic) values ('architect', 'design'), ('developer', 'design') on conflict do nothing;

create or replace function play.parallel(p_account text, p_name text, p_cap numeric default null) returns bigint language sql as $$
	select s.run_id from account a, project_submit(a.account_id, p_name, E'# Tools\n\nMembers borrow tools.', 'python-stdlib',
		'parallel', p_cap, gen_random_uuid()::text) s where a.name = p_account
$$;

-- Leases what is ready of a run and leaves the rest.
create or replace function play.lease(p_run bigint) returns void language plpgsql as $$
declare
	me uuid := play.runner();
begin
	perform stage_claim(me, 1000, 1000);
	update cursor set state = 'R', owner = null, deadline = null where owner = me and run_id <> p_run;
	perform message_take(me, array_agg(run_id), array_agg(branch), array_agg(epoch)) from cursor
	where owner = me and run_id = p_run having count(*) > 0;
end $$;

-- One stage of a run, leased or ready, comes to an outcome.
create or replace function play.step(p_run bigint, p_node text, p_outcome text, p_detail text default null) returns void
language plpgsql as $$
declare
	c record;
begin
	perform play.lease(p_run);
	select * into strict c from cursor where run_id = p_run and node = p_node and state = 'L';
	perform stage_advance(play.runner(), array[p_run], array[c.branch], array[c.epoch], array[p_outcome],
		array[sha256(convert_to(p_node || clock_timestamp(), 'UTF8'))], array['{}'],
		array[play.document(p_node, 1, null)], array['fallback'], array['builtin-1'], array['[]'::jsonb],
		array[null::jsonb], array[p_detail], array[null::jsonb], false);
end $$;

-- A stage asks: of kind question, budget, price or failure; p_budgets as stage_park() takes them.
create or replace function play.ask(p_run bigint, p_node text, p_kind text, p_detail text, p_budgets jsonb default null)
returns bigint language plpgsql as $$
declare
	c record;
begin
	perform play.lease(p_run);
	select * into strict c from cursor where run_id = p_run and node = p_node and state = 'L';
	perform stage_park(play.runner(), p_run, c.branch, c.epoch, p_kind, p_detail, null, p_budgets);
	return (select max(gate_id) from gate where run_id = p_run and state = 'open');
end $$;

-- Both approvals of the first gate.
create or replace function play.approve_twice(p_run bigint) returns void language sql as $$
	select gate_decide(g.gate_id, g.revision, 'approve', '', a.account_id)
	from gate g, account a where g.run_id = p_run and g.state = 'open' and a.name in ('ana', 'bo') order by a.name
$$;
