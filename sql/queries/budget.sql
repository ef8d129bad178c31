-- SPDX-License-Identifier: MIT
-- Caps and what is spent under them.

-- :name budget_list :many
-- The site and each day always; this day, accounts and projects where they have a cap. After $1 rows; $2 at most.
select x.kind, x.key, x.name, trim_scale(b.cap_usd) as cap_usd, trim_scale(coalesce(b.spent_usd, 0)) as spent_usd,
	trim_scale(coalesce(b.held_usd, 0)) as held_usd, trim_scale(coalesce(u.usd, 0)) as unconfirmed_usd,
	to_char(b.cap_usd, 'FM999999990.009999') as _cap, to_char(coalesce(b.spent_usd, 0), 'FM999999990.0099') as _spent,
	to_char(nullif(b.held_usd, 0), 'FM999999990.0099') as _held,
	to_char(nullif(u.usd, 0), 'FM999999990.0099') as _unconfirmed,
	b.cap_usd is not null and b.spent_usd + b.held_usd >= b.cap_usd as _full, x.ref as _ref
from (
	select 1 as ord, 'site' as kind, 0::bigint as key, null::text as name, null::text as ref
	union all select 2, 'day', 0, null, null
	union all select 3, 'today', d.today, to_char(now(), 'YYYY-MM-DD'), null
		from (select floor(extract(epoch from now()) / 86400)::bigint as today) d
		where exists (select from budget where kind = '2-day' and key = d.today)
	union all select 4, 'account', a.account_id, a.name, a.name
		from budget c join account a on a.account_id = c.key where c.kind = '3-account' and c.cap_usd is not null
	union all select 5, 'project', p.project_id, p.name, p.project_id::text
		from budget c join project p on p.project_id = c.key where c.kind = '4-project' and c.cap_usd is not null
	order by 1, 4, 3 offset $1 limit $2) x
	left join budget b on b.key = x.key and b.kind = case x.kind when 'site' then '1-site' when 'account' then '3-account'
		when 'project' then '4-project' else '2-day' end
	left join lateral (
		select sum(h.spent_usd) as usd from budget_hold h
		where h.unconfirmed and case x.kind when 'site' then true when 'today' then h.day = x.key
			when 'account' then h.account_id = x.key when 'project' then h.project_id = x.key else false end) u on true
order by x.ord, x.name, x.key

-- :name budget_set :exec
-- A cap of null lifts it.
select budget_set($1, $2, $3::text::numeric, $4)

-- :name project_seen :maybe
-- $2 owner
select p.project_id from project p
where p.project_id = $1 and ($2::bigint is null or exists (select from project_access x where x.project_id = p.project_id and x.account_id = $2))
