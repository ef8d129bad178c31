-- SPDX-License-Identifier: MIT
-- Accounts and the ways in: links, passwords, sessions, bearer tokens.

-- :name account_add :one
-- $1 who asks, here and below; null: the owner of the database.
select account_add($1, $2, $3, $4, $5) as account_id

-- :name account_change :exec
-- Null leaves the role ($3), the address ($4, '': none) or whether it is disabled ($5) as it is.
select account_change($1, $2, $3, $4, $5)

-- :name account_link :one
select to_char(account_link($1, $2, $3, $4, $5), 'YYYY-MM-DD HH24:MI') as _expires_at

-- :name account_by_name :maybe
-- $2: a disabled one, too.
select account_id, name, role, password from account where name = $1 and ($2 or disabled_at is null)

-- :name account_list :many
-- By name, those after $1 whose name or address has $2 in it; one more than $3.
select account_id as id, name, role, email, created_at, disabled_at, password is not null as has_password,
	(select max(s.seen_at) from session s where s.account_id = a.account_id) as seen_at,
	to_char((select max(s.seen_at) from session s where s.account_id = a.account_id), 'YYYY-MM-DD HH24:MI') as _seen_at,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at
from account a
where name > $1 and ($2::text is null or position(lower($2) in lower(name)) > 0
	or position(lower($2) in lower(email)) > 0)
order by name limit $3

-- :name account_one :maybe
select account_id as id, name, role, email, created_at, disabled_at, password is not null as has_password,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at,
	(select count(*) from session s where s.account_id = a.account_id and s.expires_at > now()) as sessions,
	(select count(*) from api_token t where t.account_id = a.account_id and t.revoked_at is null
		and (t.expires_at is null or t.expires_at > now())) as tokens,
	(select count(*) from project p where p.account_id = a.account_id) as projects
from account a where account_id = $1

-- :name account_own :one
-- What a person sets about themselves.
select email, mail, shortcuts, password is not null as has_password from account where account_id = $1

-- :name account_own_set :maybe
-- No row: another account has this address.
update account set email = $2, mail = $3, shortcuts = $4
where account_id = $1 and not exists (
	select from account o where lower(o.email) = lower($2) and o.account_id <> $1)
returning account_id

-- :name account_secret :one
select password from account where account_id = $1

-- :name account_password_set :exec
update account set password = $2 where account_id = $1

-- :name sign_in_link_look :maybe
select a.name, l.kind, l.expires_at, to_char(l.expires_at, 'YYYY-MM-DD HH24:MI') as _expires_at
from sign_in_link l join account a using (account_id)
where l.token_hash = $1 and l.used_at is null and l.expires_at > now() and a.disabled_at is null

-- :name sign_in_link_take :maybe
-- With $2 a password where the link asks for one. Using it and opening the session ($3) are one thing.
with used as (select account_id from sign_in_link_take($1, $2) t(account_id)), opened as (
	insert into session (token_hash, account_id, expires_at, via, address, agent)
	select $3, account_id, now() + make_interval(hours => $4), 'link', $5, $6 from used
)
select account_id, audit_add(null, account_id, 'sign_in', '{"by": "link"}') from used

-- :name session_open :exec
-- A hundred of an account stay open; who keeps no cookie opens one with each request.
with gone as (
	delete from session where account_id = $2 and token_hash in (
		select token_hash from session where account_id = $2 order by seen_at desc offset 99)
)
insert into session (token_hash, account_id, expires_at, via, address, agent)
values ($1, $2, now() + make_interval(hours => $3), $4, $5, $6)
returning audit_add(null, account_id, 'sign_in', jsonb_build_object('by', $4))

-- :name account_proxied :maybe
-- $2: make a viewer of whom nobody knows.
select account_id from account_proxied($1, $2) t(account_id)

-- :name sign_in_try :one
select sign_in_try($1, $2, $3) as wait_s

-- :name sign_in_good :exec
select sign_in_good($1, $2, $3, $4)

-- :name session_find :maybe
-- Everything that each page needs besides its own view, in one statement.
select a.account_id, a.name, a.role, a.shortcuts, s.via = 'proxy' as proxied,
	s.seen_at < now() - interval '1 minute' as stale,
	r.seen_at as runner_seen_at, extract(epoch from now() - r.seen_at)::bigint as runner_seconds,
	r.provider as runner_provider, r.model as runner_model, q.pressure as runner_pressure
from session s join account a using (account_id)
	left join lateral (select seen_at, provider, model from runner order by seen_at desc limit 1) r on true
	cross join lateral (select string_agg(distinct pressure, '; ') as pressure from runner
		where seen_at > now() - interval '2 minutes' and expires_at > now() and ended_at is null) q
where s.token_hash = $1 and s.expires_at > now() and s.seen_at > now() - make_interval(mins => $2)
	and a.disabled_at is null

-- :name session_seen :exec
update session set seen_at = now(), address = $2
where token_hash = $1 and seen_at < now() - interval '1 minute'

-- :name session_end :exec
delete from session where token_hash = $1

-- :name session_end_one :maybe
-- One of a person's own ($1) by its id.
delete from session where account_id = $1 and session_id = $2 returning session_id

-- :name session_end_others :exec
delete from session where account_id = $1 and token_hash is distinct from $2

-- :name session_expire :exec
-- Run when somebody signs in: what nobody can use any more goes away.
delete from session where expires_at < now() or seen_at < now() - make_interval(mins => $1)

-- :name session_list :many
select session_id as id, created_at, seen_at, token_hash is not distinct from $2 as current, via, address, agent,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at, to_char(seen_at, 'YYYY-MM-DD HH24:MI') as _seen_at
from session
where account_id = $1 and expires_at > now() and seen_at > now() - make_interval(mins => $3)
order by token_hash is not distinct from $2 desc, seen_at desc limit 100

-- :name api_token_add :maybe
-- No row: the account has as many as it may have.
-- $4 scopes, $5 days that it is good for; null: until it is revoked.
insert into api_token (account_id, name, token_hash, scopes, expires_at)
select $1, $2, $3, $4::text[], now() + make_interval(days => $5)
where (select count(*) from api_token
	where account_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())) < 50
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
select api_token_id as id, name, array_to_json(scopes) as scopes, created_at, seen_at, expires_at,
	array_to_string(scopes, ', ') as _scopes, to_char(expires_at, 'YYYY-MM-DD') as _expires_at,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as _created_at, to_char(seen_at, 'YYYY-MM-DD HH24:MI') as _seen_at
from api_token where account_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
order by api_token_id desc limit 100

-- :name api_token_revoke :maybe
update api_token set revoked_at = now()
where api_token_id = $1 and account_id = $2 and revoked_at is null
returning api_token_id
