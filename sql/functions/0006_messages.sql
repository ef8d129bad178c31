-- SPDX-License-Identifier: MIT
-- Messages between agents and people. An agent holds what is for it while its stage works; it has
-- read it when the stage's output is taken (stage_advance). A stage that fails gives it back, to be
-- read later, until that has happened too often.

-- Writes a message and its deliveries. Exactly one of p_sender and p_account says who speaks, and
-- one of p_topic and p_to to whom: an agent of the run, or 'people'.
create function message_post(p_run bigint, p_sender text, p_account bigint, p_topic text, p_to text,
	p_priority integer, p_body text, p_reply_to bigint, p_gate bigint) returns bigint
language plpgsql as $$
declare
	id bigint;
begin
	insert into message (run_id, sender, account_id, topic, recipient, priority, body, reply_to, gate_id, at)
	values (p_run, p_sender, p_account, p_topic, p_to, p_priority, p_body, p_reply_to, p_gate, engine_now())
	returning message_id into id;
	insert into message_delivery (message_id, agent, run_id, run_at)
	select id, s.agent, p_run, engine_now()
	from (select distinct agent from stage where run_id = p_run) s
	where s.agent = p_to or s.agent is distinct from p_sender
		and exists (select from subscription u where u.agent = s.agent and u.topic = p_topic);
	return id;
end $$;

-- What a person says: to an agent of the run, or on a topic.
create function message_send(p_run bigint, p_account bigint, p_topic text, p_to text, p_priority integer,
	p_body text, p_reply_to bigint) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	id bigint;
begin
	perform 1 from run where run_id = p_run for no key update;
	if not found then
		raise exception 'There is no such run.' using errcode = 'BA404';
	elsif btrim(p_body) = '' or length(p_body) > 20000 then
		raise exception 'A message has between 1 and 20000 characters.' using errcode = 'BA422';
	elsif p_topic !~ '^[a-z][a-z0-9_-]{0,39}$' then
		raise exception 'A topic is a short word of small letters, digits, - and _.' using errcode = 'BA422';
	elsif p_to <> 'people' and not exists (select from stage where run_id = p_run and agent = p_to) then
		raise exception 'No agent of this run is called "%": say one of %.', p_to,
			(select string_agg(distinct '@' || agent, ', ') from stage where run_id = p_run) using errcode = 'BA422';
	elsif p_reply_to is not null
		and not exists (select from message where message_id = p_reply_to and run_id = p_run) then
		raise exception 'There is no such message in this run.' using errcode = 'BA404';
	end if;
	id := message_post(p_run, null, p_account, p_topic, p_to, p_priority, p_body, p_reply_to, null);
	perform event_append(array[p_run], array['message'], array[jsonb_build_object('message', id)]);
	return id;
end $$;

-- What agents are to read at the start of leased stages, at most 20 each; held from now on. Asked
-- again for the same lease the answer is the same. What a lease holds that was taken away (the run
-- was cancelled or went back) is free.
create function message_take(p_owner uuid, p_run bigint[], p_branch integer[], p_epoch bigint[])
returns table (run_id bigint, branch integer, message_id bigint, sender text, topic text, body text, reply_to bigint)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
begin
	return query
	with pick as materialized (
		select d.message_id, d.agent, c.branch, c.epoch
		from unnest(p_run, p_branch, p_epoch) as t(run_id, branch, epoch)
			cross join lateral (select k.* from cursor k
				where k.run_id = t.run_id and k.branch = t.branch offset 0) c
			join stage s on s.run_id = c.run_id and s.node = c.node
			cross join lateral (
				select x.message_id, x.agent from message_delivery x join message m using (message_id)
				where x.run_id = c.run_id and x.agent = s.agent and (x.state = 'ready' and x.run_at <= engine_now()
					or x.state = 'held' and not exists (select from cursor k where k.run_id = x.run_id
						and k.branch = x.branch and k.epoch = x.epoch and k.state = 'L'
						and (k.branch, k.epoch) <> (c.branch, c.epoch)))
				order by m.priority desc, x.message_id limit 20 for no key update of x skip locked) d
		where c.epoch = t.epoch and c.owner = p_owner and c.state = 'L'
	), held as (
		update message_delivery d set state = 'held', branch = p.branch, epoch = p.epoch
		from pick p where d.message_id = p.message_id and d.agent = p.agent
		returning d.message_id, d.run_id, d.branch
	)
	select m.run_id, h.branch, m.message_id, coalesce(m.sender, a.name), m.topic, m.body, m.reply_to
	from held h join message m using (message_id) left join account a on a.account_id = m.account_id
	order by m.run_id, h.branch, m.priority desc, m.message_id;
end $$;

-- Leases that ended without an output give back what they held: again after 10 s, doubled each
-- time, five times; then it is dead. p_counts false: at once and uncounted.
create function message_back(p_run bigint[], p_branch integer[], p_epoch bigint[], p_problem text, p_counts boolean)
returns void
language sql as $$
	update message_delivery d set branch = null, epoch = null, problem = p_problem,
		state = case when p_counts and d.attempts >= 4 then 'dead' else 'ready' end,
		attempts = d.attempts + p_counts::integer,
		run_at = case when p_counts then engine_now() + make_interval(secs => 10 * 2 ^ d.attempts) else d.run_at end
	from unnest(p_run, p_branch, p_epoch) as t(run_id, branch, epoch)
	where d.run_id = t.run_id and d.state = 'held' and d.branch = t.branch and d.epoch = t.epoch
$$;

-- A dead delivery is tried again.
create function message_revive(p_message bigint, p_agent text, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
	update message_delivery set state = 'ready', attempts = 0, run_at = engine_now()
	where message_id = p_message and agent = p_agent and state = 'dead';
	if not found then
		raise exception 'No such message is given up.' using errcode = 'BA409';
	end if;
end $$;

-- What an agent said to people is put aside by one of them.
create function message_put_aside(p_message bigint, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into message_done (message_id, account_id, at)
	select m.message_id, p_account, engine_now() from message m
	where m.message_id = p_message and m.recipient = 'people' and m.sender is not null
	on conflict do nothing;
end $$;
