-- SPDX-License-Identifier: MIT
-- Slows down guessing of passwords, for all web processes together. Counted are tries at an account from
-- everywhere, from an address at all accounts, and of a browser or address at the account that it has signed
-- in to before: for such the tries of others do not count, so that nobody can lock somebody else out. After a
-- number of tries each costs a delay, twice the one before, up to five minutes. Links are never slowed down.

-- What an attempt counts against, with the number of free ones: the slots of a fixed table.
create function sign_in_slots(p_name text, p_address text, p_device bytea, out slots integer[], out free integer[])
language plpgsql as $$
declare
	whose bigint := (select account_id from account where name = p_name);
	place text := case when p_address like '%:%:%' then -- whoever has one address of IPv6 has many
			split_part(p_address, ':', 1) || ':' || split_part(p_address, ':', 2) || ':'
			|| split_part(p_address, ':', 3) || ':' || split_part(p_address, ':', 4)
		else p_address end;
	keys text[];
begin
	if exists (select from account_device where account_id = whose and token_hash = p_device) then
		keys := array['d' || encode(p_device, 'hex') || p_name];
		free := array[10];
	elsif exists (select from account_device where account_id = whose and address = p_address
			and seen_at > now() - interval '90 days') then
		keys := array['p' || place || ' ' || p_name, 'a' || place];
		free := array[10, 60];
	else
		keys := array['n' || p_name, 'a' || place];
		free := array[10, 60];
	end if;
	select array_agg(('x' || left(encode(sha256(s.value || convert_to(k, 'UTF8')), 'hex'), 4))::bit(16)::integer
		order by i) into slots
	from secret s, unnest(keys) with ordinality u(k, i) where s.name = 'sign_in_brake';
end $$;

-- 0: go on, and the attempt is counted; else so many seconds are to be waited, and nothing is counted.
create function sign_in_try(p_name text, p_address text, p_device bytea) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	s record;
	wait integer;
begin
	select * into s from sign_in_slots(p_name, p_address, p_device);
	insert into sign_in_brake (slot) select distinct x from unnest(s.slots) x order by x on conflict do nothing;
	perform 1 from sign_in_brake where slot = any (s.slots) order by slot for update;
	select ceil(extract(epoch from max(next_at) - now()))::integer into wait
	from sign_in_brake where slot = any (s.slots);
	if wait > 0 then
		return wait;
	end if;
	with counted as (
		select b.slot, min(u.free) as free, least(min(u.free) + 7, 1 + greatest(0, min(b.failures)
			- floor(extract(epoch from now() - min(b.at)) / 600)::integer)) as failures
		from sign_in_brake b join unnest(s.slots, s.free) u(slot, free) using (slot) group by b.slot
	)
	update sign_in_brake b set failures = c.failures, at = now(), next_at = now() + case when c.failures >= c.free
		then least(300, 4 * power(2, c.failures - c.free)) * interval '1 second' else interval '0' end
	from counted c where b.slot = c.slot;
	return 0;
end $$;

-- The attempt was good: it is given back, and the browser and its address are known from now on.
create function sign_in_good(p_account bigint, p_address text, p_device bytea, p_tried boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	s record;
	called text := (select name from account where account_id = p_account);
begin
	if p_tried then
		select * into s from sign_in_slots(called, p_address, p_device);
		-- What is this browser's own begins anew; of what others share, this attempt alone is taken off.
		update sign_in_brake set failures = case when k.own then 0 else greatest(0, failures - 1) end,
			next_at = case when k.own then now() else next_at end
		from (select x as slot, bool_or(i = 1 and known) as own from unnest(s.slots) with ordinality u(x, i)
			cross join (select exists (select from account_device d where d.account_id = p_account
				and (d.token_hash = p_device or d.address = p_address)) as known) d group by x) k
		where sign_in_brake.slot = k.slot;
	end if;
	if p_device is null then
		return;
	end if;
	insert into account_device (account_id, token_hash, address) values (p_account, p_device, p_address)
	on conflict (account_id, token_hash) do update set address = excluded.address, seen_at = now();
	delete from account_device d where d.account_id = p_account and d.token_hash in (
		select token_hash from account_device where account_id = p_account order by seen_at desc offset 20);
end $$;
