-- SPDX-License-Identifier: MIT
-- How a run moves. cursor_step() follows the edges of an outcome, cursor_enter() puts cursors on
-- nodes; nothing else moves one along. Runners come here with outputs, people with decisions,
-- timers and the last branch at a join by themselves. All work on sets; whoever locks several
-- rows locks runs by id first, then cursors, then provider limits, then budgets.
--
--        claim            advance: pass               exit
--   R ----------> L ---------------------> R ... ---------> D
--   ^             |  \   \ kept: L         W gate --decide--^ (or R)
--   |   rescue    |   \ retry              W timer --due----^
--   +-------------+    +--> W retry --due--> R
--
-- Several edges of one outcome part: the cursor waits at the join (W join), each branch has a
-- cursor of its own whose parent it is, and the one that comes last lets the parent go on.

-- Ends runs: closes their gates, ends their cursors (which fences whoever works on them), and
-- says so. The runs' rows are locked by the caller.
create function run_end(p_run bigint[], p_state text[]) returns void
language plpgsql as $$
begin
	update cursor set state = 'D', why = null, came = null, owner = null, deadline = null, epoch = epoch + 1
	where run_id = any (p_run) and state <> 'D';
	update gate set state = 'closed', decided_at = engine_now()
	where run_id = any (p_run) and state = 'open';
	update dead_letter set resolution = 'given up', resolved_at = engine_now()
	where run_id = any (p_run) and resolution is null;
	update stage s set
		state = case s.state when 'pending' then 'skipped' when 'stale' then 'stale'
			else case p_state[array_position(p_run, s.run_id)] when 'cancelled' then 'skipped' else 'failed' end end,
		ended_at = engine_now()
	where s.run_id = any (p_run) and s.state in ('pending', 'running', 'waiting');
	update run r set state = e.state, ended_at = engine_now(),
		problem = case when e.state = 'done' then null else r.problem end
	from unnest(p_run, p_state) as e(run_id, state)
	where r.run_id = e.run_id;
	perform event_each(p_run, 'project_complete', array_agg(jsonb_build_object('state', s) order by o))
	from unnest(p_state) with ordinality as t(s, o);
	perform mail_ended(p_run);
end $$;

-- The nodes to which edges that do not go back lead from one.
create function node_after(p_graph bigint, p_node text) returns table (node text)
language sql stable as $$
	with recursive after as (
		select p_node as node
		union
		select e.next from after a
			join workflow_edge e on e.graph_id = p_graph and e.node = a.node
			join workflow_node f on f.graph_id = p_graph and f.node = e.node
			join workflow_node t on t.graph_id = p_graph and t.node = e.next and t.position > f.position
	)
	select node from after
$$;

-- Puts cursors, locked by the caller, on their nodes. A step whose gate is set asks a person at
-- that node instead of working there; a gate node always asks. Agents' nodes are leased to
-- p_keep at once, when it is not null; those are returned.
create function cursor_enter(p_steps step[], p_keep uuid)
returns table (run_id bigint, branch integer)
language plpgsql as $$
#variable_conflict use_column
declare
	kept_run bigint[];
	kept_branch integer[];
	asked bigint[];
	question jsonb[];
	ended bigint[];
	ended_state text[];
	met_run bigint[];
	met_branch integer[];
	met_came text[];
begin
	with moved as (
		update cursor c set
			node = n.node, attempt = 0, lost = 0, epoch = c.epoch + 1,
			came = case when n.kind = 'join' then t.came end,
			state = case
				when t.gate is not null or n.kind in ('gate', 'timer') then 'W'
				when n.kind = 'join' then case when c.parent is null then 'W' else 'D' end
				when n.kind = 'exit' then 'D'
				when r.paused then 'W'
				when p_keep is not null then 'L' else 'R' end,
			why = case
				when t.gate = 'question' then 'answer'
				when t.gate is not null or n.kind = 'gate' then 'gate'
				when n.kind = 'timer' then 'timer'
				when n.kind = 'join' then case when c.parent is null then 'join' end
				when n.kind = 'agent' and r.paused then 'paused' end,
			owner = case when w.kept then p_keep end,
			deadline = case when w.kept then engine_now() + make_interval(secs => n.timeout_s) end,
			rank = case when w.kept then c.rank
				else engine_now() - r.priority * interval '10 min' end,
			run_at = case when w.kept then c.run_at
				else engine_now() + make_interval(secs => coalesce(n.wait_s, 0)) end
		from unnest(p_steps) t
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = t.node
			cross join lateral (select p_keep is not null and n.kind = 'agent' and t.gate is null
				and not r.paused as kept) w
		where c.run_id = t.run_id and c.branch = t.branch
		returning c.run_id, c.branch, c.state
	)
	select array_agg(m.run_id), array_agg(m.branch) into kept_run, kept_branch
	from moved m where m.state = 'L';

	-- What comes after a stage that is done again is stale, but not what stands beside it in another
	-- branch; the stage itself is to be done.
	update stage s set
		state = case when s.node <> t.stage then 'stale' when t.asks then 'waiting'
			when t.kept then 'running' else 'pending' end,
		problem = case when s.node = t.stage and t.gate is not null then t.detail end,
		queued_at = case when s.node = t.stage and not t.asks then engine_now() else s.queued_at end,
		started_at = case when s.node = t.stage and t.kept then engine_now() else s.started_at end,
		ended_at = case when s.node = t.stage and t.kept then null else s.ended_at end,
		attempts = s.attempts + (s.node = t.stage and t.kept)::integer
	from (select m.run_id, r.graph_id, n.node, m.gate, m.detail, coalesce(n.reviews, n.node) as stage,
			m.gate is not null or n.kind = 'gate' as asks, n.position,
			p_keep is not null and m.gate is null and n.kind = 'agent' and not r.paused as kept
		from unnest(p_steps) m
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = m.node
		where m.gate is not null or n.kind in ('agent', 'gate')) t
	where s.run_id = t.run_id
		and (s.node = t.stage
			or not t.asks and s.position > t.position and s.state in ('done', 'waiting')
				and exists (select from node_after(t.graph_id, t.node) a where a.node = s.node));

	with g as (
		insert into gate (run_id, branch, node, stage, kind, revision, artifact_id, detail, amount_usd, budgets,
			quorum, role, opened_at, expires_at)
		select t.run_id, t.branch, n.node, s.node, coalesce(t.gate, 'review'), s.revision,
			s.artifact_id, t.detail, t.amount, t.budgets, n.quorum, n.role, engine_now(),
			engine_now() + make_interval(secs => n.expires_s)
		from unnest(p_steps) t
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = t.node
			join stage s on s.run_id = t.run_id and s.node = coalesce(n.reviews, n.node)
		where t.gate is not null or n.kind = 'gate'
		returning *
	)
	select array_agg(g.run_id), array_agg(jsonb_build_object('gate', g.gate_id, 'stage', g.stage,
		'kind', g.kind, 'revision', g.revision))
	into asked, question from g;
	if asked is not null then
		perform event_each(asked, 'action_required', question);
		perform mail_asked(asked, question);
	end if;

	update run r set problem = m.problem, state = m.state
	from (
		select t.run_id, coalesce(min(t.detail), case when o.open then min(r.problem) end) as problem, case
				when o.open then 'waiting' when r.paused then 'paused'
				when r.state = 'queued' and p_keep is null then 'queued' else 'running' end as state
		from unnest(p_steps) t join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = t.node
			cross join lateral (select exists (select from gate g
				where g.run_id = t.run_id and g.state = 'open') as open) o
		where n.kind <> 'exit' or t.gate is not null
		group by t.run_id, r.paused, r.state, o.open) m
	where r.run_id = m.run_id and (r.state <> m.state or r.problem is distinct from m.problem);

	select array_agg(t.run_id order by t.run_id), array_agg(n.outcome order by t.run_id)
	into ended, ended_state
	from unnest(p_steps) t
		join run r using (run_id)
		join workflow_node n on n.graph_id = r.graph_id and n.node = t.node
	where n.kind = 'exit' and t.gate is null;
	if ended is not null then
		perform run_end(ended, ended_state);
	end if;

	-- A trunk that comes to a join has nobody to wait for. Branches wait for the last of them;
	-- what the worst of them came with is the join's outcome.
	with came as (
		select c.run_id, coalesce(c.parent, c.branch) as branch, c.parent is null as trunk, min(t.came) as came
		from unnest(p_steps) t join cursor c using (run_id, branch)
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = t.node
		where n.kind = 'join' and t.gate is null
		group by 1, 2, 3
	), met as (
		select a.run_id, a.branch, a.came from came a where a.trunk
		union all
		select a.run_id, a.branch, case when bool_or(k.came = 'fail') then 'fail'
			when bool_or(k.came = 'concern') then 'concern' else 'pass' end
		from came a join cursor k on k.run_id = a.run_id and k.parent = a.branch
		where not a.trunk and (k.came is not null or k.state <> 'D')
		group by a.run_id, a.branch
		having bool_and(k.state = 'D')
	)
	select array_agg(m.run_id order by m.run_id, m.branch), array_agg(m.branch order by m.run_id, m.branch),
		array_agg(m.came order by m.run_id, m.branch)
	into met_run, met_branch, met_came from met m;
	if met_run is not null then
		return query select * from cursor_step(met_run, met_branch, met_came,
			array_fill(null::text, array[cardinality(met_run)]), p_keep);
		update cursor k set came = null
		from unnest(met_run, met_branch) as m(run_id, branch)
		where k.run_id = m.run_id and k.parent = m.branch and k.came is not null;
	end if;
	return query select * from unnest(kept_run, kept_branch);
end $$;

-- Takes the edges of an outcome from where cursors, locked by the caller, stand. p_detail is what
-- people and the next agent are told. Where an outcome has no edge, or its edge is used up, or an
-- agent raises the same concern again, a person is asked.
create function cursor_step(p_run bigint[], p_branch integer[], p_outcome text[], p_detail text[], p_keep uuid)
returns table (run_id bigint, branch integer)
language plpgsql as $$
#variable_conflict use_column
declare
	steps step[];
	forks step[];
begin
	with way as (
		select c.run_id, c.branch, c.tenant_id, c.node, n.kind, t.outcome, t.detail, e.next, e.max_times, e.meets,
			case when e.next is null or l.times >= e.max_times
					or t.outcome = 'concern' and s.concern_sha256 = sha256(convert_to(coalesce(t.detail, ''), 'UTF8'))
				then case when t.outcome = 'concern' or n.kind = 'join' then 'conflict' else 'tests' end
			end as gate,
			row_number() over (partition by c.run_id, c.branch order by e.next) as k
		from unnest(p_run, p_branch, p_outcome, p_detail) as t(run_id, branch, outcome, detail)
			join cursor c using (run_id, branch)
			join run r using (run_id)
			join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
			left join workflow_edge e
				on e.graph_id = r.graph_id and e.node = c.node and e.outcome = t.outcome
			left join run_loop l on l.run_id = c.run_id and l.node = c.node and l.outcome = t.outcome
			left join stage s on s.run_id = c.run_id and s.node = c.node
	), said as (
		-- what an unhappy outcome is about: of a join, what its branches came with
		select w.*, case when w.kind <> 'join' then w.detail else (
			select string_agg(format('%s (%s):%s', initcap(replace(s.node, '_', ' ')), g.outcome,
				E'\n\n' || left(a.document, 8000)), E'\n\n' order by k.branch)
			from cursor k
				join lateral (select x.node, x.outcome, x.artifact_id from stage_result x
					where x.run_id = k.run_id and x.branch = k.branch order by x.epoch desc limit 1) g on true
				join stage s on s.run_id = k.run_id and s.node = g.node
				left join artifact a on a.artifact_id = g.artifact_id
			where k.run_id = w.run_id and k.parent = w.branch and k.came in ('fail', 'concern')) end as words
		from way w
	), counted as (
		insert into run_loop as l (run_id, node, outcome, times)
		select w.run_id, w.node, w.outcome, 1 from way w
		where w.max_times is not null and w.gate is null
		group by 1, 2, 3
		on conflict (run_id, node, outcome) do update set times = l.times + 1
	), told as (
		update stage s set feedback = jsonb_build_object('kind', case when w.outcome = 'concern' then 'concern'
				when w.kind = 'join' then 'review' else 'tests_failed' end,
			'stage', w.node, 'comment', coalesce(w.words, ''))
		from said w
		where w.outcome in ('fail', 'concern') and w.gate is null and s.run_id = w.run_id and s.node = w.next
	), raised as (
		update stage s set concern_sha256 = sha256(convert_to(coalesce(w.detail, ''), 'UTF8'))
		from way w
		where w.outcome = 'concern' and s.run_id = w.run_id and s.node = w.node
	)
	select array_agg((w.run_id, w.branch, case when w.gate is null then w.next else w.node end, w.outcome,
			w.gate, case when w.gate is not null then coalesce(w.words, w.detail) end, null, null)::step
			order by w.run_id, w.branch) filter (where w.meets is null or w.gate is not null and w.k = 1),
		array_agg((w.run_id, w.branch, w.next, w.meets, null, null, null, null)::step
			order by w.run_id, w.branch, w.next) filter (where w.meets is not null and w.gate is null)
	into steps, forks
	from said w;

	if forks is not null then
		update cursor c set state = 'W', why = 'join', node = f.came, epoch = c.epoch + 1, attempt = 0, lost = 0,
			owner = null, deadline = null
		from unnest(forks) f
		where c.run_id = f.run_id and c.branch = f.branch;
		with child as (
			insert into cursor (run_id, branch, tenant_id, parent, node, state, why, rank, run_at)
			select c.run_id, m.last + row_number() over (partition by c.run_id order by c.branch, f.node),
				c.tenant_id, c.branch, f.node, 'W', 'join', c.rank, engine_now()
			from unnest(forks) f join cursor c using (run_id, branch)
				cross join lateral (select max(x.branch) as last from cursor x where x.run_id = c.run_id) m
			returning run_id, branch, node
		)
		select coalesce(steps, '{}') || array_agg((k.run_id, k.branch, k.node, null, null, null, null, null)::step
			order by k.run_id, k.branch)
		into steps from child k;
	end if;
	return query select * from cursor_enter(steps, p_keep);
end $$;
