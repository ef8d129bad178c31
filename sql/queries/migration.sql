-- SPDX-License-Identifier: MIT
-- What the migrator itself needs.

-- :name migration_patience :exec
-- A migration may take its time; it waits for another one for at most five minutes.
select set_config('statement_timeout', '0', false), set_config('lock_timeout', '5min', false),
	set_config('idle_in_transaction_session_timeout', '0', false)

-- :name migration_lock :exec
-- Held until the session ends.
select pg_advisory_lock(7304202611)

-- :name migration_ledger :one
select to_regclass('public.schema_migration') is not null as present

-- :name migration_list :many
select version, name, sha256 from schema_migration order by version

-- :name migration_add :exec
insert into schema_migration (version, name, sha256) values ($1, $2, $3)

-- :name migration_roles :one
select rolsuper or rolcreaterole as may_create,
	(select count(*) = 4 from pg_roles
	 where rolname in ('botarmy_web', 'botarmy_runner', 'botarmy_feed', 'botarmy_mail')) as present
from pg_roles where rolname = current_user
