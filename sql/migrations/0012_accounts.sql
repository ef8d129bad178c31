-- SPDX-License-Identifier: MIT
-- Sight of gates by those who may decide on them; ways in, what they leave behind, and what slows guessing down.

-- Not materialized, so that one gate or one person costs what one does: the view is asked by both.
create view gate_able as
with able as not materialized (
	select g.gate_id, a.account_id, case
			when g.assignee_id = a.account_id then 'assigned'
			when g.role = 'approver' and r.tenant_id = a.account_id and a.role <> 'viewer' then 'owner'
			when array_position('{viewer,submitter,approver,operator,admin}'::text[], m.role)
				>= array_position('{viewer,submitter,approver,operator,admin}'::text[], g.role) then 'member'
			when array_position('{viewer,submitter,approver,operator,admin}'::text[], a.role)
				>= array_position('{viewer,submitter,approver,operator,admin}'::text[], g.role) then 'site'
		end as why
	from gate g join run r using (run_id) cross join account a
		left join project_member m on m.project_id = r.project_id and m.account_id = a.account_id
	where a.disabled_at is null
)
select gate_id, account_id, why, null::bigint as instead_of from able where why is not null
union all
select b.gate_id, s.account_id, 'stand-in', min(b.account_id)
from able b join account o using (account_id)
	join account s on s.account_id = o.stand_in and s.disabled_at is null
where b.why is not null and o.away_from <= now() and o.away_until > now()
	and not exists (select from able x where x.gate_id = b.gate_id and x.account_id = s.account_id and x.why is not null)
group by b.gate_id, s.account_id;
comment on view gate_able is 'Who may decide on a gate while it is open, and why: a row for each person. Also of gates that are not open.';
comment on column gate_able.gate_id is 'The question.';
comment on column gate_able.account_id is 'Who may decide.';
comment on column gate_able.why is 'As in gate_turn.';
comment on column gate_able.instead_of is 'As in gate_turn.';

create or replace view gate_turn as
select b.gate_id, b.account_id, b.why, b.instead_of from gate_able b join gate g using (gate_id) where g.state = 'open';

create view run_access as
select r.run_id, a.account_id from run r join project_access a using (project_id)
union all
select g.run_id, b.account_id from gate g join gate_able b using (gate_id)
where g.state = 'open' or b.why = 'assigned'
	or exists (select from decision d where d.gate_id = g.gate_id and d.account_id = b.account_id);
comment on view run_access is 'Who sees a run without a role on the site: whose project it is, and who is, or was, to decide on it. A person may have several rows.';
comment on column run_access.run_id is 'The run.';
comment on column run_access.account_id is 'Who sees it.';

alter table sign_in_link
	add column kind text not null default 'sign_in' check (kind in ('sign_in', 'invite', 'reset'));
comment on column sign_in_link.kind is 'sign_in: lets in; invite, reset: asks for a new password, then lets in.';
create index sign_in_link_account on sign_in_link (account_id);

alter table session
	add column session_id bigint generated always as identity unique,
	add column via text not null default 'password' check (via in ('password', 'link', 'proxy')),
	add column address text check (length(address) <= 100),
	add column agent text check (length(agent) <= 300);
comment on column session.session_id is 'By which its owner ends it.';
comment on column session.via is 'How it began. proxy: the proxy in front named the person, and must go on naming them.';
comment on column session.address is 'From where it was used last.';
comment on column session.agent is 'What the browser calls itself.';

create table account_device (
	account_id bigint not null references account on delete cascade,
	token_hash bytea not null check (octet_length(token_hash) = 32),
	address    text check (length(address) <= 100),
	created_at timestamptz not null default now(),
	seen_at    timestamptz not null default now(),
	primary key (account_id, token_hash)
);
comment on table account_device is 'Browsers that have signed in to an account before, 20 at most: guessing by others does not slow them down.';
comment on column account_device.account_id is 'The account.';
comment on column account_device.token_hash is 'SHA-256 of the browser''s cookie, which lets nobody in.';
comment on column account_device.address is 'From where it signed in last; the address is known for 90 days.';
comment on column account_device.created_at is 'When it signed in first.';
comment on column account_device.seen_at is 'When it signed in last.';

create table sign_in_brake (
	slot     integer primary key check (slot between 0 and 65535),
	failures integer not null default 0,
	at       timestamptz not null default now(),
	next_at  timestamptz not null default now()
) with (fillfactor = 70);
comment on table sign_in_brake is 'Attempts to guess, counted for all web processes. Accounts, addresses and browsers share a fixed number of slots, so it cannot be filled.';
comment on column sign_in_brake.slot is 'From a keyed hash of what is counted.';
comment on column sign_in_brake.failures is 'As of "at"; one is forgiven every ten minutes.';
comment on column sign_in_brake.at is 'The last attempt.';
comment on column sign_in_brake.next_at is 'Until then no attempt is taken.';

create table secret (
	name  text primary key,
	value bytea not null
);
comment on table secret is 'Random keys of this database, for functions of the owner alone.';
comment on column secret.name is 'What it is for.';
comment on column secret.value is '32 random bytes.';
insert into secret values ('sign_in_brake',
	sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

alter table api_token
	add column scopes text[] not null default '{read,submit,decide,operate}'
		check (scopes <@ '{read,submit,decide,operate}' and cardinality(scopes) > 0),
	add column expires_at timestamptz;
comment on column api_token.scopes is 'What the script may do, as far as the account may: read, submit, decide, operate.';
comment on column api_token.expires_at is 'After this it is refused; null: never.';
