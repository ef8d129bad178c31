-- SPDX-License-Identifier: MIT
-- How a run moves. A cursor is moved by cursor_enter() and by nothing else that matters:
-- stage_advance() comes to it with a runner's output, gate_decide() with a person's word,
-- stage_park() and stage_retry() with trouble. Everything works on sets; whoever locks several
-- rows locks runs by id first, then cursors.
--
--        claim            advance: pass               exit
--   R ----------> L ---------------------> R ... ---------> D
--   ^             |  \                     W gate --decide--^ (or R)
--   |   rescue    |   \ retry
--   +-------------+    +--> W retry --due--> R

-- Events are numbered under the run's row lock, so their numbers are gapless and in commit order.
create function event_append(p_run bigint[], p_kind text[], p_body jsonb[]) returns void
language sql as $$
	with n as (
		select run_id, kind, body, row_number() over (partition by run_id order by ord) as k
		from unnest(p_run, p_kind, p_body) with ordinality as t(run_id, kind, body, ord)
	), bump as (
		update run r set ev_seq = r.ev_seq + c.n
		from (select run_id, count(*) as n from n group by run_id) c
		where r.run_id = c.run_id
		returning r.run_id, r.opened_at, r.ev_seq - c.n as base
	)
	insert into event (run_started, run_id, seq, kind, body)
	select b.opened_at, n.run_id, b.base + n.k, n.kind, n.body
	from n join bump b using (run_id)
$$;

-- Ends runs: closes their gates, ends their cursors (which fences whoever works on them), and
-- says so. The runs' rows are locked by the caller.
create function run_end(p_run bigint[], p_state text[]) returns void
language plpgsql as $$
begin
	update cursor set state = 'D', why = null, owner = null, deadline = null, epoch = epoch + 1
	where run_id = any (p_run) and state <> 'D';
	update gate set state = 'closed', decided_at = now()
	where run_id = any (p_run) and state = 'open';
	update stage s set
		state = case s.state when 'pending' then 'skipped' when 'stale' then 'stale'
			else case e.state when 'cancelled' then 'skipped' else 'failed' end end,
		ended_at = now()
	from unnest(p_run, p_state) as e(run_id, state)
	where s.run_id = e.run_id and s.state in ('pending', 'running', 'waiting');
	update run r set state = e.state, ended_at = now(),
		problem = case when e.state = 'done' then null else r.problem end
	from unnest(p_run, p_state) as e(run_id, state)
	where r.run_id = e.run_id;
	perform event_append(p_run, array_agg('project_complete'::text), array_agg(jsonb_build_object('state', s)))
	from unnest(p_state) as t(s);
end $$;

-- Puts cursors, locked by the caller, on their next nodes. A row whose p_gate is set asks a
-- person at that node instead of working there; a gate node always asks.
create function cursor_enter(p_run bigint[], p_branch integer[], p_next text[], p_gate text[],
	p_detail text[], p_amount numeric[]) returns void
language plpgsql as $$
declare
	asked bigint[];
	question jsonb[];
	ended bigint[];
	ended_state text[];
begin
	update cursor c set
		node = n.node, attempt = 0, epoch = c.epoch + 1, owner = null, deadline = null,
		rank = now(), run_at = now(),
		state = case when t.gate is not null or n.kind = 'gate' or r.paused and n.kind = 'agent' then 'W'
			when n.kind = 'exit' then 'D' else 'R' end,
		why = case when t.gate is not null or n.kind = 'gate' then 'gate'
			when r.paused and n.kind = 'agent' then 'paused' end
	from unnest(p_run, p_branch, p_next, p_gate) as t(run_id, branch, next, gate)
		join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = t.next
	where c.run_id = t.run_id and c.branch = t.branch;

	-- What comes after a stage that is done again is stale; the stage itself is to be done.
	update stage s set
		state = case when s.node <> t.stage then 'stale' when t.asks then 'waiting' else 'pending' end,
		problem = case when s.node = t.stage and t.gate is not null then t.detail end,
		queued_at = case when s.node = t.stage and not t.asks then now() else s.queued_at end
	from (select m.run_id, m.gate, m.detail, coalesce(n.reviews, n.node) as stage,
			m.gate is not null or n.kind = 'gate' as asks, n.kind, n.position
		from unnest(p_run, p_next, p_gate, p_detail) as m(run_id, next, gate, detail)
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = m.next
		where n.kind <> 'exit') t
	where s.run_id = t.run_id
		and (s.node = t.stage
			or not t.asks and s.position > t.position and s.state in ('done', 'waiting'));

	with g as (
		insert into gate (run_id, branch, node, stage, kind, revision, artifact_id, detail, amount_usd)
		select t.run_id, t.branch, n.node, s.node, coalesce(t.gate, 'review'), s.revision,
			s.artifact_id, t.detail, t.amount
		from unnest(p_run, p_branch, p_next, p_gate, p_detail, p_amount)
				as t(run_id, branch, next, gate, detail, amount)
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = t.next
			join stage s on s.run_id = t.run_id and s.node = coalesce(n.reviews, n.node)
		where t.gate is not null or n.kind = 'gate'
		returning *
	)
	select array_agg(g.run_id), array_agg(jsonb_build_object('gate', g.gate_id, 'stage', g.stage,
		'kind', g.kind, 'revision', g.revision))
	into asked, question from g;
	if asked is not null then
		perform event_append(asked, array_fill('action_required'::text, array[cardinality(asked)]), question);
	end if;

	update run r set
		problem = t.detail,
		state = case when t.gate is not null or n.kind = 'gate' then 'waiting'
			when r.paused then 'paused' when r.state = 'queued' then 'queued' else 'running' end
	from unnest(p_run, p_next, p_gate, p_detail) as t(run_id, next, gate, detail), workflow_node n
	where r.run_id = t.run_id and n.graph_id = r.graph_id and n.node = t.next
		and (n.kind <> 'exit' or t.gate is not null);

	select array_agg(t.run_id order by t.run_id), array_agg(n.outcome order by t.run_id)
	into ended, ended_state
	from unnest(p_run, p_next, p_gate) as t(run_id, next, gate)
		join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = t.next
	where n.kind = 'exit' and t.gate is null;
	if ended is not null then
		perform run_end(ended, ended_state);
	end if;
end $$;

-- Leases up to p_limit ready cursors to a live runner, at most p_quota of one tenant, the longest
-- waiting first. A run that somebody else holds locked is passed over, not waited for.
create function stage_claim(p_owner uuid, p_limit integer, p_quota integer)
returns table (run_id bigint, branch integer, epoch bigint, node text, agent text, attempt integer,
	revision integer)
language plpgsql as $$
#variable_conflict use_column
declare
	runs bigint[];
	nodes text[];
begin
	perform 1 from runner where runner_id = p_owner and expires_at > now() and ended_at is null;
	if not found then
		return;
	end if;
	update cursor c set state = 'R', why = null, rank = now()
	where (c.run_id, c.branch) in (
		select d.run_id, d.branch from cursor d
		where d.state = 'W' and d.why = 'retry' and d.run_at <= now()
		order by d.run_at limit p_limit for no key update skip locked);
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
			deadline = now() + make_interval(secs => n.timeout_s)
		from pick p join workflow_node n on n.graph_id = p.graph_id
		where c.run_id = p.run_id and c.branch = p.branch and c.state = 'R' and n.node = c.node
		returning c.run_id, c.branch, c.epoch, c.node, n.agent, c.attempt
	), begun as (
		update stage s set state = 'running', started_at = now(), ended_at = null,
			attempts = s.attempts + 1
		from leased l where s.run_id = l.run_id and s.node = l.node
		returning s.run_id, s.node, s.revision
	), moved as (
		update run r set state = 'running' from leased l
		where r.run_id = l.run_id and r.state = 'queued'
	)
	select l.run_id, l.branch, l.epoch, l.node, l.agent, l.attempt, b.revision + 1
	from leased l join begun b using (run_id, node);
end $$;

-- Accepts a batch of outputs: receipts, outputs with their files and test reports, and the step
-- along the graph. Returns the accepted; the absent were fenced: rescued, cancelled, or ended.
-- p_files[i] is a JSON list of {path, sha256, size} whose blobs are stored already; p_report[i] is
-- null or the sandbox's report. Where an outcome has no edge, or its edge is used up, a person is
-- asked.
create function stage_advance(p_owner uuid, p_run bigint[], p_branch integer[], p_epoch bigint[],
	p_outcome text[], p_sha256 bytea[], p_body text[], p_document text[], p_provider text[],
	p_model text[], p_files jsonb[], p_report jsonb[])
returns table (run_id bigint, branch integer)
language plpgsql as $$
#variable_conflict use_column
declare
	ok_run bigint[];
	ok_branch integer[];
	ok_next text[];
	ok_gate text[];
	ok_detail text[];
	ok_event jsonb[];
begin
	perform 1 from run r where r.run_id = any (p_run) order by r.run_id for no key update;
	perform 1 from cursor c where c.run_id = any (p_run) order by c.run_id, c.branch for no key update;

	with fenced as (
		select t.ord, t.outcome, c.run_id, c.branch, c.epoch, c.node, c.attempt, r.graph_id,
			s.revision + 1 as revision, e.next, e.max_times,
			e.next is null or s.loops >= e.max_times is true as ask
		from unnest(p_run, p_branch, p_epoch, p_outcome) with ordinality
				as t(run_id, branch, epoch, outcome, ord)
			join cursor c on c.run_id = t.run_id and c.branch = t.branch
			join run r on r.run_id = c.run_id
			join stage s on s.run_id = c.run_id and s.node = c.node
			left join workflow_edge e
				on e.graph_id = r.graph_id and e.node = c.node and e.outcome = t.outcome
		where c.epoch = t.epoch and c.owner = p_owner and c.state = 'L'
	), made as (
		insert into artifact (run_id, node, revision, sha256, body, document, provider, model)
		select f.run_id, f.node, f.revision, p_sha256[f.ord], p_body[f.ord], p_document[f.ord],
			p_provider[f.ord], p_model[f.ord]
		from fenced f
		returning artifact_id, run_id, node
	), filed as (
		insert into artifact_file (artifact_id, path, sha256, size)
		select m.artifact_id, x.path, decode(x.sha256, 'hex'), x.size
		from fenced f join made m using (run_id, node)
			cross join jsonb_to_recordset(p_files[f.ord]) as x(path text, sha256 text, size bigint)
	), reported as (
		insert into test_report (artifact_id, run_id, files_sha256, executed, sandbox, total, passed,
			failed, seconds, problem)
		select m.artifact_id, f.run_id, decode(x.files_sha256, 'hex'), x.executed, x.sandbox,
			coalesce(x.total, 0), coalesce(x.passed, 0), coalesce(x.failed, 0), x.seconds, x.problem
		from fenced f join made m using (run_id, node)
			cross join jsonb_to_record(p_report[f.ord]) as x(files_sha256 text, executed boolean,
				sandbox text, total integer, passed integer, failed integer, seconds numeric, problem text)
		where p_report[f.ord] is not null
	), tested as (
		insert into test_result (artifact_id, ordinal, name, outcome, seconds, log)
		select m.artifact_id, x.ord, x.t ->> 'name', x.t ->> 'outcome', (x.t ->> 'seconds')::numeric,
			coalesce(x.t ->> 'log', '')
		from fenced f join made m using (run_id, node)
			cross join jsonb_array_elements(p_report[f.ord] -> 'tests') with ordinality as x(t, ord)
		where jsonb_typeof(p_report[f.ord] -> 'tests') = 'array'
	), receipt as (
		insert into stage_result (run_id, branch, epoch, node, attempt, owner, outcome, artifact_id)
		select f.run_id, f.branch, f.epoch, f.node, f.attempt, p_owner, f.outcome, m.artifact_id
		from fenced f join made m using (run_id, node)
	), closed as (
		update stage s set state = 'done', revision = f.revision, artifact_id = m.artifact_id,
			feedback = null, problem = null, ended_at = now(),
			loops = s.loops + (f.max_times is not null and not f.ask)::integer
		from fenced f join made m using (run_id, node)
		where s.run_id = f.run_id and s.node = f.node
	), answer as (
		-- the stage that an unhappy outcome leads back to learns why
		update stage s set feedback = jsonb_build_object('kind', 'tests_failed', 'stage', f.node)
		from fenced f
		where f.outcome = 'fail' and not f.ask and s.run_id = f.run_id and s.node = f.next
	)
	select array_agg(f.run_id order by f.ord), array_agg(f.branch order by f.ord),
		array_agg(case when f.ask then f.node else f.next end order by f.ord),
		array_agg(case when f.ask then 'tests' end order by f.ord),
		array_agg(case when not f.ask then null
			when f.outcome = 'unexecuted' then 'The tests were not executed: '
				|| coalesce(p_report[f.ord] ->> 'problem', 'no sandbox')
			else format('%s of %s tests failed', coalesce(p_report[f.ord] ->> 'failed', '0'),
				coalesce(p_report[f.ord] ->> 'total', '0')) end order by f.ord),
		array_agg(jsonb_build_object('stage', f.node, 'revision', f.revision, 'outcome', f.outcome,
			'artifact', m.artifact_id) order by f.ord)
	into ok_run, ok_branch, ok_next, ok_gate, ok_detail, ok_event
	from fenced f join made m using (run_id, node);

	if ok_run is null then
		return;
	end if;
	perform event_append(ok_run, array_fill('stage_completed'::text, array[cardinality(ok_run)]), ok_event);
	perform cursor_enter(ok_run, ok_branch, ok_next, ok_gate, ok_detail,
		array_fill(null::numeric, array[cardinality(ok_run)]));
	return query select * from unnest(ok_run, ok_branch);
end $$;

-- An attempt failed. Waits 2^n seconds with jitter, at least p_delay_s (a server's Retry-After), or
-- asks a person when the attempts are used up. p_counts false: it was not the stage's fault.
create function stage_retry(p_owner uuid, p_run bigint, p_branch integer, p_epoch bigint,
	p_delay_s double precision, p_problem text, p_counts boolean)
returns table (state text)
language plpgsql as $$
#variable_conflict use_column
declare
	c record;
begin
	perform 1 from run r where r.run_id = p_run for no key update;
	select c1.*, n.max_attempts into c
	from cursor c1 join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = c1.node
	where c1.run_id = p_run and c1.branch = p_branch and c1.epoch = p_epoch and c1.owner = p_owner
		and c1.state = 'L'
	for no key update of c1;
	if not found then
		return query select 'fenced';
		return;
	end if;
	if p_counts and c.attempt + 1 >= c.max_attempts then
		perform cursor_enter(array[p_run], array[p_branch], array[c.node], array['failure'],
			array[p_problem], array[null::numeric]);
		return query select 'asked';
		return;
	end if;
	update cursor set state = 'W', why = 'retry', owner = null, deadline = null, epoch = epoch + 1,
		attempt = attempt + p_counts::integer,
		run_at = now() + make_interval(secs => greatest(p_delay_s,
			least(60, 2 ^ c.attempt) * (0.5 + random() / 2)))
	where run_id = p_run and branch = p_branch;
	update stage set state = 'pending', problem = p_problem, ended_at = now()
	where run_id = p_run and node = c.node;
	perform event_append(array[p_run], array['error'],
		array[jsonb_build_object('stage', c.node, 'problem', p_problem)]);
	return query select 'retry';
end $$;

-- A leased stage cannot go on without a person: over the cap, an unknown price, attempts used up.
create function stage_park(p_owner uuid, p_run bigint, p_branch integer, p_epoch bigint,
	p_kind text, p_detail text, p_amount numeric)
returns table (state text)
language plpgsql as $$
declare
	at_node text;
begin
	perform 1 from run r where r.run_id = p_run for no key update;
	select c.node into at_node from cursor c
	where c.run_id = p_run and c.branch = p_branch and c.epoch = p_epoch and c.owner = p_owner
		and c.state = 'L'
	for no key update;
	if not found then
		return query select 'fenced';
		return;
	end if;
	perform cursor_enter(array[p_run], array[p_branch], array[at_node], array[p_kind],
		array[p_detail], array[p_amount]);
	return query select 'asked';
end $$;

-- Settles a hold once: what is not known counts in full.
create function hold_settle(p_call bigint, p_cost numeric, p_unconfirmed boolean) returns void
language plpgsql as $$
declare
	h budget_hold;
	spent numeric;
begin
	select * into h from budget_hold where call_id = p_call and settled_at is null for update;
	if not found then
		return;
	end if;
	spent := coalesce(p_cost, h.amount_usd);
	perform 1 from budget b
	where (b.kind, b.key) in (('1-site', 0), ('2-day', h.day), ('3-account', h.account_id),
		('4-project', h.project_id))
	order by b.kind, b.key for no key update;
	update budget b set held_usd = b.held_usd - h.amount_usd, spent_usd = b.spent_usd + spent
	where (b.kind, b.key) in (('1-site', 0), ('2-day', h.day), ('3-account', h.account_id),
		('4-project', h.project_id));
	update budget_hold set spent_usd = spent, unconfirmed = p_unconfirmed, settled_at = now()
	where call_id = p_call;
end $$;

-- Takes back what dead runners lease, and books their calls as spent in full. p_limit bounds a round.
create function stage_rescue(p_limit integer) returns table (run_id bigint, branch integer)
language plpgsql as $$
#variable_conflict use_column
declare
	lost bigint;
begin
	for lost in
		select l.call_id from llm_call l left join runner w on w.runner_id = l.owner
		where l.state = 'intent' and (w.runner_id is null or w.ended_at is not null or w.expires_at < now())
		order by l.call_id limit p_limit
	loop
		update llm_call set state = 'lost', ended_at = now(), error = 'its runner died'
		where call_id = lost and state = 'intent';
		if found then
			perform hold_settle(lost, null, true);
		end if;
	end loop;
	return query
	with pick as materialized (
		select c.run_id, c.branch
		from cursor c join run r using (run_id) left join runner w on w.runner_id = c.owner
		where c.state = 'L' and (c.deadline < now() or w.runner_id is null
			or w.ended_at is not null or w.expires_at < now())
		order by c.run_id, c.branch limit p_limit
		for no key update of r, c skip locked
	), freed as (
		update cursor c set state = case when r.paused then 'W' else 'R' end,
			why = case when r.paused then 'paused' end,
			owner = null, deadline = null, epoch = c.epoch + 1
		from pick p join run r using (run_id)
		where c.run_id = p.run_id and c.branch = p.branch and c.state = 'L'
		returning c.run_id, c.branch, c.node
	), back as (
		update stage s set state = 'pending', queued_at = now()
		from freed f where s.run_id = f.run_id and s.node = f.node
	)
	select f.run_id, f.branch from freed f;
end $$;

-- Before a paid call: holds the worst case under every budget that applies, and stores the intent.
-- p_amount null is an unknown price. verdict: go, over (some cap would be passed; need says by how
-- much), unknown (a cap applies, and nobody has allowed an unknown price).
create function call_begin(p_owner uuid, p_run bigint, p_node text, p_revision integer,
	p_provider text, p_model text, p_hash bytea, p_amount numeric)
returns table (verdict text, call_id bigint, need numeric)
language plpgsql as $$
#variable_conflict use_column
declare
	r record;
	today bigint := floor(extract(epoch from now()) / 86400);
	short numeric;
	capped boolean;
	id bigint;
begin
	select run.unpriced, run.tenant_id, run.project_id into strict r from run where run_id = p_run;
	insert into budget (kind, key) values ('1-site', 0), ('2-day', today), ('3-account', r.tenant_id),
		('4-project', r.project_id)
	on conflict do nothing;
	perform 1 from budget b
	where (b.kind, b.key) in (('1-site', 0), ('2-day', today), ('3-account', r.tenant_id),
		('4-project', r.project_id))
	order by b.kind, b.key for no key update;
	select bool_or(b.cap_usd is not null), max(b.spent_usd + b.held_usd + coalesce(p_amount, 0) - b.cap_usd)
	into capped, short
	from budget b
	where (b.kind, b.key) in (('1-site', 0), ('2-day', today), ('3-account', r.tenant_id),
		('4-project', r.project_id));
	if capped and p_amount is null and not r.unpriced then
		return query select 'unknown', null::bigint, null::numeric;
		return;
	end if;
	if short > 0 then
		return query select 'over', null::bigint, short;
		return;
	end if;
	insert into llm_call (run_id, node, revision, call_no, owner, provider, model, request_hash)
	select p_run, p_node, p_revision, coalesce(max(l.call_no), 0) + 1, p_owner, p_provider, p_model, p_hash
	from llm_call l where l.run_id = p_run and l.node = p_node and l.revision = p_revision
	returning llm_call.call_id into id;
	if p_amount is not null then
		update budget b set held_usd = b.held_usd + p_amount
		where (b.kind, b.key) in (('1-site', 0), ('2-day', today), ('3-account', r.tenant_id),
			('4-project', r.project_id));
		insert into budget_hold (call_id, amount_usd, day, account_id, project_id)
		values (id, p_amount, today, r.tenant_id, r.project_id);
	end if;
	return query select 'go', id, null::numeric;
end $$;

-- After it: stores the answer or the error, settles the hold. A null cost is unknown: a hold then
-- counts in full.
create function call_end(p_call bigint, p_state text, p_response text, p_error text,
	p_http_status integer, p_input bigint, p_output bigint, p_cost numeric)
returns void
language plpgsql as $$
begin
	update llm_call set state = p_state, response = p_response, error = p_error,
		http_status = p_http_status, input_tokens = p_input, output_tokens = p_output,
		cost_usd = p_cost, ended_at = now()
	where call_id = p_call and state in ('intent', 'lost');
	perform hold_settle(p_call, p_cost, p_cost is null);
end $$;
