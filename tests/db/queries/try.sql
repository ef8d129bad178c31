-- SPDX-License-Identifier: MIT
-- Statements that only the tests of src/db run.

-- :name try_echo :one
select $1::text as text, $2::bigint as int, $3::float8 as real, $4::bool as bool, $5::bytea as bytes

-- :name try_arrays :many
select i, t, b from unnest($1::bigint[], $2::text[], $3::bytea[]) with ordinality as u (i, t, b, n) order by n

-- :name try_more_arrays :many
select i, j::text as j, n::text as n, b from unnest($1::integer[], $2::jsonb[], $3::numeric[], $4::boolean[])
	with ordinality as u (i, j, n, b, o) order by o

-- :name try_kinds :many
select 1::int2 as small, 9223372036854775807 as big, 12.50::numeric as price, 1e20::float8 as much,
	'NaN'::float8 as nan, true as yes, false as no, '{"a": [1, 2]}'::jsonb as doc, 'x <b>'::text as words,
	null::text as nothing, '\x00ff10'::bytea as bytes, ''::bytea as no_bytes,
	timestamptz '2026-01-31 12:00:00+00' as at, timestamptz '2026-01-31 14:00:00.123987+02' as at_ms,
	timestamptz '2026-01-31 12:00:00.1+00' as at_tenth,
	timestamptz '2026-01-31 12:00:00.0004+00' as at_less,
	timestamptz 'infinity' as at_last, timestamptz '0044-03-15 12:00:00+00 BC' as at_ides,
	date '2026-01-31' as day
from generate_series(1, $1::int)

-- :name try_one :one
select n from generate_series(1, $1::int) n

-- :name try_maybe :maybe
select n from generate_series(1, $1::int) n

-- :name try_settings :one
select current_setting('TimeZone') as zone, current_setting('client_encoding') as encoding,
	current_setting('statement_timeout') as statement_timeout,
	current_setting('lock_timeout') as lock_timeout,
	current_setting('idle_in_transaction_session_timeout') as idle_timeout,
	current_setting('search_path') as search_path,
	current_setting('transaction_isolation') as isolation,
	current_setting('standard_conforming_strings') as literals,
	current_setting('application_name') as name

-- :name try_pid :one
select pg_backend_pid() as pid

-- :name try_kill :exec
select pg_terminate_backend($1::int)

-- :name try_table :exec
create table if not exists try (id int primary key, n int not null check (n >= 0), other int references try)

-- :name try_clear :exec
delete from try

-- :name try_insert :exec
insert into try (id, n, other) values ($1, $2, $3)

-- :name try_update :exec
update try set n = n + $2 where id = $1

-- :name try_sum :one
select coalesce(sum(n), 0) as sum, count(*) as count from try

-- :name try_serializable :exec
set transaction isolation level serializable

-- :name try_raise :exec
select try_raise($1::text, $2::text)

-- :name try_raise_function :exec
create or replace function try_raise(code text, words text) returns void language plpgsql as $$
begin
	raise exception '%', words using errcode = code;
end $$

-- :name try_missing :many
select * from no_such_table

-- :name try_sleep :exec
select pg_sleep($1::float8)

-- :name try_impatient :exec
select set_config('statement_timeout', $1, false)

-- :name try_notify :exec
select pg_notify($1, $2)

-- :name try_public_tables :many
select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1

-- :name try_new_schema :exec
drop schema if exists public cascade

-- :name try_new_schema_again :exec
create schema public

-- :name try_forget :exec
delete from schema_migration where version = $1

-- :name try_locks :one
select count(*) as count from pg_locks where locktype = 'advisory' and database = (
	select oid from pg_database where datname = current_database())

-- :name try_many :many
select n, now()::text as at from generate_series(1, $1::int) n

-- :name try_text :many
select $1::text as text, $2::bytea as bytes, now()::text as at

-- :name try_now :one
select now()::text as at

-- :name try_divide :many
select 1 / $1::int as n

-- :name try_divided :maybe
select 1 / $1::int as n

-- :name try_add :maybe
insert into try (id, n) values ($1, $2) returning id

-- :name try_add_many :many
insert into try (id, n) values ($1, $2) returning id

-- :name try_plans :one
select current_setting('enable_seqscan') as whole, current_setting('enable_bitmapscan') as bitmap

-- :name try_kill_many :many
select pg_terminate_backend($1::int)
