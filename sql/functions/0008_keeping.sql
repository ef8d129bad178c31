-- SPDX-License-Identifier: MIT
-- Partitions: made ahead of time, dropped when all in them is old enough; old mail goes, too. Runners call this
-- hourly.

-- Makes the partition of p_parent that begins at p_from, unless it exists or rows of it are in the
-- default partition already.
create function partition_make(p_parent text, p_from date, p_to date) returns void
language plpgsql as $$
declare
	part constant text := format('%s_%s', p_parent, to_char(p_from, 'YYYYMMDD'));
begin
	if to_regclass(part) is null then
		execute format('create table %I partition of %I for values from (%L) to (%L)', part, p_parent, p_from, p_to);
	end if;
exception when check_violation then
	null;
end $$;

-- Log: a partition a day, kept p_log_days. Events: one a month by the run's begin; a month's go
-- p_event_days after its end, when all its runs have ended. What came before there were partitions
-- stands in the default ones and goes row by row.
create function keep(p_log_days integer, p_event_days integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
	today constant date := engine_now()::date;
	month constant date := date_trunc('month', engine_now())::date;
	gone integer := 0;
	p record;
begin
	if not pg_try_advisory_xact_lock(hashtext('botarmy keep')) then
		return 0;
	end if;
	for i in 1 .. 3 loop
		perform partition_make('log', today + i, today + i + 1);
	end loop;
	for i in 1 .. 2 loop
		perform partition_make('event', (month + make_interval(months => i))::date,
			(month + make_interval(months => i + 1))::date);
	end loop;
	for p in
		select c.relname, i.inhparent::regclass::text as parent, to_date(right(c.relname, 8), 'YYYYMMDD') as day
		from pg_inherits i join pg_class c on c.oid = i.inhrelid
		where i.inhparent in ('log'::regclass, 'event'::regclass) and c.relname ~ '_[0-9]{8}$'
	loop
		if p.parent = 'log' and p.day + 1 + p_log_days <= today
			or p.parent = 'event' and (p.day + interval '1 month')::date + p_event_days <= today
				and not exists (select from run r where r.ended_at is null
					and r.opened_at >= p.day and r.opened_at < p.day + interval '1 month') then
			execute format('drop table %I', p.relname);
			gone := gone + 1;
		end if;
	end loop;
	delete from log_rest where at < engine_now() - make_interval(days => p_log_days);
	delete from event_rest e where e.run_started < engine_now() - make_interval(days => p_event_days)
		and exists (select from run r where r.run_id = e.run_id and r.ended_at is not null);
	perform mail_keep();
	return gone;
end $$;
