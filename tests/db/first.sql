-- SPDX-License-Identifier: MIT
-- What a database of the first three migrations may hold, made by the functions of then: a run in every
-- state, in a graph with a gate and a bounded edge. The runner of then is dead by the end.
insert into account (name, role) values ('tester', 'admin');
insert into workflow (name, title, sha256, source, start)
values ('first', 'First', sha256('first'), 'digraph first {}', 'analyst');
insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position, max_attempts) values
	(1, 'analyst', 'agent', 'analyst', null, null, 0, 2),
	(1, 'gate', 'gate', null, 'analyst', null, 1, 4),
	(1, 'architect', 'agent', 'architect', null, null, 2, 4),
	(1, 'check', 'agent', 'analyst', null, null, 3, 4),
	(1, 'done', 'exit', null, null, 'done', 4, 4),
	(1, 'rejected', 'exit', null, null, 'rejected', 2, 4);
insert into workflow_edge (graph_id, node, outcome, next, max_times) values
	(1, 'analyst', 'pass', 'gate', null), (1, 'gate', 'approve', 'architect', null),
	(1, 'gate', 'changes', 'analyst', null), (1, 'gate', 'reject', 'rejected', null),
	(1, 'architect', 'pass', 'check', null), (1, 'check', 'pass', 'done', null),
	(1, 'check', 'fail', 'architect', 2);
insert into runner (runner_id, host, pid, version, expires_at)
values ('00000000-0000-4000-8000-000000000001', 'then', 1, '0.1.0', now() + interval '1 hour');

create function pg_temp.submit(p_name text) returns bigint language sql as
	$$ select run_id from project_submit(1, p_name, 'A brief.', 'python-stdlib', 'first', 5, p_name) $$;

-- Works on the only stage that is ready: a call, and then p_outcome; or with null the call is under way.
create function pg_temp.work(p_outcome text) returns bigint language plpgsql as $$
declare
	me constant uuid := '00000000-0000-4000-8000-000000000001';
	l record;
	c record;
begin
	select * into strict l from stage_claim(me, 1, 1);
	select * into strict c from call_begin(me, l.run_id, l.node, l.revision, 'openai', 'model-x',
		sha256(convert_to(l.node, 'UTF8')), 0.02);
	if p_outcome is null then
		return l.run_id;
	end if;
	perform call_end(c.call_id, 'answered', '{"summary": "words of then"}', null, 200, 100, 50, 0.0002);
	case p_outcome
	when 'again' then
		perform stage_retry(me, l.run_id, l.branch, l.epoch, 0, 'It was not there.', true);
	when 'budget' then
		perform stage_park(me, l.run_id, l.branch, l.epoch, 'budget', 'It may cost too much.', 0.05);
	else
		perform stage_advance(me, array[l.run_id], array[l.branch], array[l.epoch], array[p_outcome],
			array[sha256('then')], array['{"summary": "words of then"}'], array['# Then'], array['openai'],
			array['model-x'], array['[]'::jsonb], array[null::jsonb]);
	end case;
	return l.run_id;
end $$;

create function pg_temp.decide(p_run bigint, p_kind text) returns void language sql as $$
	select gate_decide(gate_id, revision, p_kind, 'Because.', 1) from gate
	where run_id = p_run and state = 'open' $$;

select pg_temp.submit('done') as run \gset
select pg_temp.work('pass'), pg_temp.decide(:run, 'approve'), pg_temp.work('pass'), pg_temp.work('fail'),
	pg_temp.work('pass'), pg_temp.work('pass');
select pg_temp.submit('rejected') as run \gset
select pg_temp.work('pass'), pg_temp.decide(:run, 'reject');
select pg_temp.submit('failed') as run \gset
select pg_temp.work('again');
update cursor set run_at = now() where run_id = :run;
select pg_temp.work('again'), pg_temp.decide(:run, 'reject');
select pg_temp.submit('asked') as run \gset
select pg_temp.work('again');
update cursor set run_at = now() where run_id = :run;
select pg_temp.work('again');
select pg_temp.submit('cancelled') as run \gset
select pg_temp.work('pass'), run_cancel(:run, 1);
select pg_temp.submit('reviewed'), pg_temp.work('pass');
select pg_temp.submit('over'), pg_temp.work('budget');
select pg_temp.submit('leased'), pg_temp.work(null);
select pg_temp.submit('retry'), pg_temp.work('again');
update cursor set run_at = now() + interval '1 s' where why = 'retry';
select pg_temp.submit('looped') as run \gset
select pg_temp.work('pass'), pg_temp.decide(:run, 'changes'), pg_temp.work('pass'),
	pg_temp.decide(:run, 'approve'), pg_temp.work('pass'), pg_temp.work('fail');
select pg_temp.submit('paused') as run \gset
select run_pause(:run, 1, true);
select pg_temp.submit('queued');
update runner set expires_at = now() - interval '1 s';
