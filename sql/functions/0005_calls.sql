-- SPDX-License-Identifier: MIT
-- Paid calls: nothing is asked that was not held before under every cap that applies, nothing is
-- settled twice, and no server is asked more than it is said to take.

-- The caps that a call comes under, by their keys.
create function budget_keys(p_day bigint, p_account bigint, p_project bigint)
returns table (kind text, key bigint)
language sql immutable as $$
	values ('1-site', 0::bigint), ('2-day', p_day), ('3-account', p_account), ('4-project', p_project)
$$;

create function budget_day(p_at timestamptz) returns bigint
language sql immutable as 'select floor(extract(epoch from p_at) / 86400)::bigint';

-- Decides on one call whose budgets and provider are locked, and takes what it needs of them.
create function call_weigh(inout i call_ask, p_day bigint)
language plpgsql as $$
declare
	unknown boolean;
	busy double precision;
begin
	select case when p.in_flight >= p.max_in_flight then 1
			when p.tokens < 1 then (1 - p.tokens) * 60 / p.per_minute end
	into busy
	from provider_limit p where p.provider = i.provider and p.model = i.model;
	if busy is not null then
		i.verdict := 'busy';
		i.wait_s := busy;
		return;
	end if;
	select coalesce(bool_or(b.cap_usd is not null), false) and i.amount is null and not i.unpriced,
		max(b.spent_usd + b.held_usd + coalesce(i.amount, 0) - b.cap_usd),
		jsonb_agg(jsonb_build_object('kind', b.kind, 'key', b.key,
				'need', b.spent_usd + b.held_usd + coalesce(i.amount, 0) - b.cap_usd) order by b.kind)
			filter (where b.spent_usd + b.held_usd + coalesce(i.amount, 0) > b.cap_usd)
	into unknown, i.need, i.budgets
	from budget b join budget_keys(p_day, i.tenant_id, i.project_id) k using (kind, key);
	if unknown then
		i.verdict := 'unknown';
	elsif i.budgets is not null then
		i.verdict := 'over';
	else
		i.verdict := 'go';
		update budget b set held_usd = b.held_usd + i.amount
		from budget_keys(p_day, i.tenant_id, i.project_id) k
		where b.kind = k.kind and b.key = k.key and i.amount > 0;
		update provider_limit p set in_flight = p.in_flight + 1, tokens = p.tokens - (p.per_minute is not null)::integer
		where p.provider = i.provider and p.model = i.model;
	end if;
end $$;

-- Before calls: holds the worst case of each and stores the intent, in the order of the batch.
-- p_amount[i] null is an unknown price. verdict: go; stored (the same request for the same
-- revision has been answered already: response); fenced; over (some cap would be passed: need says
-- by how much at most, budgets by how much each); unknown (a cap applies, and nobody has allowed an
-- unknown price); busy (the server is asked enough: again in wait_s).
create function call_begin(p_owner uuid, p_run bigint[], p_branch integer[], p_epoch bigint[],
	p_provider text[], p_model text[], p_hash bytea[], p_amount numeric[])
returns table (ord bigint, verdict text, call_id bigint, response text, need numeric, budgets jsonb,
	wait_s double precision)
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
#variable_conflict use_column
declare
	today constant bigint := budget_day(engine_now());
	items call_ask[];
	i call_ask;
	at integer;
	easy boolean;
begin
	-- Whoever sets a cap or a limit waits for those who have not seen it.
	lock table llm_call, budget_hold in row exclusive mode;
	insert into budget (kind, key, cap_usd)
	select '2-day', today, b.cap_usd from budget b
	where b.kind = '2-day' and b.key = 0 and b.cap_usd is not null
	on conflict do nothing;

	select array_agg((t.ord, t.run_id, c.node, s.revision + 1, t.provider, t.model, t.hash, t.amount, r.project_id,
			r.tenant_id, r.unpriced, case when c.run_id is null then 'fenced' when l.call_id is not null then 'stored' end,
			l.call_id, l.response, null, null, null)::call_ask order by t.ord)
	into items
	from unnest(p_run, p_branch, p_epoch, p_provider, p_model, p_hash, p_amount) with ordinality
			as t(run_id, branch, epoch, provider, model, hash, amount, ord)
		left join lateral (select k.* from cursor k
				where k.run_id = t.run_id and k.branch = t.branch offset 0) c
			on c.epoch = t.epoch and c.owner = p_owner and c.state = 'L'
		left join run r on r.run_id = c.run_id
		left join stage s on s.run_id = c.run_id and s.node = c.node
		left join lateral (
			select a.call_id, a.response from llm_call a
			where a.run_id = c.run_id and a.node = c.node and a.revision = s.revision + 1
				and a.request_hash = t.hash and a.state = 'answered' and a.error is null
			order by a.call_no desc limit 1) l on true;

	perform 1 from provider_limit p
	where (p.provider, p.model) in (select x.provider, x.model from unnest(items) x where x.verdict is null)
	order by p.provider, p.model for no key update;
	update provider_limit p set refilled_at = engine_now(), tokens = least(greatest(1, p.per_minute / 6.0),
		p.tokens + extract(epoch from engine_now() - p.refilled_at) * p.per_minute / 60.0)
	where p.per_minute is not null
		and (p.provider, p.model) in (select x.provider, x.model from unnest(items) x where x.verdict is null);
	perform 1 from budget b
	where (b.kind, b.key) in (select k.kind, k.key from unnest(items) x
		cross join budget_keys(today, x.tenant_id, x.project_id) k where x.verdict is null)
	order by b.kind, b.key for no key update;

	-- When nothing is short there is nothing to choose, and all are booked at once.
	select coalesce(bool_and(w.fits), true) into easy
	from (
		select b.cap_usd is null or b.spent_usd + b.held_usd + coalesce(h.amount, 0) <= b.cap_usd and h.priced as fits
		from (select k.kind, k.key, sum(x.amount) as amount, bool_and(x.amount is not null or x.unpriced) as priced
			from unnest(items) x cross join budget_keys(today, x.tenant_id, x.project_id) k
			where x.verdict is null group by 1, 2) h
			join budget b using (kind, key)
		union all
		select count(*) <= coalesce(p.max_in_flight, 1000000) - p.in_flight
			and (p.per_minute is null or count(*) <= p.tokens)
		from unnest(items) x join provider_limit p using (provider, model)
		where x.verdict is null group by p.provider, p.model) w;
	if easy then
		update budget b set held_usd = b.held_usd + h.amount
		from (
			select k.kind, k.key, sum(x.amount) as amount
			from unnest(items) x cross join budget_keys(today, x.tenant_id, x.project_id) k
			where x.verdict is null and x.amount > 0 group by 1, 2) h
		where b.kind = h.kind and b.key = h.key;
		update provider_limit p set in_flight = p.in_flight + h.n,
			tokens = p.tokens - case when p.per_minute is null then 0 else h.n end
		from (select x.provider, x.model, count(*) as n from unnest(items) x where x.verdict is null group by 1, 2) h
		where p.provider = h.provider and p.model = h.model;
		select array_agg((x.ord, x.run_id, x.node, x.revision, x.provider, x.model, x.hash, x.amount, x.project_id,
			x.tenant_id, x.unpriced, coalesce(x.verdict, 'go'),
			case when x.verdict is null then nextval('llm_call_call_id_seq') else x.call_id end, x.response,
			null, null, null)::call_ask order by x.ord)
		into items from unnest(items) x;
	else
		for at in 1 .. cardinality(items) loop
			if (items[at]).verdict is null then
				i := call_weigh(items[at], today);
				if i.verdict = 'go' then
					i.call_id := nextval('llm_call_call_id_seq');
				end if;
				items[at] := i;
			end if;
		end loop;
	end if;

	return query
	with intent as (
		insert into llm_call (call_id, run_id, node, revision, call_no, owner, provider, model, request_hash, limited, started_at)
		overriding system value
		select x.call_id, x.run_id, x.node, x.revision, coalesce(n.last, 0) + 1, p_owner, x.provider, x.model, x.hash,
			exists (select from provider_limit p where p.provider = x.provider and p.model = x.model), engine_now()
		from unnest(items) x
			cross join lateral (select max(l.call_no) as last from llm_call l
				where l.run_id = x.run_id and l.node = x.node and l.revision = x.revision) n
		where x.verdict = 'go'
	), held as (
		insert into budget_hold (call_id, amount_usd, day, account_id, project_id)
		select x.call_id, x.amount, today, x.tenant_id, x.project_id
		from unnest(items) x
		where x.verdict = 'go' and x.amount is not null
	)
	select x.ord, x.verdict, x.call_id, x.response, x.need, x.budgets, x.wait_s
	from unnest(items) x
	order by x.ord;
end $$;

-- Settles holds once, and gives back the provider's places: a cost that is not known counts in full.
create function call_settle(p_call bigint[], p_cost numeric[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
	held bigint[];
begin
	lock table llm_call, budget_hold in row exclusive mode;
	perform 1 from llm_call l where l.call_id = any (p_call) order by l.call_id for no key update;
	select array_agg(h.call_id) into held
	from (select b.call_id from budget_hold b where b.call_id = any (p_call) and b.settled_at is null
		order by b.call_id for no key update) h;
	perform 1 from provider_limit p
	where (p.provider, p.model) in
		(select l.provider, l.model from llm_call l where l.call_id = any (p_call) and l.limited)
	order by p.provider, p.model for no key update;
	with given as (
		update llm_call l set limited = false where l.call_id = any (p_call) and l.limited
		returning l.provider, l.model
	)
	update provider_limit p set in_flight = greatest(p.in_flight - g.n, 0)
	from (select provider, model, count(*) as n from given group by 1, 2) g
	where p.provider = g.provider and p.model = g.model;
	if held is null then
		return;
	end if;
	perform 1 from budget b
	where (b.kind, b.key) in (select k.kind, k.key from budget_hold h
		cross join budget_keys(h.day, h.account_id, h.project_id) k where h.call_id = any (held))
	order by b.kind, b.key for no key update;
	with settled as (
		update budget_hold h set spent_usd = coalesce(t.cost, h.amount_usd), unconfirmed = t.cost is null,
			settled_at = engine_now()
		from unnest(p_call, p_cost) as t(call_id, cost)
		where h.call_id = t.call_id and h.call_id = any (held)
		returning h.*
	)
	update budget b set held_usd = b.held_usd - s.held, spent_usd = b.spent_usd + s.spent
	from (
		select k.kind, k.key, sum(h.amount_usd) as held, sum(h.spent_usd) as spent
		from settled h cross join budget_keys(h.day, h.account_id, h.project_id) k group by 1, 2) s
	where b.kind = s.kind and b.key = s.key;
end $$;

-- After calls: stores the answers or the errors, settles the holds. Each is ended once; an answer
-- that comes after its call was given up is kept, its money stays as it was booked.
create function call_end(p_call bigint[], p_state text[], p_response text[], p_error text[],
	p_http_status integer[], p_input bigint[], p_output bigint[], p_cost numeric[])
returns void
language plpgsql security definer set search_path = public, pg_temp
	set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
begin
	perform 1 from llm_call l where l.call_id = any (p_call) order by l.call_id for no key update;
	update llm_call l set state = t.state, response = t.response, error = t.error,
		http_status = t.http_status, input_tokens = t.input, output_tokens = t.output,
		cost_usd = t.cost, ended_at = engine_now()
	from unnest(p_call, p_state, p_response, p_error, p_http_status, p_input, p_output, p_cost)
		as t(call_id, state, response, error, http_status, input, output, cost)
	where l.call_id = t.call_id and l.state in ('intent', 'lost');
	perform call_settle(p_call, p_cost);
end $$;

-- Sets, changes or (null) lifts a cap. What was spent and held before counts.
create function budget_set(p_kind text, p_key bigint, p_cap numeric, p_account bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if p_kind not in ('1-site', '2-day', '3-account', '4-project') then
		raise exception 'A budget is of the site, a day, an account or a project.' using errcode = 'BA422';
	elsif p_cap < 0 then
		raise exception 'A cap is not negative.' using errcode = 'BA422';
	elsif p_kind = '4-project' and not exists (select from project where project_id = p_key) then
		raise exception 'There is no such budget.' using errcode = 'BA404';
	end if;
	if p_kind <> '4-project' then
		lock table budget_hold in share row exclusive mode;
		insert into budget (kind, key, spent_usd, held_usd)
		select p_kind, k.key, coalesce(sum(h.spent_usd) filter (where k.key > 0 or p_kind = '1-site'), 0),
			coalesce(sum(h.amount_usd) filter (where h.settled_at is null and (k.key > 0 or p_kind = '1-site')), 0)
		from (select p_key as key union select budget_day(engine_now()) where p_kind = '2-day' and p_key = 0) k
			left join budget_hold h on p_kind = '1-site' or p_kind = '2-day' and h.day = k.key
				or p_kind = '3-account' and h.account_id = k.key
		group by k.key
		on conflict do nothing;
	end if;
	-- The chain before the budget, as decisions lock them.
	perform audit_add(case when p_kind = '4-project' then p_key end, p_account, 'budget',
		jsonb_build_object('kind', p_kind, 'key', p_key, 'cap_usd', p_cap));
	update budget set cap_usd = p_cap
	where kind = p_kind and (key = p_key or p_kind = '2-day' and p_key = 0 and key = budget_day(engine_now()));
	if not found then
		raise exception 'There is no such budget.' using errcode = 'BA404';
	end if;
	perform pg_notify('runner_work', '');
end $$;

-- What a server may be asked; nulls are no limit. Every runner says so when it begins: what is so
-- already waits for nobody.
create function provider_limit_set(p_provider text, p_model text, p_max_in_flight integer, p_per_minute integer)
returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
	perform 1 from (select 1) one left join provider_limit p on p.provider = p_provider and p.model = p_model
	where p.max_in_flight is not distinct from p_max_in_flight and p.per_minute is not distinct from p_per_minute;
	if found then
		return;
	end if;
	lock table llm_call in share row exclusive mode;
	if p_max_in_flight is null and p_per_minute is null then
		update llm_call set limited = false
		where provider = p_provider and model = p_model and state = 'intent' and limited;
		delete from provider_limit where provider = p_provider and model = p_model;
		return;
	end if;
	insert into provider_limit (provider, model, tokens, refilled_at)
	values (p_provider, p_model, greatest(1, coalesce(p_per_minute, 0) / 6.0), engine_now())
	on conflict do nothing;
	update llm_call set limited = true
	where provider = p_provider and model = p_model and state = 'intent' and not limited;
	-- Without a rate nobody fills the bucket, so one that gets a rate begins with a full one.
	update provider_limit set max_in_flight = p_max_in_flight, per_minute = p_per_minute,
		tokens = case when per_minute is distinct from p_per_minute
			then greatest(1, coalesce(p_per_minute, 0) / 6.0) else tokens end,
		refilled_at = case when per_minute is distinct from p_per_minute then engine_now() else refilled_at end,
		in_flight = (select count(*) from llm_call
			where provider = p_provider and model = p_model and state = 'intent' and limited)
	where provider = p_provider and model = p_model;
end $$;
