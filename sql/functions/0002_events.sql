-- SPDX-License-Identifier: MIT
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
	insert into event (run_started, run_id, seq, kind, body, at)
	select b.opened_at, n.run_id, b.base + n.k, n.kind, n.body, engine_now()
	from n join bump b using (run_id)
$$;

-- One kind of event for each of several runs.
create function event_each(p_run bigint[], p_kind text, p_body jsonb[]) returns void
language sql as $$
	select event_append(p_run, array_fill(p_kind, array[cardinality(p_run)]), p_body)
	where cardinality(p_run) > 0
$$;
