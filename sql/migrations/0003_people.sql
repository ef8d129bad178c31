-- SPDX-License-Identifier: MIT
-- What people do to runs. The web role may call these and has no right to write the rows itself.
-- BA4xx is the HTTP status of a refusal; its text is for the person.

create function project_submit(p_account bigint, p_name text, p_brief text, p_stack text,
	p_workflow text, p_cap numeric, p_key text)
returns table (project_id bigint, run_id bigint, created boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	graph workflow;
	pid bigint;
	rid bigint;
begin
	select * into graph from workflow w where w.name = p_workflow order by w.graph_id desc limit 1;
	if not found then
		raise exception 'There is no workflow named "%".', p_workflow using errcode = 'BA422';
	end if;
	insert into project (account_id, name, brief, stack, submit_key)
	values (p_account, p_name, p_brief, p_stack, p_key)
	on conflict (account_id, submit_key) do nothing
	returning project.project_id into pid;
	if pid is null then
		return query select p.project_id, r.run_id, false
		from project p join run r using (project_id)
		where p.account_id = p_account and p.submit_key = p_key order by r.run_id limit 1;
		return;
	end if;
	insert into budget (kind, key, cap_usd) values ('4-project', pid, p_cap);
	insert into run (project_id, tenant_id, graph_id) values (pid, p_account, graph.graph_id)
	returning run.run_id into rid;
	insert into stage (run_id, node, position, agent)
	select rid, n.node, n.position, n.agent from workflow_node n
	where n.graph_id = graph.graph_id and n.kind = 'agent';
	insert into cursor (run_id, tenant_id, node, state) values (rid, p_account, graph.start, 'R');
	update stage s set queued_at = now() where s.run_id = rid and s.node = graph.start;
	perform event_append(array[rid], array['agent_status'],
		array[jsonb_build_object('state', 'queued', 'stage', graph.start)]);
	insert into audit (project_id, account_id, action, body)
	values (pid, p_account, 'submit', jsonb_build_object('run', rid, 'workflow', p_workflow,
		'brief_sha256', encode(sha256(convert_to(p_brief, 'UTF8')), 'hex'), 'cap_usd', p_cap));
	perform pg_notify('runner_work', '');
	return query select pid, rid, true;
end $$;

-- The first decision on what is current wins; everything that follows from it is written with it.
create function gate_decide(p_gate bigint, p_revision integer, p_kind text, p_comment text,
	p_account bigint)
returns table (decision_id bigint, run_id bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	g gate;
	r run;
	said record;
	target text;
	raised numeric;
	id bigint;
begin
	select run.* into r from run
	where run.run_id = (select gate.run_id from gate where gate_id = p_gate)
	for no key update;
	if not found then
		raise exception 'There is no such gate.' using errcode = 'BA404';
	end if;
	select * into g from gate where gate_id = p_gate for no key update;
	if g.state = 'decided' then
		select d.kind, d.at, a.name into said from decision d join account a using (account_id)
		where d.gate_id = p_gate;
		raise exception 'This was already decided: % by % at % UTC.', said.kind, said.name,
			to_char(said.at, 'YYYY-MM-DD HH24:MI') using errcode = 'BA409';
	elsif g.state = 'closed' then
		raise exception 'The run has ended: %.', r.state using errcode = 'BA409';
	elsif g.revision <> p_revision then
		raise exception 'You decided on revision %, but revision % is current: look at it first.',
			p_revision, g.revision using errcode = 'BA409';
	end if;
	if p_kind not in ('approve', 'changes', 'reject') then
		raise exception 'A decision is approve, changes or reject.' using errcode = 'BA422';
	elsif p_kind = 'changes' and btrim(p_comment) = '' then
		raise exception 'Say in the comment what is to change.' using errcode = 'BA422';
	elsif p_kind = 'changes' and g.kind in ('budget', 'price') then
		raise exception 'Only approve or reject is possible here.' using errcode = 'BA422';
	end if;

	insert into decision (gate_id, account_id, kind, revision, comment, artifact_sha256)
	select p_gate, p_account, p_kind, p_revision, p_comment,
		(select a.sha256 from artifact a where a.artifact_id = g.artifact_id)
	returning decision.decision_id into id;
	update gate set state = 'decided', decided_at = now() where gate_id = p_gate;
	insert into audit (project_id, account_id, action, body)
	select r.project_id, p_account, p_kind, jsonb_build_object('gate', p_gate, 'run', r.run_id,
		'stage', g.stage, 'kind', g.kind, 'revision', p_revision, 'decision', id,
		'artifact_sha256', (select encode(a.sha256, 'hex') from artifact a where a.artifact_id = g.artifact_id));
	perform event_append(array[r.run_id], array['decision'], array[jsonb_build_object('gate', p_gate,
		'stage', g.stage, 'kind', p_kind, 'revision', p_revision)]);

	if p_kind = 'approve' and g.kind = 'budget' then
		raised := ceil(coalesce(g.amount_usd, 0) * 100) / 100;
		update budget b set cap_usd = b.cap_usd + raised
		where b.kind = '4-project' and b.key = r.project_id and b.cap_usd is not null;
	elsif p_kind = 'approve' and g.kind = 'price' then
		update run set unpriced = true where run.run_id = r.run_id;
	end if;

	if g.kind = 'review' then
		select e.next into target from workflow_edge e
		where e.graph_id = r.graph_id and e.node = g.node and e.outcome = p_kind;
		if not found then
			raise exception 'This workflow has no way for "%" here.', p_kind using errcode = 'BA422';
		end if;
	elsif p_kind = 'reject' then
		perform run_end(array[r.run_id], array[case g.kind when 'failure' then 'failed' else 'rejected' end]);
		return query select id, r.run_id;
		return;
	elsif g.kind = 'tests' then
		select e.next into target from workflow_edge e
		where e.graph_id = r.graph_id and e.node = g.node
			and e.outcome = case p_kind when 'approve' then 'pass' else 'fail' end;
	end if;
	target := coalesce(target, g.node);

	if p_kind = 'changes' then
		update stage s set feedback = jsonb_build_object('kind', 'changes', 'stage', g.stage,
			'comment', p_comment, 'decision', id)
		where s.run_id = r.run_id and s.node = target;
	elsif p_kind = 'approve' and g.kind in ('review', 'tests') then
		update stage s set state = 'done', problem = null
		where s.run_id = r.run_id and s.node = g.stage;
	end if;
	perform cursor_enter(array[r.run_id], array[g.branch], array[target], array[null::text],
		array[null::text], array[null::numeric]);
	perform pg_notify('runner_work', '');
	return query select id, r.run_id;
end $$;

-- Locks a run that has not ended.
create function run_hold(p_run bigint) returns run
language plpgsql as $$
declare
	r run;
begin
	select * into r from run where run_id = p_run for no key update;
	if not found then
		raise exception 'There is no such run.' using errcode = 'BA404';
	elsif r.ended_at is not null then
		raise exception 'The run has ended: %.', r.state using errcode = 'BA409';
	end if;
	return r;
end $$;

create function run_cancel(p_run bigint, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	r run;
begin
	r := run_hold(p_run);
	insert into audit (project_id, account_id, action, body)
	values (r.project_id, p_account, 'cancel', jsonb_build_object('run', p_run));
	perform run_end(array[p_run], array['cancelled']);
end $$;

-- Pausing lets the call in flight end; what follows waits. Gates can be decided meanwhile.
create function run_pause(p_run bigint, p_account bigint, p_paused boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	r run;
begin
	r := run_hold(p_run);
	if r.paused = p_paused then
		return;
	end if;
	update cursor set state = 'W', why = 'paused', epoch = epoch + 1
	where run_id = p_run and p_paused and (state = 'R' or state = 'W' and why = 'retry');
	update cursor set state = 'R', why = null, epoch = epoch + 1, rank = now()
	where run_id = p_run and not p_paused and state = 'W' and why = 'paused';
	update run set paused = p_paused,
		state = case when exists (select from cursor c where c.run_id = p_run and c.state = 'W' and c.why = 'gate')
				then 'waiting'
			when p_paused then 'paused'
			when exists (select from stage s where s.run_id = p_run and s.attempts > 0) then 'running'
			else 'queued' end
	where run_id = p_run;
	insert into audit (project_id, account_id, action, body)
	values (r.project_id, p_account, case when p_paused then 'pause' else 'resume' end,
		jsonb_build_object('run', p_run));
	perform event_append(array[p_run], array['agent_status'],
		array[jsonb_build_object('state', case when p_paused then 'paused' else 'resumed' end)]);
	perform pg_notify('runner_work', '');
end $$;
