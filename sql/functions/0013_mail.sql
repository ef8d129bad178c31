-- SPDX-License-Identifier: MIT
-- Mail: told in the transaction of what it tells, made and delivered by botarmy-mail.

-- The bodies are those of the events action_required: {gate, kind, revision[, then, reminder]}. Costs one look
-- into an index while nobody has an address.
create function mail_asked(p_run bigint[], p_body jsonb[]) returns void
language plpgsql as $$
begin
	if exists (select from account a where a.email is not null and a.mail and a.disabled_at is null) then
		insert into mail_event (kind, run_id, gate_id, revision, number, at)
		select case t.body ->> 'then' when 'remind' then 'reminder' when 'escalate' then 'escalation'
				when 'delegate' then 'delegation'
				else case when t.body ->> 'kind' in ('budget', 'price') then 'budget' else 'waiting' end end,
			t.run_id, (t.body ->> 'gate')::bigint, (t.body ->> 'revision')::integer,
			coalesce((t.body ->> 'reminder')::bigint, 0), engine_now()
		from unnest(p_run, p_body) as t(run_id, body);
	end if;
end $$;

create function mail_ended(p_run bigint[]) returns void
language plpgsql as $$
begin
	if exists (select from account a where a.email is not null and a.mail and a.disabled_at is null) then
		insert into mail_event (kind, run_id, number, at)
		select 'done', r.run_id, r.ev_seq, engine_now() from run r where r.run_id = any (p_run);
	end if;
end $$;

-- Finds out whom events concern: of a gate, whose turn it is; of an end, the owner and with whom the project is
-- shared. Who is away and has a stand-in is left alone; the stand-in is told. Who wrote a revision knows of it.
create function mail_spread(p_limit integer) returns void
language plpgsql as $$
begin
	with gone as (
		delete from mail_event where event_id in (
			select e.event_id from mail_event e order by e.event_id limit p_limit for update skip locked)
		returning *
	), concerned as (
		select e.kind, e.run_id, e.gate_id, e.revision, e.number, e.at, t.account_id
		from gone e join gate g on g.gate_id = e.gate_id and g.state = 'open' and g.revision = e.revision
			cross join lateral (select * from gate_turn x where x.gate_id = g.gate_id) t
		where case when e.kind = 'delegation' then t.why = 'assigned' or t.instead_of = g.assignee_id
			when e.kind = 'waiting' then t.account_id is distinct from artifact_author(g.artifact_id) else true end
		union
		select e.kind, e.run_id, null, null, e.number, e.at, p.account_id
		from gone e join run r using (run_id) join project_access p using (project_id)
		where e.kind = 'done' and e.at > engine_now() - interval '1 day'
	)
	insert into mail_note (account_id, kind, run_id, gate_id, revision, number, created_at)
	select c.account_id, c.kind, c.run_id, c.gate_id, c.revision, c.number, c.at
	from concerned c join account a using (account_id)
	where a.email is not null and a.mail and a.disabled_at is null
		and not (a.stand_in is not null and a.away_from <= engine_now() and a.away_until > engine_now())
	on conflict do nothing;
end $$;

-- Makes mails of notes: a person gets one with everything that is there, 10 seconds after the first of it and not
-- more than one a minute.
create function mail_make() returns void
language plpgsql as $$
declare
	made record;
begin
	-- Two at once would make two mails of what belongs into one.
	if not pg_try_advisory_xact_lock(hashtext('botarmy mail')) then
		return;
	end if;
	for made in
		insert into mail (account_id, due_at, created_at)
		select n.account_id, engine_now(), engine_now()
		from (select account_id, min(created_at) as first from mail_note
			where mail_id is null and dropped_at is null group by account_id) n
		where n.first <= engine_now() - interval '10 seconds'
			and not exists (select from mail m where m.account_id = n.account_id
				and m.created_at > engine_now() - interval '1 minute')
		returning mail_id, account_id
	loop
		update mail_note set mail_id = made.mail_id
		where account_id = made.account_id and mail_id is null and dropped_at is null;
	end loop;
end $$;

-- What a mail still has to tell. A gate that was decided, another revision, or somebody else's turn by now: nothing.
create function mail_live(p_mail bigint) returns setof mail_note
language sql stable as $$
	select n.* from mail_note n join mail m using (mail_id)
		join account a on a.account_id = m.account_id
	where n.mail_id = p_mail and n.dropped_at is null
		and a.email is not null and a.mail and a.disabled_at is null
		and case when n.gate_id is null
			then exists (select from run r where r.run_id = n.run_id and r.ended_at is not null)
			else exists (select from gate g where g.gate_id = n.gate_id and g.state = 'open' and g.revision = n.revision)
				and exists (select from gate_turn t where t.gate_id = n.gate_id and t.account_id = n.account_id) end
$$;

-- Mails to be sent now, each leased: what nobody reports on until then is sent again.
create function mail_take(p_limit integer, p_lease_s integer)
returns table (mail_id bigint, attempt integer, message_id uuid, name text, email text, created_at timestamptz,
	notes jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	taken bigint[];
begin
	perform mail_spread(1000);
	perform mail_make();
	select array_agg(t.mail_id) into taken
	from (select m.mail_id from mail m
		where m.state = 'queued' and m.due_at <= engine_now()
			or m.state = 'sending' and m.lease_until <= engine_now()
		order by m.due_at limit p_limit for update skip locked) t;
	if taken is null then
		return;
	end if;
	update mail_note n set dropped_at = engine_now()
	where n.mail_id = any (taken) and n.dropped_at is null
		and not exists (select from mail_live(n.mail_id) l where l.note_id = n.note_id);
	update mail m set state = 'dropped', ended_at = engine_now(), lease_until = null
	where m.mail_id = any (taken)
		and not exists (select from mail_note n where n.mail_id = m.mail_id and n.dropped_at is null);
	update mail m set state = 'sending', attempts = m.attempts + 1,
		lease_until = engine_now() + make_interval(secs => p_lease_s)
	where m.mail_id = any (taken) and m.state <> 'dropped';
	return query
	select m.mail_id, m.attempts, m.message_id, a.name, a.email, m.created_at, (
		select jsonb_agg(jsonb_build_object('kind', n.kind, 'run', r.run_id, 'name', p.name, 'state', r.state,
			'gate', n.gate_id, 'revision', n.revision, 'asks', g.kind, 'stage', g.stage,
			'title', initcap(replace(g.stage, '_', ' ')), 'detail', left(g.detail, 300), 'opened_at', g.opened_at,
			'opened', to_char(g.opened_at, 'YYYY-MM-DD HH24:MI'), 'why', t.why,
			'instead_of', (select o.name from account o where o.account_id = t.instead_of))
			order by n.kind = 'done', n.created_at, n.note_id)
		from mail_note n join run r using (run_id) join project p using (project_id)
			left join gate g on g.gate_id = n.gate_id
			left join gate_turn t on t.gate_id = n.gate_id and t.account_id = n.account_id
		where n.mail_id = m.mail_id and n.dropped_at is null)
	from mail m join account a using (account_id)
	where m.mail_id = any (taken) and m.state = 'sending'
	order by m.due_at;
end $$;

-- What became of an attempt. Who lost the lease meanwhile changes nothing, unless the mail is out: that is so.
create function mail_done(p_mail bigint, p_attempt integer, p_outcome text, p_status integer, p_detail text)
returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	m mail;
begin
	select * into m from mail where mail_id = p_mail for update;
	if not found then
		return;
	end if;
	insert into mail_try (mail_id, attempt, outcome, status, detail, at)
	values (p_mail, p_attempt, p_outcome, p_status, left(p_detail, 1000), engine_now())
	on conflict do nothing;
	if m.state not in ('queued', 'sending') or p_outcome <> 'sent' and (m.state <> 'sending' or m.attempts <> p_attempt) then
		return;
	elsif p_outcome = 'sent' then
		update mail set state = 'sent', ended_at = engine_now(), lease_until = null where mail_id = p_mail;
	elsif p_outcome = 'refused' or m.created_at < engine_now() - interval '1 day' then
		update mail set state = 'failed', ended_at = engine_now(), lease_until = null where mail_id = p_mail;
	else
		update mail set state = 'queued', lease_until = null, due_at = engine_now()
			+ least(interval '1 hour', interval '30 seconds' * 2 ^ least(p_attempt - 1, 10)) * (0.75 + random() / 2)
		where mail_id = p_mail;
	end if;
end $$;

-- Links for gates that a mail in hand tells of. A later attempt makes others; each works once.
create function mail_links(p_mail bigint, p_attempt integer, p_gate bigint[], p_hash bytea[], p_days integer)
returns void
language sql security definer set search_path = public, pg_temp as $$
	insert into decision_link (token_hash, account_id, gate_id, revision, created_at, expires_at)
	select t.hash, m.account_id, n.gate_id, n.revision, engine_now(), engine_now() + make_interval(days => p_days)
	from unnest(p_gate, p_hash) as t(gate_id, hash)
		join mail m on m.mail_id = p_mail and m.state = 'sending' and m.attempts = p_attempt
		join lateral (select distinct o.gate_id, o.revision from mail_note o
			where o.mail_id = m.mail_id and o.gate_id = t.gate_id and o.dropped_at is null) n on true
$$;

-- Decides as the person whom the link was sent to, on the revision that it was sent for. Who uses it is signed
-- in; a refusal of the decision leaves the link as it was.
create function link_decide(p_hash bytea, p_account bigint, p_kind text, p_comment text)
returns table (decision_id bigint, run_id bigint, open boolean, votes integer, quorum integer)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
	l decision_link;
begin
	select * into l from decision_link where token_hash = p_hash for update;
	if not found then
		raise exception 'There is no such link; it may have been removed long after it expired.' using errcode = 'BA404';
	elsif l.account_id <> p_account then
		raise exception 'This link was sent to somebody else.' using errcode = 'BA403';
	elsif l.used_at is not null then
		raise exception 'This link was used at % UTC; it works once.', to_char(l.used_at, 'YYYY-MM-DD HH24:MI')
			using errcode = 'BA409';
	elsif l.expires_at <= engine_now() then
		raise exception 'This link has expired; decide on the gate''s own page.' using errcode = 'BA409';
	end if;
	update decision_link set used_at = engine_now() where token_hash = p_hash;
	-- with the remarks that the person has drafted, as the gate's own page does
	return query select * from review_send(l.gate_id, l.revision, p_kind, p_comment, p_account, false);
end $$;

-- What nobody needs any more.
create function mail_keep() returns void
language sql as $$
	delete from mail_event where at < engine_now() - interval '7 days';
	delete from mail where ended_at < engine_now() - interval '30 days';
	delete from mail_note where mail_id is null and created_at < engine_now() - interval '30 days';
	delete from decision_link where expires_at < engine_now() - interval '30 days'
$$;
