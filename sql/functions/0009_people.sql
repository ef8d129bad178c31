-- SPDX-License-Identifier: MIT
-- What people do to runs. The web role may call these and has no right to write the rows itself.
-- BA4xx is the HTTP status of a refusal; its text is for the person.

create function project_submit(p_account bigint, p_name text, p_brief text, p_stack text,
	p_workflow text, p_cap numeric, p_key text, p_priority integer default 0)
returns table (project_id bigint, run_id bigint, created boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	graph workflow;
	pid bigint;
	rid bigint;
begin
	select * into graph from workflow w where w.name = p_workflow
	order by w.offered_at desc, w.graph_id desc limit 1;
	if not found then
		raise exception 'There is no workflow named "%".', p_workflow using errcode = 'BA422';
	elsif p_priority not between -10 and 10 then
		raise exception 'A priority is between -10 and 10.' using errcode = 'BA422';
	end if;
	insert into project (account_id, name, brief, stack, submit_key, created_at)
	values (p_account, p_name, p_brief, p_stack, p_key, engine_now())
	on conflict (account_id, submit_key) do nothing
	returning project.project_id into pid;
	if pid is null then
		return query select p.project_id, r.run_id, false
		from project p join run r using (project_id)
		where p.account_id = p_account and p.submit_key = p_key order by r.run_id limit 1;
		return;
	end if;
	insert into budget (kind, key, cap_usd) values ('4-project', pid, p_cap);
	insert into run (project_id, tenant_id, graph_id, priority, opened_at)
	values (pid, p_account, graph.graph_id, p_priority, engine_now())
	returning run.run_id into rid;
	insert into stage (run_id, node, position, agent)
	select rid, n.node, n.position, n.agent from workflow_node n
	where n.graph_id = graph.graph_id and n.kind = 'agent';
	insert into cursor (run_id, tenant_id, node, state, rank, run_at)
	values (rid, p_account, graph.start, 'R', engine_now() - p_priority * interval '10 min', engine_now());
	update stage s set queued_at = engine_now() where s.run_id = rid and s.node = graph.start;
	perform event_append(array[rid], array['agent_status'],
		array[jsonb_build_object('state', 'queued', 'stage', graph.start)]);
	perform audit_add(pid, p_account, 'submit', jsonb_build_object('run', rid, 'workflow', p_workflow,
		'brief_sha256', encode(sha256(convert_to(p_brief, 'UTF8')), 'hex'), 'cap_usd', p_cap));
	perform pg_notify('runner_work', '');
	return query select pid, rid, true;
end $$;

create function role_rank(p_role text) returns integer
language sql immutable as $$
	select array_position(array['viewer', 'submitter', 'approver', 'operator', 'admin'], p_role)
$$;

-- Raises the caps that a budget gate names, each by what it lacked, rounded up to the next cent.
create function gate_raise(g gate, p_project bigint, p_role text) returns void
language plpgsql as $$
declare
	caps constant jsonb := coalesce(g.budgets,
		jsonb_build_array(jsonb_build_object('kind', '4-project', 'key', p_project, 'need', coalesce(g.amount_usd, 0))));
begin
	if role_rank(p_role) < role_rank('operator')
		and exists (select from jsonb_to_recordset(caps) as c(kind text) where c.kind <> '4-project') then
		raise exception 'A cap beyond this project is reached: somebody with the role operator must raise it.'
			using errcode = 'BA403';
	end if;
	perform 1 from budget b join jsonb_to_recordset(caps) as c(kind text, key bigint) using (kind, key)
	order by b.kind, b.key for no key update of b;
	update budget b set cap_usd = b.cap_usd + ceil(c.need * 100) / 100
	from jsonb_to_recordset(caps) as c(kind text, key bigint, need numeric)
	where b.kind = c.kind and b.key = c.key and b.cap_usd is not null;
end $$;

-- Who wrote a revision by editing it; null for what an agent made.
create function artifact_author(p_artifact bigint) returns bigint
language sql stable as $$
	select author_id from artifact where artifact_id = p_artifact
$$;

-- Whether anybody but this person might still approve a gate as it is now.
create function gate_others(g gate, p_account bigint) returns boolean
language sql stable set search_path = public, pg_temp as $$
	select exists (select from gate_turn t
		where t.gate_id = g.gate_id and t.account_id <> p_account
			and t.account_id is distinct from (select artifact_author(g.artifact_id))
			and not exists (select from gate_vote v where v.gate_id = g.gate_id and v.account_id = t.account_id
				and v.revision = g.revision))
$$;

-- Locks an open question, and its run.
create function gate_hold(p_gate bigint) returns gate
language plpgsql as $$
declare
	g gate;
begin
	perform 1 from run where run_id = (select run_id from gate where gate_id = p_gate) for no key update;
	select * into g from gate where gate_id = p_gate for no key update;
	if not found then
		raise exception 'There is no such gate.' using errcode = 'BA404';
	elsif g.state <> 'open' then
		raise exception 'This is not asked any more.' using errcode = 'BA409';
	end if;
	return g;
end $$;

-- The first decision on what is current wins; everything that follows from it is written with it.
-- Where a gate asks for several approvals, each but the last is a vote, and `open` says that the
-- gate still is. Who wrote the revision does not approve it while anybody else might.
create function gate_decide(p_gate bigint, p_revision integer, p_kind text, p_comment text,
	p_account bigint)
returns table (decision_id bigint, run_id bigint, open boolean, votes integer, quorum integer)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	g gate;
	r run;
	who account;
	may gate_turn;
	said record;
	allowed text[];
	target text;
	via text;
	own boolean := false;
	have integer;
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
	elsif g.state = 'closed' and r.ended_at is not null then
		raise exception 'The run has ended: %.', r.state using errcode = 'BA409';
	elsif g.state = 'closed' then
		raise exception 'The run went back to an earlier stage; this is not asked any more.' using errcode = 'BA409';
	elsif g.revision <> p_revision then
		raise exception 'You decided on revision %, but revision % is current: look at it first.',
			p_revision, g.revision using errcode = 'BA409';
	end if;
	select * into who from account where account_id = p_account;
	select * into may from gate_turn t where t.gate_id = p_gate and t.account_id = p_account;
	if not found then
		raise exception 'To decide here takes the role %.', g.role using errcode = 'BA403';
	end if;
	allowed := case g.kind when 'review' then '{approve,changes,reject}' when 'tests' then '{approve,changes,reject}'
		when 'conflict' then '{approve,changes,reject}' when 'failure' then '{approve,changes,skip,reject}'
		when 'question' then '{answer,reject}' else '{approve,reject}' end;
	if p_kind <> all (allowed) then
		raise exception 'A decision here is one of: %.', array_to_string(allowed, ', ') using errcode = 'BA422';
	elsif p_kind in ('changes', 'answer') and btrim(p_comment) = '' then
		raise exception 'Say in the comment what %.', case p_kind when 'changes' then 'is to change'
			else 'the answer is' end using errcode = 'BA422';
	end if;
	if p_kind = 'approve' and artifact_author(g.artifact_id) = p_account then
		own := true;
		if gate_others(g, p_account) then
			raise exception 'You wrote this revision: somebody else must approve it.' using errcode = 'BA403';
		end if;
	end if;
	perform review_guard(g, p_kind);

	if p_kind = 'approve' and g.quorum > 1 then
		insert into gate_vote (gate_id, account_id, revision, comment, at)
		values (p_gate, p_account, p_revision, p_comment, engine_now())
		on conflict do nothing;
		if not found then
			raise exception 'You have approved this already; it takes % approvals.', g.quorum using errcode = 'BA409';
		end if;
		select count(*) into have from gate_vote v where v.gate_id = p_gate and v.revision = p_revision;
		if have < g.quorum then
			perform audit_add(r.project_id, p_account, 'vote', jsonb_build_object('gate', p_gate, 'run', r.run_id,
				'stage', g.stage, 'kind', g.kind, 'revision', p_revision, 'turn', may.why, 'instead_of', may.instead_of,
				'own', own, 'comment_sha256', encode(sha256(convert_to(p_comment, 'UTF8')), 'hex'))
				|| coalesce(gate_facts(p_gate), '{}'));
			perform event_append(array[r.run_id], array['vote'], array[jsonb_build_object('gate', p_gate,
				'stage', g.stage, 'revision', p_revision, 'votes', have, 'quorum', g.quorum)]);
			return query select null::bigint, r.run_id, true, have, g.quorum;
			return;
		end if;
	end if;

	insert into decision (gate_id, account_id, kind, revision, comment, artifact_sha256, at, turn, instead_of, own)
	select p_gate, p_account, p_kind, p_revision, p_comment,
		(select a.sha256 from artifact a where a.artifact_id = g.artifact_id), engine_now(), may.why, may.instead_of, own
	returning decision.decision_id into id;
	update gate set state = 'decided', decided_at = engine_now() where gate_id = p_gate;
	perform audit_add(r.project_id, p_account, p_kind, jsonb_build_object('gate', p_gate, 'run', r.run_id,
		'stage', g.stage, 'kind', g.kind, 'revision', p_revision, 'decision', id, 'turn', may.why,
		'instead_of', may.instead_of, 'own', own, 'comment_sha256',
		encode(sha256(convert_to(p_comment, 'UTF8')), 'hex')) || coalesce(gate_facts(p_gate), '{}'));
	perform event_append(array[r.run_id], array['decision'], array[jsonb_build_object('gate', p_gate,
		'stage', g.stage, 'kind', p_kind, 'revision', p_revision)]);
	if g.kind = 'failure' then
		update dead_letter set resolved_at = engine_now(), resolution = case p_kind when 'approve' then 'resumed'
			when 'changes' then 'changed' when 'skip' then 'skipped' else 'given up' end
		where dead_letter.run_id = r.run_id and branch = g.branch and resolution is null;
	end if;

	if p_kind = 'reject' and g.kind <> 'review' then
		perform run_end(array[r.run_id], array[case g.kind when 'failure' then 'failed' else 'rejected' end]);
		return query select id, r.run_id, false, coalesce(have, 1), g.quorum;
		return;
	elsif p_kind = 'approve' and g.kind = 'budget' then
		perform gate_raise(g, r.project_id, who.role);
	elsif p_kind = 'approve' and g.kind = 'price' then
		update run set unpriced = true where run.run_id = r.run_id;
	elsif p_kind = 'answer' then
		perform message_post(r.run_id, null, p_account, null, s.agent, 10, p_comment,
			(select max(m.message_id) from message m where m.gate_id = p_gate), p_gate)
		from stage s where s.run_id = r.run_id and s.node = g.stage;
		update stage s set feedback = jsonb_build_object('kind', 'answer', 'stage', g.stage, 'comment', p_comment,
			'question', g.detail, 'decision', id)
		where s.run_id = r.run_id and s.node = g.stage;
	elsif p_kind = 'skip' then
		update stage s set state = 'skipped', ended_at = engine_now() where s.run_id = r.run_id and s.node = g.stage;
	elsif p_kind = 'approve' and g.kind in ('review', 'tests', 'conflict') then
		update stage s set state = 'done', problem = null where s.run_id = r.run_id and s.node = g.stage;
	end if;

	-- Which edge is taken; where there is none, the stage works again. So it does, too, where changes
	-- are asked for in a branch whose edge leads to the join: nobody there would read the comment.
	via := case
		when g.kind = 'review' then p_kind
		when g.kind in ('tests', 'conflict') and p_kind = 'approve' or p_kind = 'skip' then 'pass'
		when g.kind = 'tests' and p_kind = 'changes' then 'fail'
		when g.kind = 'conflict' and p_kind = 'changes' then (
			select e.outcome from workflow_edge e
			where e.graph_id = r.graph_id and e.node = g.node and e.outcome in ('concern', 'fail')
			order by e.outcome limit 1) end;
	if p_kind = 'changes' then
		select coalesce((select e.next from workflow_edge e
			join workflow_node n on n.graph_id = e.graph_id and n.node = e.next and n.kind <> 'join'
			where e.graph_id = r.graph_id and e.node = g.node and e.outcome = via limit 1), g.stage) into target;
		update stage s set feedback = jsonb_build_object('kind', 'changes', 'stage', g.stage,
			'comment', p_comment, 'decision', id)
		where s.run_id = r.run_id and s.node = target;
		perform cursor_enter(array[(r.run_id, g.branch, target, null, null, null, null, null)::step], null);
	elsif via is not null then
		if not exists (select from workflow_edge e
			where e.graph_id = r.graph_id and e.node = g.node and e.outcome = via) then
			raise exception 'This workflow has no way for "%" here.', via using errcode = 'BA422';
		end if;
		perform cursor_step(array[r.run_id], array[g.branch], array[via], array[null::text], null);
	else
		perform cursor_enter(array[(r.run_id, g.branch, g.stage, null, null, null, null, null)::step], null);
	end if;
	perform pg_notify('runner_work', '');
	return query select id, r.run_id, false, coalesce(have, 1), g.quorum;
end $$;

-- Gives a question to somebody: it is theirs to decide from now on. Who may by their role still may.
create function gate_give(p_gate bigint, p_to text, p_word text, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
	heir account;
begin
	g := gate_hold(p_gate);
	if not exists (select from gate_turn t where t.gate_id = p_gate and t.account_id = p_account) then
		raise exception 'Only who may decide here may give it to others.' using errcode = 'BA403';
	end if;
	select * into heir from account where name = p_to and disabled_at is null;
	if not found then
		raise exception 'There is nobody called "%".', p_to using errcode = 'BA422';
	elsif heir.account_id = p_account then
		raise exception 'It is yours already.' using errcode = 'BA422';
	elsif heir.account_id = g.assignee_id then
		raise exception '% has it already.', heir.name using errcode = 'BA409';
	elsif heir.account_id = artifact_author(g.artifact_id) then
		raise exception '% wrote this revision and may not approve it.', heir.name using errcode = 'BA422';
	elsif length(p_word) > 2000 then
		raise exception 'The word has at most 2000 characters.' using errcode = 'BA422';
	end if;
	update gate set assignee_id = heir.account_id, given_by = p_account, given_at = engine_now(), given_word = p_word,
		given_before = g.assignee_id
	where gate_id = p_gate;
	perform audit_add((select project_id from run where run_id = g.run_id), p_account, 'give',
		jsonb_build_object('gate', p_gate, 'run', g.run_id, 'stage', g.stage, 'revision', g.revision,
			'to', heir.account_id, 'word_sha256', encode(sha256(convert_to(p_word, 'UTF8')), 'hex')));
	perform event_append(array[g.run_id], array['action_required'], array[jsonb_build_object('gate', p_gate,
		'stage', g.stage, 'kind', g.kind, 'revision', g.revision, 'then', 'given', 'by', p_account,
		'to', heir.account_id)]);
	perform mail_asked(array[g.run_id], array[jsonb_build_object('gate', p_gate, 'kind', g.kind, 'revision', g.revision,
		'then', 'delegate', 'reminder', (select r.ev_seq from run r where r.run_id = g.run_id))]);
end $$;

-- Who gave a question takes it back while it is open; so may whom it was given to.
create function gate_take_back(p_gate bigint, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
begin
	g := gate_hold(p_gate);
	if g.given_by is null then
		raise exception 'It was given to nobody.' using errcode = 'BA409';
	elsif p_account <> g.given_by and p_account <> g.assignee_id then
		raise exception 'Only who gave it, or has it, may take it back.' using errcode = 'BA403';
	end if;
	update gate set assignee_id = g.given_before, given_by = null, given_at = null, given_word = null,
		given_before = null
	where gate_id = p_gate;
	perform audit_add((select project_id from run where run_id = g.run_id), p_account, 'take_back',
		jsonb_build_object('gate', p_gate, 'run', g.run_id, 'stage', g.stage, 'revision', g.revision));
	perform event_append(array[g.run_id], array['action_required'], array[jsonb_build_object('gate', p_gate,
		'stage', g.stage, 'kind', g.kind, 'revision', g.revision, 'then', 'back', 'by', p_account)]);
end $$;

-- Gates that have waited long enough remind people or ask others. Nothing is decided by time.
create function gate_due(p_limit integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	due bigint[];
	runs bigint[];
	bodies jsonb[];
begin
	select array_agg(d.gate_id) into due
	from (select g.gate_id from gate g join run r using (run_id)
		where g.state = 'open' and g.expires_at <= engine_now()
		order by g.expires_at limit p_limit for no key update of r, g skip locked) d;
	if due is null then
		return 0;
	end if;
	with moved as (
		update gate g set reminders = g.reminders + 1,
			expires_at = engine_now() + make_interval(secs => n.expires_s),
			role = case when n.on_expiry = 'escalate' and role_rank(n.expiry_to) > role_rank(g.role)
				then n.expiry_to else g.role end,
			assignee_id = coalesce(heir.account_id, g.assignee_id),
			given_by = case when heir.account_id is null then g.given_by end,
			given_at = case when heir.account_id is null then g.given_at end,
			given_word = case when heir.account_id is null then g.given_word end,
			given_before = case when heir.account_id is null then g.given_before end
		from run r join workflow_node n using (graph_id)
			left join account heir on n.on_expiry = 'delegate' and heir.name = n.expiry_to and heir.disabled_at is null
		where g.gate_id = any (due) and r.run_id = g.run_id and n.node = g.node
		returning g.*, n.on_expiry
	)
	select array_agg(m.run_id order by m.gate_id), array_agg(jsonb_build_object('gate', m.gate_id, 'stage', m.stage,
		'kind', m.kind, 'revision', m.revision, 'then', m.on_expiry, 'reminder', m.reminders) order by m.gate_id)
	into runs, bodies from moved m;
	perform event_each(runs, 'action_required', bodies);
	perform mail_asked(runs, bodies);
	return cardinality(due);
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
	perform audit_add(r.project_id, p_account, 'cancel', jsonb_build_object('run', p_run));
	perform run_end(array[p_run], array['cancelled']);
	perform pg_notify('run_stopped', p_run::text);
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
	update cursor set state = 'R', why = null, epoch = epoch + 1,
		rank = engine_now() - r.priority * interval '10 min'
	where run_id = p_run and not p_paused and state = 'W' and why = 'paused';
	update run set paused = p_paused,
		state = case when exists (select from gate g where g.run_id = p_run and g.state = 'open') then 'waiting'
			when p_paused then 'paused'
			when exists (select from stage s where s.run_id = p_run and s.attempts > 0) then 'running'
			else 'queued' end
	where run_id = p_run;
	perform audit_add(r.project_id, p_account, case when p_paused then 'pause' else 'resume' end,
		jsonb_build_object('run', p_run));
	perform event_append(array[p_run], array['agent_status'],
		array[jsonb_build_object('state', case when p_paused then 'paused' else 'resumed' end)]);
	perform pg_notify('runner_work', '');
end $$;

-- Goes back to a stage that has begun before, of a run that goes on or has ended: one click from a
-- dead letter, too. Branches end, open questions close, bounded edges may be taken anew; outputs
-- of later stages become stale and stay.
create function run_retry(p_run bigint, p_node text, p_comment text, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	r run;
	at_stage stage;
begin
	select * into r from run where run_id = p_run for no key update;
	if not found then
		raise exception 'There is no such run.' using errcode = 'BA404';
	end if;
	select * into at_stage from stage where run_id = p_run and node = p_node;
	if not found then
		raise exception 'There is no stage "%" in this run.', p_node using errcode = 'BA404';
	elsif at_stage.attempts = 0 and at_stage.revision = 0 then
		raise exception 'The stage "%" has not begun yet.', p_node using errcode = 'BA409';
	elsif r.paused and r.ended_at is null then
		raise exception 'The run is paused: resume it first.' using errcode = 'BA409';
	end if;
	perform 1 from cursor c where c.run_id = p_run order by c.branch for no key update;
	update cursor set state = 'D', why = null, came = null, owner = null, deadline = null, epoch = epoch + 1
	where run_id = p_run and branch > 0 and (state <> 'D' or came is not null);
	update gate set state = 'closed', decided_at = engine_now() where run_id = p_run and state = 'open';
	update dead_letter set resolution = 'resumed', resolved_at = engine_now()
	where run_id = p_run and resolution is null;
	delete from run_loop where run_id = p_run;
	-- What was being done again before this stage is left as it was before.
	update stage s set concern_sha256 = null, state = case when s.revision = 0 then 'pending'
			when s.position < at_stage.position then 'done' else 'stale' end
	where s.run_id = p_run and s.node <> p_node and (s.state in ('pending', 'running', 'waiting')
		or s.position >= at_stage.position and s.state in ('failed', 'skipped'));
	if p_comment <> '' then
		update stage set feedback = jsonb_build_object('kind', 'changes', 'stage', p_node, 'comment', p_comment)
		where run_id = p_run and node = p_node;
	end if;
	update run set state = 'running', ended_at = null, paused = false where run_id = p_run;
	perform cursor_enter(array[(p_run, 0, p_node, null, null, null, null, null)::step], null);
	perform audit_add(r.project_id, p_account, 'retry', jsonb_build_object('run', p_run, 'stage', p_node));
	perform event_append(array[p_run], array['agent_status'],
		array[jsonb_build_object('state', 'retried', 'stage', p_node)]);
	perform pg_notify('run_stopped', p_run::text);
	perform pg_notify('runner_work', '');
end $$;
