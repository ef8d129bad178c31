-- SPDX-License-Identifier: MIT
-- What runners do with stages: claim, advance, retry, ask, rescue. An output is taken only from
-- who holds the lease, by (epoch, owner).

-- Retries that are due become ready, timers that have run out let their runs go on. Whether any was due.
create function cursor_due(p_limit integer) returns boolean
language plpgsql as $$
declare
	due_run bigint[];
	due_branch integer[];
begin
	select array_agg(p.run_id order by p.run_id, p.branch), array_agg(p.branch order by p.run_id, p.branch)
	into due_run, due_branch
	from (
		select c.run_id, c.branch from cursor c join run r using (run_id)
		where c.state = 'W' and c.why in ('retry', 'timer') and c.run_at <= engine_now()
		order by c.run_at limit p_limit for no key update of r, c skip locked) p;
	if due_run is null then
		return false;
	end if;
	update cursor c set state = case when r.paused then 'W' else 'R' end,
		why = case when r.paused then 'paused' end,
		rank = engine_now() - r.priority * interval '10 min'
	from unnest(due_run, due_branch) as d(run_id, branch) join run r using (run_id)
	where c.run_id = d.run_id and c.branch = d.branch and c.why = 'retry';
	select array_agg(d.run_id), array_agg(d.branch) into due_run, due_branch
	from unnest(due_run, due_branch) as d(run_id, branch) join cursor c using (run_id, branch)
	where c.why = 'timer';
	if due_run is not null then
		perform cursor_step(due_run, due_branch, array_fill('pass'::text, array[cardinality(due_run)]),
			array_fill(null::text, array[cardinality(due_run)]), null);
	end if;
	return true;
end $$;

-- Leases up to p_limit ready cursors to a live runner, at most p_quota of one tenant, the lowest
-- rank first. A run that somebody else holds locked is passed over, not waited for. Leases alone do not wait for the
-- disk: a call or an output, all that can follow from one, is a later commit that does, and with which all before it
-- is stored. One that the server loses before that is missed by its runner, which compares (stage_mine).
create function stage_claim(p_owner uuid, p_limit integer, p_quota integer)
returns table (run_id bigint, branch integer, epoch bigint, node text, agent text, attempt integer,
	revision integer, confidence numeric)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
begin
	perform 1 from runner where runner_id = p_owner and expires_at > engine_now() and ended_at is null;
	if not found then
		return;
	end if;
	if not cursor_due(p_limit) then
		perform set_config('synchronous_commit', 'off', true);
	end if;
	return query
	with recursive tenant as (
		(select c.tenant_id from cursor c where c.state = 'R' order by c.tenant_id limit 1)
		union all
		select (select c.tenant_id from cursor c where c.state = 'R' and c.tenant_id > t.tenant_id
			order by c.tenant_id limit 1)
		from tenant t where t.tenant_id is not null
	), pick as materialized (
		select l.* from tenant t cross join lateral (
			select c.run_id, c.branch, c.rank, r.graph_id
			from cursor c join run r using (run_id)
			where c.tenant_id = t.tenant_id and c.state = 'R' and not r.paused
			order by c.rank limit p_quota
			for no key update of c, r skip locked) l
		where t.tenant_id is not null
		order by l.rank limit p_limit
	), leased as (
		update cursor c set state = 'L', owner = p_owner, epoch = c.epoch + 1,
			deadline = engine_now() + make_interval(secs => n.timeout_s)
		from pick p join workflow_node n on n.graph_id = p.graph_id
		where c.run_id = p.run_id and c.branch = p.branch and c.state = 'R' and n.node = c.node
		returning c.run_id, c.branch, c.epoch, c.node, n.agent, c.attempt, n.confidence
	), begun as (
		update stage s set state = 'running', started_at = engine_now(), ended_at = null,
			attempts = s.attempts + 1
		from leased l where s.run_id = l.run_id and s.node = l.node
		returning l.*, s.revision
	), moved as (
		update run r set state = 'running' from (select distinct run_id from leased) l
		where r.run_id = l.run_id and r.state = 'queued'
	)
	select b.run_id, b.branch, b.epoch, b.node, b.agent, b.attempt, b.revision + 1, b.confidence
	from begun b;
end $$;

-- Accepts a batch of outputs: receipts, outputs with their files and test reports, messages, and
-- the step along the graph. Returns a row for each accepted, by its place in the batch; the absent
-- were fenced: rescued, cancelled, or ended. With p_keep the next stages of these runs are leased
-- to the same runner, as long as no other tenant waits; they are returned with a null ord.
-- p_files[i] is a JSON list of {path, sha256, size} whose blobs are stored already; p_report[i] is
-- null or the sandbox's report; p_detail[i] is why, of an outcome that is not pass; p_messages[i]
-- is null or a JSON list of {to | topic, priority, body}.
create function stage_advance(p_owner uuid, p_run bigint[], p_branch integer[], p_epoch bigint[],
	p_outcome text[], p_sha256 bytea[], p_body text[], p_document text[], p_provider text[],
	p_model text[], p_files jsonb[], p_report jsonb[], p_detail text[], p_messages jsonb[], p_keep boolean)
returns table (ord bigint, run_id bigint, branch integer, epoch bigint, node text, agent text,
	attempt integer, revision integer, confidence numeric)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	ok bigint[];
	ok_run bigint[];
	ok_branch integer[];
	ok_outcome text[];
	ok_detail text[];
	ok_event jsonb[];
	tenants bigint[];
	next_run bigint[];
	next_branch integer[];
begin
	perform 1 from run r where r.run_id = any (p_run) order by r.run_id for no key update;
	perform 1 from cursor c where c.run_id = any (p_run) order by c.run_id, c.branch for no key update;

	with fenced as (
		-- by the primary key whatever the planner knows of states and owners; the identity is drawn
		-- here, so that nothing below must be joined with what it has inserted
		select t.ord, t.outcome, c.run_id, c.branch, c.epoch, c.node, c.attempt, c.tenant_id,
			s.agent, s.revision + 1 as revision, nextval('artifact_artifact_id_seq') as artifact_id
		from unnest(p_run, p_branch, p_epoch, p_outcome) with ordinality
				as t(run_id, branch, epoch, outcome, ord)
			cross join lateral (select k.* from cursor k
				where k.run_id = t.run_id and k.branch = t.branch offset 0) c
			join stage s on s.run_id = c.run_id and s.node = c.node
		where c.epoch = t.epoch and c.owner = p_owner and c.state = 'L'
	), made as (
		insert into artifact (artifact_id, run_id, node, revision, sha256, body, document, provider, model, created_at)
		overriding system value
		select f.artifact_id, f.run_id, f.node, f.revision, p_sha256[f.ord], p_body[f.ord], p_document[f.ord],
			p_provider[f.ord], p_model[f.ord], engine_now()
		from fenced f
	), filed as (
		insert into artifact_file (artifact_id, path, sha256, size)
		select f.artifact_id, x.path, decode(x.sha256, 'hex'), x.size
		from fenced f cross join jsonb_to_recordset(p_files[f.ord]) as x(path text, sha256 text, size bigint)
	), reported as (
		insert into test_report (artifact_id, run_id, files_sha256, executed, sandbox, total, passed,
			failed, seconds, problem)
		select f.artifact_id, f.run_id, decode(x.files_sha256, 'hex'), x.executed, x.sandbox,
			coalesce(x.total, 0), coalesce(x.passed, 0), coalesce(x.failed, 0), x.seconds, x.problem
		from fenced f cross join jsonb_to_record(p_report[f.ord]) as x(files_sha256 text, executed boolean,
				sandbox text, total integer, passed integer, failed integer, seconds numeric, problem text)
		where p_report[f.ord] is not null
	), tested as (
		insert into test_result (artifact_id, ordinal, name, outcome, seconds, log)
		select f.artifact_id, x.ord, x.t ->> 'name', x.t ->> 'outcome', (x.t ->> 'seconds')::numeric,
			coalesce(x.t ->> 'log', '')
		from fenced f cross join jsonb_array_elements(p_report[f.ord] -> 'tests') with ordinality as x(t, ord)
		where jsonb_typeof(p_report[f.ord] -> 'tests') = 'array'
	), receipt as (
		insert into stage_result (run_id, branch, epoch, node, attempt, owner, outcome, artifact_id, at)
		select f.run_id, f.branch, f.epoch, f.node, f.attempt, p_owner, f.outcome, f.artifact_id, engine_now()
		from fenced f
	), closed as (
		update stage s set state = 'done', revision = f.revision, artifact_id = f.artifact_id,
			feedback = null, problem = null, ended_at = engine_now(),
			concern_sha256 = case when f.outcome = 'concern' then s.concern_sha256 end
		from fenced f
		where s.run_id = f.run_id and s.node = f.node
	), heard as (
		update message_delivery d set state = 'read', branch = null, epoch = null, read_at = engine_now()
		from fenced f
		where d.run_id = f.run_id and d.agent = f.agent and d.state = 'held'
			and d.branch = f.branch and d.epoch = f.epoch
	)
	select array_agg(f.ord order by f.ord), array_agg(f.run_id order by f.ord),
		array_agg(f.branch order by f.ord), array_agg(f.outcome order by f.ord),
		array_agg(case when p_detail[f.ord] is not null then p_detail[f.ord]
			when f.outcome = 'unexecuted' then 'The tests were not executed: '
				|| coalesce(p_report[f.ord] ->> 'problem', 'no sandbox')
			when p_report[f.ord] is not null then format('%s of %s tests failed',
				coalesce(p_report[f.ord] ->> 'failed', '0'), coalesce(p_report[f.ord] ->> 'total', '0'))
			end order by f.ord),
		array_agg(jsonb_build_object('stage', f.node, 'revision', f.revision, 'outcome', f.outcome,
			'artifact', f.artifact_id) order by f.ord),
		array_agg(distinct f.tenant_id)
	into ok, ok_run, ok_branch, ok_outcome, ok_detail, ok_event, tenants
	from fenced f;

	if ok is null then
		return;
	end if;
	perform event_each(ok_run, 'stage_completed', ok_event);
	perform message_post(f.run_id, s.agent, null, x.topic, x.to, coalesce(x.priority, 0), x.body, null, null)
	from unnest(ok, ok_run, ok_event) as f(ord, run_id, event)
		join stage s on s.run_id = f.run_id and s.node = f.event ->> 'stage'
		cross join jsonb_to_recordset(p_messages[f.ord]) as x(topic text, "to" text, priority integer, body text)
	where jsonb_typeof(p_messages[f.ord]) = 'array';

	if p_keep then
		select p_keep and (w.low is null or cardinality(tenants) = 1
			and w.low = tenants[1] and w.high = tenants[1])
		into p_keep
		from (select (select c.tenant_id from cursor c where c.state = 'R' order by c.tenant_id limit 1) as low,
			(select c.tenant_id from cursor c where c.state = 'R' order by c.tenant_id desc limit 1) as high) w;
	end if;
	select array_agg(k.run_id), array_agg(k.branch) into next_run, next_branch
	from cursor_step(ok_run, ok_branch, ok_outcome, ok_detail, case when p_keep then p_owner end) k;

	return query
	select t.ord, t.run_id, t.branch, null::bigint, null::text, null::text, null::integer, null::integer,
		null::numeric
	from unnest(ok, ok_run, ok_branch) as t(ord, run_id, branch)
	union all
	select null, c.run_id, c.branch, c.epoch, c.node, s.agent, c.attempt, s.revision + 1, n.confidence
	from unnest(next_run, next_branch) as k(run_id, branch)
		join cursor c using (run_id, branch)
		join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
		join stage s on s.run_id = c.run_id and s.node = c.node;
end $$;

-- An attempt failed. Waits base * 2^n seconds with jitter, at least p_delay_s (a server's
-- Retry-After), or asks a person when the attempts are used up. p_counts false: it was not the
-- stage's fault.
create function stage_retry(p_owner uuid, p_run bigint, p_branch integer, p_epoch bigint,
	p_delay_s double precision, p_problem text, p_counts boolean)
returns table (state text)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	c record;
begin
	perform 1 from run r where r.run_id = p_run for no key update;
	select c1.*, n.max_attempts, n.retry_base_s, n.retry_max_s into c
	from cursor c1 join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = c1.node
	where c1.run_id = p_run and c1.branch = p_branch and c1.epoch = p_epoch and c1.owner = p_owner
		and c1.state = 'L'
	for no key update of c1;
	if not found then
		return query select 'fenced';
		return;
	end if;
	perform message_back(array[p_run], array[p_branch], array[p_epoch], p_problem, p_counts);
	if p_counts and c.attempt + 1 >= c.max_attempts then
		insert into dead_letter (run_id, branch, node, attempts, problem, at)
		values (p_run, p_branch, c.node, c.attempt + 1, p_problem, engine_now());
		perform cursor_enter(array[(p_run, p_branch, c.node, null, 'failure', p_problem, null, null)::step], null);
		return query select 'asked';
		return;
	end if;
	update cursor set state = 'W', why = 'retry', owner = null, deadline = null, epoch = epoch + 1,
		attempt = attempt + p_counts::integer,
		run_at = engine_now() + make_interval(secs => greatest(p_delay_s,
			least(c.retry_max_s, c.retry_base_s * 2 ^ c.attempt) * (0.5 + random() / 2)))
	where run_id = p_run and branch = p_branch;
	update stage set state = 'pending', problem = p_problem, ended_at = engine_now()
	where run_id = p_run and node = c.node;
	perform event_append(array[p_run], array['error'],
		array[jsonb_build_object('stage', c.node, 'problem', p_problem)]);
	return query select 'retry';
end $$;

-- A leased stage cannot go on without a person: over a cap, an unknown price, a question.
create function stage_park(p_owner uuid, p_run bigint, p_branch integer, p_epoch bigint,
	p_kind text, p_detail text, p_amount numeric, p_budgets jsonb)
returns table (state text)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	at_node text;
	who text;
	tried integer;
begin
	perform 1 from run r where r.run_id = p_run for no key update;
	select c.node, s.agent, c.attempt + 1 into at_node, who, tried from cursor c join stage s using (run_id, node)
	where c.run_id = p_run and c.branch = p_branch and c.epoch = p_epoch and c.owner = p_owner
		and c.state = 'L'
	for no key update of c;
	if not found then
		return query select 'fenced';
		return;
	end if;
	perform message_back(array[p_run], array[p_branch], array[p_epoch], null, false);
	perform cursor_enter(array[(p_run, p_branch, at_node, null, p_kind, p_detail, p_amount, p_budgets)::step], null);
	if p_kind = 'failure' then
		insert into dead_letter (run_id, branch, node, attempts, problem, at)
		values (p_run, p_branch, at_node, tried, p_detail, engine_now());
	elsif p_kind = 'question' then
		perform message_post(p_run, who, null, null, 'people', 0, left(p_detail, 20000), null, g.gate_id)
		from gate g where g.run_id = p_run and g.branch = p_branch and g.state = 'open';
	end if;
	return query select 'asked';
end $$;

-- Takes back what dead runners lease and what is overdue, and books the calls of the dead as
-- spent in full. A stage at which ten runners were lost asks a person. p_limit bounds a round.
create function stage_rescue(p_limit integer) returns table (run_id bigint, branch integer)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	lost_run bigint[];
	lost_branch integer[];
	lost_epoch bigint[];
	lost_call bigint[];
	deadly step[];
begin
	with pick as materialized (
		select c.run_id, c.branch, c.epoch
		from cursor c join run r using (run_id) left join runner w on w.runner_id = c.owner
		where c.state = 'L' and (c.deadline < engine_now() or w.runner_id is null
			or w.ended_at is not null or w.expires_at < engine_now())
		order by c.run_id, c.branch limit p_limit
		for no key update of r, c skip locked
	), freed as (
		update cursor c set state = case when r.paused then 'W' else 'R' end,
			why = case when r.paused then 'paused' end,
			owner = null, deadline = null, epoch = c.epoch + 1, lost = c.lost + 1
		from pick p join run r using (run_id)
		where c.run_id = p.run_id and c.branch = p.branch and c.state = 'L'
		returning c.run_id, c.branch, c.node, p.epoch, c.lost
	), back as (
		update stage s set state = 'pending', queued_at = engine_now()
		from freed f where s.run_id = f.run_id and s.node = f.node
	)
	select array_agg(f.run_id order by f.run_id, f.branch), array_agg(f.branch order by f.run_id, f.branch),
		array_agg(f.epoch order by f.run_id, f.branch),
		array_agg((f.run_id, f.branch, f.node, null, 'failure', format('Runners were lost %s times while they '
			|| 'worked on this stage.', f.lost), null, null)::step order by f.run_id, f.branch)
			filter (where f.lost >= 10)
	into lost_run, lost_branch, lost_epoch, deadly from freed f;
	if lost_run is not null then
		perform message_back(lost_run, lost_branch, lost_epoch, 'its runner was lost', true);
	end if;
	if deadly is not null then
		insert into dead_letter (run_id, branch, node, attempts, problem, at)
		select d.run_id, d.branch, d.node, c.attempt + 1, d.detail, engine_now()
		from unnest(deadly) d join cursor c using (run_id, branch);
		perform cursor_enter(deadly, null);
	end if;

	with lost as (
		update llm_call l set state = 'lost', ended_at = engine_now(), error = 'its runner died'
		where l.call_id in (
			select l.call_id from llm_call l left join runner w on w.runner_id = l.owner
			where l.state = 'intent'
				and (w.runner_id is null or w.ended_at is not null or w.expires_at < engine_now())
			order by l.call_id limit p_limit for no key update of l skip locked)
		returning l.call_id
	)
	select array_agg(l.call_id order by l.call_id) into lost_call from lost l;
	if lost_call is not null then
		perform call_settle(lost_call, array_fill(null::numeric, array[cardinality(lost_call)]));
	end if;
	return query select * from unnest(lost_run, lost_branch);
end $$;
