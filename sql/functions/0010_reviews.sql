-- SPDX-License-Identifier: MIT
-- What people say at gates beside the decision itself: line comments, words on items, edits. A draft
-- is sent together with a decision, in the transaction that takes it; gate_decide() has the last word.

-- The gate with its run locked, open and at the revision that the person has before them.
create function review_gate(p_gate bigint, p_revision integer) returns gate
language plpgsql as $$
declare
	g gate;
begin
	perform 1 from run where run_id = (select gate.run_id from gate where gate_id = p_gate) for no key update;
	select * into g from gate where gate_id = p_gate for no key update;
	if not found then
		raise exception 'There is no such gate.' using errcode = 'BA404';
	elsif g.state <> 'open' then
		raise exception 'Nothing is asked here any more.' using errcode = 'BA409';
	elsif g.revision <> p_revision then
		raise exception 'This was written on revision %, but revision % is current: look at it first.',
			p_revision, g.revision using errcode = 'BA409';
	end if;
	return g;
end $$;

-- Writes a draft, or with p_comment changes one.
create function comment_draft(p_gate bigint, p_revision integer, p_account bigint, p_comment bigint,
	p_path text, p_line integer, p_end integer, p_quote text, p_body text) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
	id bigint;
begin
	g := review_gate(p_gate, p_revision);
	if p_comment is not null then
		update review_comment set body = p_body
		where comment_id = p_comment and account_id = p_account and run_id = g.run_id and stage = g.stage
			and review_id is null
		returning comment_id into id;
		if not found then
			raise exception 'There is no such draft of yours; it may have been sent.' using errcode = 'BA404';
		end if;
		return id;
	end if;
	if (select count(*) from review_comment c where c.run_id = g.run_id and c.stage = g.stage
		and c.account_id = p_account and c.review_id is null) >= 100 then
		raise exception 'You have 100 comments that are not sent: send them first.' using errcode = 'BA422';
	end if;
	insert into review_comment (run_id, stage, revision, account_id, path, line, line_end, quote, body, created_at)
	values (g.run_id, g.stage, p_revision, p_account, p_path, p_line, p_end, p_quote, p_body, engine_now())
	returning comment_id into id;
	return id;
end $$;

create function comment_drop(p_gate bigint, p_account bigint, p_comment bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
	delete from review_comment c using gate g
	where g.gate_id = p_gate and c.comment_id = p_comment and c.run_id = g.run_id and c.stage = g.stage
		and c.account_id = p_account and c.review_id is null;
	if not found then
		raise exception 'There is no such draft of yours; it may have been sent.' using errcode = 'BA404';
	end if;
end $$;

-- Calls a comment settled, or opens it again.
create function comment_settle(p_gate bigint, p_account bigint, p_comment bigint, p_resolved boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
	c review_comment;
begin
	select * into g from gate where gate_id = p_gate;
	perform 1 from run where run_id = g.run_id for no key update;
	select * into c from review_comment
	where comment_id = p_comment and run_id = g.run_id and stage = g.stage and review_id is not null
	for no key update;
	if not found then
		raise exception 'There is no such comment here.' using errcode = 'BA404';
	elsif (c.resolved_at is not null) = p_resolved then
		return;
	end if;
	update review_comment set resolved_by = case when p_resolved then p_account end,
		resolved_at = case when p_resolved then engine_now() end
	where comment_id = p_comment;
	perform audit_add(r.project_id, p_account, case when p_resolved then 'resolve' else 'reopen' end,
		jsonb_build_object('run', g.run_id, 'gate', p_gate, 'stage', g.stage, 'comment', p_comment))
	from run r where r.run_id = g.run_id;
	perform event_append(array[g.run_id], array['review'], array[jsonb_build_object('gate', p_gate, 'stage', g.stage,
		'revision', g.revision, 'kind', case when p_resolved then 'resolve' else 'reopen' end, 'comment', p_comment)]);
end $$;

-- The hash of an item's JSON, byte for byte as it stands in the output; null: it is not there.
create function item_sha256(p_artifact bigint, p_list text, p_key text, p_item text) returns bytea
language sql stable as $$
	select sha256(convert_to(i.value::text, 'UTF8'))
	from (
		select a.body::json -> p_item as value, 1 as ord from artifact a
		where a.artifact_id = p_artifact and p_list = ''
		union all
		select e.value, e.ord from artifact a, json_array_elements(
			case when json_typeof(a.body::json -> p_list) = 'array' then a.body::json -> p_list else '[]' end)
				with ordinality as e(value, ord)
		where a.artifact_id = p_artifact and p_list <> '' and e.value ->> p_key = p_item) i
	where i.value is not null
	order by i.ord limit 1
$$;

-- Drafts on items: [{list, key, item, verdict: approve, reject or null, comment}]; null takes one back.
create function items_mark(p_gate bigint, p_revision integer, p_account bigint, p_items jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
	absent text;
	marked integer;
begin
	g := review_gate(p_gate, p_revision);
	select i.item into absent from jsonb_to_recordset(p_items) as i(list text, key text, item text)
	where item_sha256(g.artifact_id, i.list, i.key, i.item) is null limit 1;
	if found then
		raise exception 'This revision has no item "%".', left(absent, 100) using errcode = 'BA422';
	end if;
	delete from item_verdict v using jsonb_to_recordset(p_items) as i(list text, item text)
	where v.run_id = g.run_id and v.stage = g.stage and v.account_id = p_account and v.review_id is null
		and v.verdict <> 'edited' and v.list = i.list and v.item = i.item;
	insert into item_verdict (run_id, stage, revision, account_id, list, key, item, verdict, comment, sha256, at)
	select g.run_id, g.stage, p_revision, p_account, i.list, i.key, i.item, i.verdict, coalesce(i.comment, ''),
		item_sha256(g.artifact_id, i.list, i.key, i.item), engine_now()
	from jsonb_to_recordset(p_items) as i(list text, key text, item text, verdict text, comment text)
	where i.verdict is not null;
	get diagnostics marked = row_count;
	return marked;
end $$;

-- The newest word on each item of a stage that was sent and still fits what is there.
create function items_settled(p_run bigint, p_stage text, p_artifact bigint)
returns table (list text, key text, item text, verdict text, comment text)
language sql stable as $$
	select v.list, v.key, v.item, v.verdict, v.comment
	from (select distinct on (w.list, w.item) w.* from item_verdict w
		where w.run_id = p_run and w.stage = p_stage and (w.review_id is not null or w.verdict = 'edited')
		order by w.list, w.item, w.verdict_id desc) v
	where v.sha256 = item_sha256(p_artifact, v.list, v.key, v.item)
$$;

-- An approval is refused while comments are open, unless the person has said that it holds all the
-- same: review_send() notes that for the transaction.
create function review_guard(g gate, p_kind text) returns void
language plpgsql as $$
declare
	n integer;
begin
	if p_kind <> 'approve' or g.kind not in ('review', 'tests', 'conflict')
		or coalesce(current_setting('botarmy.anyway', true), '') = 'on' then
		return;
	end if;
	select count(*) into n from review_comment c
	where c.run_id = g.run_id and c.stage = g.stage and c.review_id is not null and c.resolved_at is null;
	if n > 0 then
		raise exception '% not resolved: resolve them, ask for changes, or say that you approve all the same.',
			case n when 1 then 'One comment is' else n || ' comments are' end using errcode = 'BA422';
	end if;
end $$;

-- Which stage works again when changes are asked for at a gate.
create function changes_target(g gate) returns text
language sql stable as $$
	select coalesce((select e.next
		from run r join workflow_edge e on e.graph_id = r.graph_id and e.node = g.node
			join workflow_node n on n.graph_id = r.graph_id and n.node = e.next and n.kind <> 'join'
		where r.run_id = g.run_id and e.outcome = any (case g.kind when 'review' then array['changes']
			when 'tests' then array['fail'] when 'conflict' then array['concern', 'fail'] end)
		order by e.outcome limit 1), g.stage)
$$;

-- Sends what is drafted, together with a decision or alone (kind comment). What the gate's stage or
-- another is told of it stands in its feedback: comments {number, path, line, line_end, quote, text},
-- kept and redo {list, key, id, text}.
create function review_send(p_gate bigint, p_revision integer, p_kind text, p_comment text, p_account bigint,
	p_anyway boolean)
returns table (decision_id bigint, run_id bigint, open boolean, votes integer, quorum integer)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	g gate;
	r run;
	words text := p_comment;
	sent bigint;
	said integer;
	judged integer;
	done record;
	target text;
begin
	select run.* into r from run
	where run.run_id = (select gate.run_id from gate where gate_id = p_gate) for no key update;
	select * into g from gate where gate_id = p_gate;
	if not found or g.state <> 'open' or g.revision <> p_revision then
		return query select * from gate_decide(p_gate, p_revision, p_kind, p_comment, p_account);
		return;
	end if;
	-- What was said of an item that is another by now is not said of this one.
	delete from item_verdict v
	where v.run_id = g.run_id and v.stage = g.stage and v.account_id = p_account and v.review_id is null
		and v.verdict <> 'edited' and v.sha256 is distinct from item_sha256(g.artifact_id, v.list, v.key, v.item);
	insert into review (gate_id, account_id, revision, kind, comment, at)
	values (p_gate, p_account, p_revision, p_kind, p_comment, engine_now())
	returning review_id into sent;
	update review_comment c set review_id = sent
	where c.run_id = g.run_id and c.stage = g.stage and c.account_id = p_account and c.review_id is null;
	get diagnostics said = row_count;
	update item_verdict v set review_id = sent
	where v.run_id = g.run_id and v.stage = g.stage and v.account_id = p_account and v.review_id is null
		and v.verdict <> 'edited';
	get diagnostics judged = row_count;

	if p_kind = 'comment' then
		if said = 0 and judged = 0 and btrim(p_comment) = '' then
			raise exception 'There is nothing to send: write a comment, or decide.' using errcode = 'BA422';
		end if;
		perform audit_add(r.project_id, p_account, 'comment', jsonb_build_object('gate', p_gate, 'run', g.run_id,
			'stage', g.stage, 'revision', p_revision, 'review', sent, 'comments', said, 'items', judged, 'comment_sha256',
			encode(sha256(convert_to(p_comment, 'UTF8')), 'hex')) || coalesce(gate_facts(p_gate), '{}'));
		perform event_append(array[g.run_id], array['review'], array[jsonb_build_object('gate', p_gate,
			'stage', g.stage, 'revision', p_revision, 'kind', 'comment', 'comments', said, 'items', judged)]);
		return query select null::bigint, g.run_id, true, (select count(*)::integer from gate_vote v
			where v.gate_id = p_gate and v.revision = p_revision), g.quorum;
		return;
	end if;
	if p_kind = 'changes' and btrim(words) = '' then
		select concat_ws(' ', case when c.n > 0 then 'See the comments on lines.' end,
			case when i.n > 0 then 'See the items to do again.' end) into words
		from (select count(*) as n from review_comment c where c.run_id = g.run_id and c.stage = g.stage
				and c.review_id is not null and c.resolved_at is null) c,
			(select count(*) as n from items_settled(g.run_id, g.stage, g.artifact_id) s where s.verdict = 'reject') i;
	end if;
	perform set_config('botarmy.anyway', case when p_anyway then 'on' else '' end, true);
	select * into done from gate_decide(p_gate, p_revision, p_kind, words, p_account);

	if p_kind = 'changes' and not done.open then
		target := changes_target(g);
		-- A revision that was asked for before and did not come is asked for anew.
		delete from review_ask k using stage s
		where s.run_id = g.run_id and s.node = target and k.run_id = s.run_id and k.node = s.node and k.revision > s.revision;
		with asked as (
			insert into review_ask (comment_id, run_id, node, revision, number)
			select c.comment_id, g.run_id, target, s.revision + 1, row_number() over (order by c.path, c.line, c.comment_id)
			from review_comment c join stage s on s.run_id = g.run_id and s.node = target
			where c.run_id = g.run_id and c.stage = g.stage and c.review_id is not null and c.resolved_at is null
			returning comment_id, number
		)
		update stage s set feedback = s.feedback || jsonb_build_object(
			'comments', coalesce((select jsonb_agg(jsonb_build_object('number', k.number, 'path', c.path, 'line', c.line,
				'line_end', c.line_end, 'quote', c.quote, 'text', c.body) order by k.number)
				from asked k join review_comment c using (comment_id)), '[]'),
			'kept', coalesce((select jsonb_agg(jsonb_build_object('list', i.list, 'key', i.key, 'id', i.item)
				order by i.list, i.item) from items_settled(g.run_id, g.stage, g.artifact_id) i
				where i.verdict <> 'reject' and target = g.stage), '[]'),
			'redo', coalesce((select jsonb_agg(jsonb_build_object('list', i.list, 'key', i.key, 'id', i.item,
				'text', i.comment) order by i.list, i.item) from items_settled(g.run_id, g.stage, g.artifact_id) i
				where i.verdict = 'reject'), '[]'))
		where s.run_id = g.run_id and s.node = target and (s.feedback ->> 'decision')::bigint = done.decision_id;
	end if;
	return query select done.decision_id, done.run_id, done.open, done.votes, done.quorum;
end $$;

-- A person's own revision of what is decided on. p_path and p_content: the one file that is another,
-- else null. p_edited: [{list, key, item}] that they wrote, which stay as they are from now on.
create function artifact_edit(p_gate bigint, p_revision integer, p_account bigint, p_sha256 bytea, p_body text,
	p_document text, p_path text, p_content bytea, p_edited jsonb) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	g gate;
	r run;
	old artifact;
	id bigint;
begin
	g := review_gate(p_gate, p_revision);
	select * into r from run where run_id = g.run_id;
	select * into old from artifact where artifact_id = g.artifact_id;
	if g.kind not in ('review', 'conflict') or old.artifact_id is null then
		raise exception 'There is no output here that could be edited.' using errcode = 'BA422';
	elsif not exists (select from gate_turn t where t.gate_id = p_gate and t.account_id = p_account) then
		raise exception 'Who may decide here may edit; you may not.' using errcode = 'BA403';
	elsif exists (select from test_report t where t.artifact_id = g.artifact_id) then
		raise exception 'A suite whose tests were executed is not edited: ask for changes, so that they are executed again.'
			using errcode = 'BA422';
	elsif old.sha256 = p_sha256 then
		raise exception 'Nothing was changed.' using errcode = 'BA422';
	end if;
	insert into artifact (run_id, node, revision, sha256, body, document, provider, model, author_id, created_at)
	select g.run_id, old.node, old.revision + 1, p_sha256, p_body, p_document, 'person', a.name, p_account, engine_now()
	from account a where a.account_id = p_account
	returning artifact_id into id;
	if p_path is not null then
		insert into blob (sha256, body) values (sha256(p_content), p_content) on conflict do nothing;
	end if;
	insert into artifact_file (artifact_id, path, sha256, size)
	select id, f.path, case when f.path = p_path then sha256(p_content) else f.sha256 end,
		case when f.path = p_path then octet_length(p_content) else f.size end
	from artifact_file f where f.artifact_id = old.artifact_id;
	update stage set revision = old.revision + 1, artifact_id = id where run_id = g.run_id and node = old.node;
	update gate set revision = old.revision + 1, artifact_id = id where gate_id = p_gate;
	insert into item_verdict (run_id, stage, revision, account_id, list, key, item, verdict, sha256, at)
	select g.run_id, g.stage, old.revision + 1, p_account, e.list, e.key, e.item, 'edited',
		item_sha256(id, e.list, e.key, e.item), engine_now()
	from jsonb_to_recordset(p_edited) as e(list text, key text, item text)
	where item_sha256(id, e.list, e.key, e.item) is not null;
	perform audit_add(r.project_id, p_account, 'edit', jsonb_build_object('gate', p_gate, 'run', g.run_id,
		'stage', g.stage, 'revision', old.revision + 1) || gate_facts(p_gate));
	perform event_append(array[g.run_id], array['artifact_new'], array[jsonb_build_object('gate', p_gate,
		'stage', g.stage, 'revision', old.revision + 1)]);
	return old.revision + 1;
end $$;

-- What asking for changes at a gate sets going: the stages that work again or become stale, and what
-- each took before in runs of the same workflow, of one owner or (null) of everybody. Time is from
-- hand-over to output.
create function changes_price(p_gate bigint, p_owner bigint)
returns table (stage text, "position" integer, again boolean, samples integer, p50_s double precision, p90_s double precision,
	unpriced integer, p50_usd double precision, p90_usd double precision)
language sql stable security definer set search_path = public, pg_temp as $$
	with at as (
		select g.run_id, r.graph_id, w.name, changes_target(g) as target
		from gate g join run r using (run_id) join workflow w using (graph_id) where g.gate_id = p_gate
	), wanted as (
		select s.node, s.position, s.node = at.target as again
		from at join stage s using (run_id) join stage t on t.run_id = at.run_id and t.node = at.target
		where s.node = at.target or s.position > t.position and s.state in ('done', 'waiting', 'stale')
			and exists (select from node_after(at.graph_id, at.target) a where a.node = s.node)
	), seen as (
		select r.run_id, r.opened_at from at join workflow w using (name) join run r on r.graph_id = w.graph_id
		where p_owner is null or r.tenant_id = p_owner
		order by r.run_id desc limit 200
	), took as (
		select a.node, extract(epoch from a.created_at - greatest(n.opened_at,
				(select max(x.at) from stage_result x where x.run_id = a.run_id and x.at < a.created_at),
				(select max(d.at) from gate g join decision d using (gate_id)
					where g.run_id = a.run_id and d.at < a.created_at)))::double precision as seconds,
			l.cost, l.unpriced
		from seen n join artifact a using (run_id) join wanted w using (node)
			cross join lateral (select coalesce(sum(c.cost_usd), 0)::double precision as cost,
					count(*) filter (where c.cost_usd is null and c.state = 'answered') as unpriced
				from llm_call c where c.run_id = a.run_id and c.node = a.node and c.revision = a.revision) l
		where a.author_id is null
	)
	select w.node, w.position, w.again, count(t.node)::integer, percentile_cont(0.5) within group (order by t.seconds),
		percentile_cont(0.9) within group (order by t.seconds), count(*) filter (where t.unpriced > 0)::integer,
		percentile_cont(0.5) within group (order by t.cost), percentile_cont(0.9) within group (order by t.cost)
	from wanted w left join took t using (node)
	group by w.node, w.position, w.again
	order by w.position, w.node
$$;
