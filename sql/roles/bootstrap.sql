-- SPDX-License-Identifier: MIT
-- The ledger of migrations: run at the start of each migration, before anything else.

create table if not exists schema_migration (
	version    integer primary key check (version > 0),
	name       text not null,
	sha256     bytea not null check (octet_length(sha256) = 32),
	applied_at timestamptz not null default now()
);
comment on table schema_migration is 'Which migrations were applied to this database.';
comment on column schema_migration.version is 'The number that the file''s name begins with.';
comment on column schema_migration.name is 'The file''s name.';
comment on column schema_migration.sha256 is 'SHA-256 of the file; one that changed later is refused.';
comment on column schema_migration.applied_at is 'When it was applied.';
