-- SPDX-License-Identifier: MIT
-- Plays the runner for tests of pages: claims what is ready and accepts outputs made up here, through
-- the functions that the runner itself uses. For the owner's connection.
create schema if not exists play;

-- The full graph, as workflows/sdlc.dot draws it, unless it is there.
do $$
declare
	graph bigint;
begin
	if exists (select from workflow_node n join workflow w using (graph_id) where w.name = 'sdlc' and n.node = 'gate_tester') then
		return;
	end if;
	insert into workflow (name, title, sha256, source, start)
	values ('sdlc', 'Full cycle: you review requirements, design and tests', sha256('play-sdlc'), 'digraph {}', 'analyst')
	returning graph_id into graph;
	insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position) values
		(graph, 'analyst', 'agent', 'analyst', null, null, 1),
		(graph, 'gate_analyst', 'gate', null, 'analyst', null, 2),
		(graph, 'architect', 'agent', 'architect', null, null, 3),
		(graph, 'gate_architect', 'gate', null, 'architect', null, 4),
		(graph, 'developer', 'agent', 'developer', null, null, 5),
		(graph, 'tester', 'agent', 'tester', null, null, 6),
		(graph, 'gate_tester', 'gate', null, 'tester', null, 7),
		(graph, 'done', 'exit', null, null, 'done', 8),
		(graph, 'rejected', 'exit', null, null, 'rejected', 9);
	insert into workflow_edge (graph_id, node, outcome, next, max_times) values
		(graph, 'analyst', 'pass', 'gate_analyst', null), (graph, 'gate_analyst', 'approve', 'architect', null),
		(graph, 'gate_analyst', 'changes', 'analyst', null), (graph, 'gate_analyst', 'reject', 'rejected', null),
		(graph, 'architect', 'pass', 'gate_architect', null), (graph, 'gate_architect', 'approve', 'developer', null),
		(graph, 'gate_architect', 'changes', 'architect', null), (graph, 'gate_architect', 'reject', 'rejected', null),
		(graph, 'developer', 'pass', 'tester', null), (graph, 'tester', 'pass', 'gate_tester', null),
		(graph, 'tester', 'fail', 'developer', 1), (graph, 'gate_tester', 'approve', 'done', null),
		(graph, 'gate_tester', 'changes', 'developer', null), (graph, 'gate_tester', 'reject', 'rejected', null);
end $$;

-- One live runner for everything; its id is no secret.
create or replace function play.runner() returns uuid language sql as $$
	insert into runner (runner_id, host, pid, version, expires_at)
	values ('00000000-0000-4000-8000-000000000001', 'play', 1, 'test', now() + interval '1 hour')
	on conflict (runner_id) do update set expires_at = now() + interval '1 hour', seen_at = now(), ended_at = null
	returning runner_id
$$;

create or replace function play.blob(p_text text) returns text language plpgsql as $$
declare
	body bytea := convert_to(p_text, 'UTF8');
begin
	insert into blob (sha256, body) values (sha256(body), body) on conflict do nothing;
	return encode(sha256(body), 'hex');
end $$;

create or replace function play.file(p_path text, p_text text) returns jsonb language sql as $$
	select jsonb_build_object('path', p_path, 'sha256', play.blob(p_text), 'size', octet_length(p_text))
$$;

create or replace function play.document(p_node text, p_revision integer, p_feedback jsonb) returns text language sql as $$
	select case p_node
		when 'analyst' then E'# Requirements\n\n## US-1 Borrow a tool\n\nAs a member I want to borrow a tool.\n\n'
			|| E'- Given a free tool, when I borrow it, then it is lent to me\n- Given three loans, when I ask for a fourth, '
			|| E'then it is refused\n\n| Entity | Fields |\n|---|---|\n| Member | name, e-mail |\n| Tool | name, state |\n'
			|| coalesce(E'\n## US-2 What the reviewer asked for\n\n' || (p_feedback ->> 'comment') || E'\n', '')
		when 'architect' then E'# Design\n\nOne process, one SQLite file.\n\n```\nGET /tools\nPOST /loans\n```\n'
		else format(E'# %s\n\nRevision %s.\n', initcap(p_node), p_revision) end
$$;

create or replace function play.files(p_node text, p_revision integer) returns jsonb language sql as $$
	select case p_node
		when 'developer' then jsonb_build_array(
			play.file('README.md', E'# Tool library\n\nRun `python3 app/server.py`.\n'),
			play.file('app/server.py', format(E'# revision %s\nimport http.server\n\nprint("<b>not markup</b>")\n', p_revision)),
			play.file('app/a name+plus.txt', E'x\n'), play.file('app/empty.txt', ''))
		when 'tester' then jsonb_build_array(play.file('tests/test_app.py', E'import unittest\n'))
		else '[]'::jsonb end
$$;

-- What is hashed names its files, as the runner writes it. A test may put another in its place.
create or replace function play.body(p_node text, p_revision integer, p_feedback jsonb) returns text language sql as $$
	select jsonb_build_object('node', p_node, 'revision', p_revision, 'files', play.files(p_node, p_revision))::text
$$;

create or replace function play.report(p_node text, p_failed integer) returns jsonb language sql as $$
	select case when p_node = 'tester' then jsonb_build_object('files_sha256', encode(sha256('set'), 'hex'),
		'executed', p_failed >= 0, 'sandbox', case when p_failed >= 0 then 'bubblewrap: loopback only, 512 MB, 60 s' end,
		'total', case when p_failed >= 0 then 12 else 0 end, 'passed', case when p_failed >= 0 then 12 - p_failed else 0 end,
		'failed', greatest(p_failed, 0), 'seconds', 2.345,
		'problem', case when p_failed < 0 then 'no sandbox can start on this machine' end,
		'tests', case when p_failed < 0 then '[]'::jsonb else (select jsonb_agg(jsonb_build_object(
			'name', format('tests/test_app.py::Loans::test_rule_%s', i), 'seconds', 0.1 + i / 100.0,
			'outcome', case when i <= p_failed then 'failed' else 'passed' end,
			'log', case when i <= p_failed then E'AssertionError: 201 != 409\n  <script>alert(1)</script>' else '' end))
			from generate_series(1, 12) i) end) end
$$;

-- Claims and accepts until nothing of the run is ready. p_failed: tests that fail; -1: not executed.
create or replace function play.go(p_run bigint, p_failed integer default 0) returns text language plpgsql as $$
declare
	me uuid := play.runner();
	c record;
	s stage;
	outcome text;
begin
	for i in 1..12 loop
		select * into c from stage_claim(me, 1000, 1000) k where k.run_id = p_run;
		update cursor set state = 'R', owner = null, deadline = null where owner = me and run_id <> p_run;
		exit when c.run_id is null;
		select * into s from stage where run_id = p_run and node = c.node;
		outcome := case when c.node <> 'tester' or p_failed = 0 then 'pass' when p_failed < 0 then 'unexecuted' else 'fail' end;
		perform stage_advance(me, array[p_run], array[c.branch], array[c.epoch], array[outcome],
			array[sha256(convert_to(play.body(c.node, c.revision, s.feedback), 'UTF8'))],
			array[play.body(c.node, c.revision, s.feedback)], array[play.document(c.node, c.revision, s.feedback)],
			array['fallback'], array['builtin-1'], array[play.files(c.node, c.revision)],
			array[play.report(c.node, p_failed)], array[null::text], array[null::jsonb], false);
	end loop;
	return (select state from run where run_id = p_run);
end $$;

-- Stops a run at its current stage before a person: failure, budget or price.
create or replace function play.park(p_run bigint, p_kind text, p_detail text, p_amount numeric default null)
returns text language plpgsql as $$
declare
	me uuid := play.runner();
	c record;
begin
	select * into c from stage_claim(me, 1000, 1000) k where k.run_id = p_run;
	update cursor set state = 'R', owner = null, deadline = null where owner = me and run_id <> p_run;
	perform stage_park(me, p_run, c.branch, c.epoch, p_kind, p_detail, p_amount, null);
	return (select state from run where run_id = p_run);
end $$;

create or replace function play.submit(p_account text, p_name text, p_cap numeric default null) returns bigint language sql as $$
	select s.run_id from account a, project_submit(a.account_id, p_name, E'# Tools\n\nMembers borrow tools.', 'python-stdlib',
		'sdlc', p_cap, gen_random_uuid()::text) s where a.name = p_account
$$;
create or replace function play.gate(p_run bigint) returns bigint language sql as $$
	select gate_id from gate where run_id = p_run and state = 'open'
$$;
