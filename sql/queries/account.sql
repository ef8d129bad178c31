-- SPDX-License-Identifier: MIT
-- Accounts and the ways in: links, passwords, sessions, bearer tokens.

-- :name account_add :maybe
-- No row: the name is taken.
insert into account (name, role, password) values ($1, $2, $3)
on conflict (name) do nothing
returning account_id

-- :name account_by_name :maybe
select account_id, name, role, password from account where name = $1 and disabled_at is null

-- :name account_list :many
select account_id as id, name, role, created_at, disabled_at from account order by name

-- :name account_disable :maybe
-- Nothing of it is accepted any more; its sessions go at once.
with gone as (
	delete from session where account_id = (select account_id from account where name = $1)
)
update account set disabled_at = now() where name = $1 and disabled_at is null
returning account_id

-- :name account_secret :one
select password from account where account_id = $1

-- :name account_password_set :exec
update account set password = $2 where account_id = $1

-- :name sign_in_link_add :maybe
-- No row: there is no such account, or it is disabled.
insert into sign_in_link (token_hash, account_id, expires_at)
select $2, account_id, now() + make_interval(mins => $3)
from account where name = $1 and disabled_at is null
returning account_id

-- :name sign_in_link_look :maybe
select a.name, l.expires_at
from sign_in_link l join account a using (account_id)
where l.token_hash = $1 and l.used_at is null and l.expires_at > now() and a.disabled_at is null

-- :name sign_in_link_use :maybe
-- Using the link and opening the session are one thing: a link opens at most one.
with used as (
	update sign_in_link l set used_at = now() from account a
	where l.token_hash = $1 and l.used_at is null and l.expires_at > now()
		and a.account_id = l.account_id and a.disabled_at is null
	returning l.account_id
)
insert into session (token_hash, account_id, expires_at)
select $2, account_id, now() + make_interval(hours => $3) from used
returning account_id, audit_add(null, account_id, 'sign_in', '{"by": "link"}')

-- :name session_open :exec
insert into session (token_hash, account_id, expires_at)
values ($1, $2, now() + make_interval(hours => $3))
returning audit_add(null, account_id, 'sign_in', '{"by": "password"}')

-- :name session_find :maybe
-- Everything that each page needs besides its own view, in one statement.
select a.account_id, a.name, a.role, s.seen_at < now() - interval '1 minute' as stale,
	r.seen_at as runner_seen_at, extract(epoch from now() - r.seen_at)::bigint as runner_seconds,
	r.provider as runner_provider, r.model as runner_model, q.pressure as runner_pressure
from session s join account a using (account_id)
	left join lateral (select seen_at, provider, model from runner order by seen_at desc limit 1) r on true
	cross join lateral (select string_agg(distinct pressure, '; ') as pressure from runner
		where seen_at > now() - interval '2 minutes' and expires_at > now() and ended_at is null) q
where s.token_hash = $1 and s.expires_at > now() and s.seen_at > now() - make_interval(mins => $2)
	and a.disabled_at is null

-- :name session_seen :exec
update session set seen_at = now() where token_hash = $1 and seen_at < now() - interval '1 minute'

-- :name session_end :exec
delete from session where token_hash = $1

-- :name session_end_others :exec
delete from session where account_id = $1 and token_hash is distinct from $2

-- :name session_expire :exec
-- Run when somebody signs in: what nobody can use any more goes away.
delete from session where expires_at < now() or seen_at < now() - make_interval(mins => $1)

-- :name session_list :many
select created_at, seen_at, token_hash is not distinct from $2 as current,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at, to_char(seen_at, 'YYYY-MM-DD HH24:MI') as _seen_at
from session
where account_id = $1 and expires_at > now() and seen_at > now() - make_interval(mins => $3)
order by seen_at desc limit 100

-- :name api_token_add :maybe
-- No row: the account has as many as it may have.
insert into api_token (account_id, name, token_hash)
select $1, $2, $3
where (select count(*) from api_token where account_id = $1 and revoked_at is null) < 50
returning api_token_id

-- :name api_token_find :maybe
select a.account_id, a.name, a.role, ('read' = any (t.scopes))::integer + 2 * ('submit' = any (t.scopes))::integer
		+ 4 * ('decide' = any (t.scopes))::integer + 8 * ('operate' = any (t.scopes))::integer as scopes,
	t.seen_at is null or t.seen_at < now() - interval '1 minute' as stale,
	r.seen_at as runner_seen_at, extract(epoch from now() - r.seen_at)::bigint as runner_seconds,
	r.provider as runner_provider, r.model as runner_model, q.pressure as runner_pressure
from api_token t join account a using (account_id)
	left join lateral (select seen_at, provider, model from runner order by seen_at desc limit 1) r on true
	cross join lateral (select string_agg(distinct pressure, '; ') as pressure from runner
		where seen_at > now() - interval '2 minutes' and expires_at > now() and ended_at is null) q
where t.token_hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
	and a.disabled_at is null

-- :name api_token_seen :exec
update api_token set seen_at = now()
where token_hash = $1 and (seen_at is null or seen_at < now() - interval '1 minute')

-- :name api_token_list :many
select api_token_id as id, name, created_at, seen_at,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at, to_char(seen_at, 'YYYY-MM-DD HH24:MI') as _seen_at
from api_token where account_id = $1 and revoked_at is null
order by api_token_id desc

-- :name api_token_revoke :maybe
update api_token set revoked_at = now()
where api_token_id = $1 and account_id = $2 and revoked_at is null
returning api_token_id
