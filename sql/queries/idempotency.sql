-- SPDX-License-Identifier: MIT
-- Repeated requests that carry an Idempotency-Key ($2) of an account ($1).

-- :name idempotency_begin :maybe
-- A row: the request is ours to answer. A mark in flight expires after a minute, an answer after a day.
insert into idempotency (account_id, key, request_hash) values ($1, $2, $3)
on conflict (account_id, key) do update
set request_hash = excluded.request_hash, status = null, body = null, created_at = now()
where idempotency.created_at < now() - interval '1 day'
	or (idempotency.status is null and idempotency.created_at < now() - interval '1 minute')
returning true as ours

-- :name idempotency_look :maybe
select request_hash = $3 as same, status, body from idempotency where account_id = $1 and key = $2

-- :name idempotency_store :exec
update idempotency set status = $4, body = $5
where account_id = $1 and key = $2 and request_hash = $3 and status is null

-- :name idempotency_forget :exec
-- After an answer that may be another one next time.
delete from idempotency where account_id = $1 and key = $2 and request_hash = $3 and status is null
