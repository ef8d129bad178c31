-- SPDX-License-Identifier: MIT
-- Events are numbered under the run's row lock, so their numbers are gapless and in commit order.

create function event_append(p_run bigint[], p_kind text[], p_body jsonb[]) returns void
language plpgsql set enable_seqscan = off as $$
declare
	runs bigint[];
	opened timestamptz[];
	base bigint[];
begin
	with bump as (
		update run r set ev_seq = r.ev_seq + c.n
		from (select t.run_id, count(*) as n from unnest(p_run) as t(run_id) group by 1) c
		where r.run_id = c.run_id
		returning r.run_id, r.opened_at, r.ev_seq - c.n as base
	)
	select array_agg(b.run_id), array_agg(b.opened_at), array_agg(b.base) into runs, opened, base from bump b;
	-- By place in these arrays: a join of two sets whose sizes nobody can guess compares all with all.
	insert into event (run_started, run_id, seq, kind, body, at)
	select opened[n.place], n.run_id, base[n.place] + n.k, n.kind, n.body, engine_now()
	from (select t.run_id, t.kind, t.body, array_position(runs, t.run_id) as place,
			row_number() over (partition by t.run_id order by t.ord) as k
		from unnest(p_run, p_kind, p_body) with ordinality as t(run_id, kind, body, ord)) n
	where n.place is not null;
	-- Only wakes the feed, which looks at the rows. Where nobody watches anything this costs a look at an
	-- empty table; a NOTIFY in each transaction would cost more than the transaction.
	if exists (select from watch) then
		perform pg_notify('event', b.run_id::text) from unnest(runs) as b(run_id)
		where exists (select from watch w where w.run_id in (0, b.run_id) and w.until > now());
	end if;
end $$;

-- One kind of event for each of several runs.
create function event_each(p_run bigint[], p_kind text, p_body jsonb[]) returns void
language plpgsql as $$
begin
	if cardinality(p_run) > 0 then
		perform event_append(p_run, array_fill(p_kind, array[cardinality(p_run)]), p_body);
	end if;
end $$;
