-- SPDX-License-Identifier: MIT
-- Whose turn a gate is, found from either end; questions that are given to others; what agents say to people.

alter table gate
	add column given_by bigint references account,
	add column given_at timestamptz,
	add column given_word text check (length(given_word) <= 2000),
	add column given_before bigint references account,
	add constraint gate_given_check check ((given_by is null) = (given_at is null)
		and (given_by is null) = (given_word is null) and (given_by is null or assignee_id is not null)
		and (given_before is null or given_by is not null));
create index gate_assignee on gate (assignee_id, opened_at) where state = 'open' and assignee_id is not null;
create index gate_role on gate (role, opened_at, gate_id) where state = 'open';
comment on column gate.given_by is 'The person who gave it to the assignee; null: nobody did, or it was taken back.';
comment on column gate.given_at is 'When.';
comment on column gate.given_word is 'What they said with it; may be empty.';
comment on column gate.given_before is 'Whose it was before, to whom it goes when it is taken back.';

alter table decision
	add column turn text check (turn in ('assigned', 'owner', 'member', 'site', 'stand-in')),
	add column instead_of bigint references account,
	add column own boolean not null default false;
comment on column decision.turn is 'Why this person might decide, as gate_turn said; null: decided before that was kept.';
comment on column decision.instead_of is 'In whose place a stand-in decided.';
comment on column decision.own is 'Who approved had written the revision: nobody else might decide.';

create index run_tenant on run (tenant_id, run_id) where ended_at is null;

create index artifact_author on artifact (author_id, artifact_id) where author_id is not null;

create index message_people on message (message_id) where recipient = 'people' and sender is not null and gate_id is null;
create index message_gate on message (gate_id) where gate_id is not null;
create index message_reply on message (reply_to) where reply_to is not null;
create table message_done (
	message_id bigint not null references message,
	account_id bigint not null references account on delete cascade,
	at         timestamptz not null default now(),
	primary key (message_id, account_id)
);
comment on table message_done is 'What agents said to people, and who has put it aside.';
comment on column message_done.message_id is 'The message.';
comment on column message_done.account_id is 'Who needs not see it again.';
comment on column message_done.at is 'When.';

-- Each person by the first reason that holds, a part for each reason: asked for a person or for a gate,
-- each part is found by an index.
create view gate_direct as
select g.gate_id, a.account_id, 'assigned'::text as why
from gate g join account a on a.account_id = g.assignee_id
where g.state = 'open' and a.disabled_at is null
union all
select g.gate_id, a.account_id, 'owner'
from gate g join run r using (run_id) join account a on a.account_id = r.tenant_id
where g.state = 'open' and r.ended_at is null and a.disabled_at is null and g.role = 'approver' and a.role <> 'viewer'
	and g.assignee_id is distinct from a.account_id
union all
select g.gate_id, a.account_id, 'member'
from gate g join run r using (run_id) join project_member m using (project_id)
	join account a on a.account_id = m.account_id
where g.state = 'open' and r.ended_at is null and a.disabled_at is null
	and g.role = any (case m.role when 'viewer' then '{viewer}'::text[] when 'submitter' then '{viewer,submitter}'::text[]
		when 'approver' then '{viewer,submitter,approver}'::text[] else '{viewer,submitter,approver,operator}'::text[] end)
	and g.assignee_id is distinct from a.account_id
	and not (g.role = 'approver' and r.tenant_id = a.account_id and a.role <> 'viewer')
union all
select g.gate_id, a.account_id, 'site'
from account a
	cross join unnest(case a.role when 'viewer' then '{viewer}'::text[] when 'submitter' then '{viewer,submitter}'::text[]
		when 'approver' then '{viewer,submitter,approver}'::text[]
		when 'operator' then '{viewer,submitter,approver,operator}'::text[]
		else '{viewer,submitter,approver,operator,admin}'::text[] end) as may (role)
	join gate g on g.role = may.role
	join run r using (run_id)
where g.state = 'open' and a.disabled_at is null and g.assignee_id is distinct from a.account_id
	and not (g.role = 'approver' and r.tenant_id = a.account_id)
	and not exists (select from project_member m where m.project_id = r.project_id and m.account_id = a.account_id
		and g.role = any (case m.role when 'viewer' then '{viewer}'::text[] when 'submitter' then '{viewer,submitter}'::text[]
			when 'approver' then '{viewer,submitter,approver}'::text[]
			else '{viewer,submitter,approver,operator}'::text[] end));
comment on view gate_direct is 'Who may decide on an open gate by themselves, a row for each person, and why.';
comment on column gate_direct.gate_id is 'The open question.';
comment on column gate_direct.account_id is 'Who may decide.';
comment on column gate_direct.why is 'assigned, owner, member (by the role in the project), site (by the role on the site).';

-- The same through somebody who is away; spelled out, so that it can be asked from either end, too. Several
-- rows where there are several reasons.
create view gate_stand_in as
select g.gate_id, s.account_id, o.account_id as instead_of, g.revision
from account s join account o on o.stand_in = s.account_id join gate g on g.assignee_id = o.account_id
where g.state = 'open' and o.away_from <= now() and o.away_until > now() and o.disabled_at is null and s.disabled_at is null
union all
select g.gate_id, s.account_id, o.account_id, g.revision
from account s join account o on o.stand_in = s.account_id join run r on r.tenant_id = o.account_id
	join gate g using (run_id)
where g.state = 'open' and r.ended_at is null and o.away_from <= now() and o.away_until > now() and o.disabled_at is null and s.disabled_at is null
	and g.role = 'approver' and o.role <> 'viewer'
union all
select g.gate_id, s.account_id, o.account_id, g.revision
from account s join account o on o.stand_in = s.account_id join project_member m on m.account_id = o.account_id
	join run r using (project_id) join gate g using (run_id)
where g.state = 'open' and r.ended_at is null and o.away_from <= now() and o.away_until > now() and o.disabled_at is null and s.disabled_at is null
	and g.role = any (case m.role when 'viewer' then '{viewer}'::text[] when 'submitter' then '{viewer,submitter}'::text[]
		when 'approver' then '{viewer,submitter,approver}'::text[] else '{viewer,submitter,approver,operator}'::text[] end)
union all
select g.gate_id, s.account_id, o.account_id, g.revision
from account s join account o on o.stand_in = s.account_id
	cross join unnest(case o.role when 'viewer' then '{viewer}'::text[] when 'submitter' then '{viewer,submitter}'::text[]
		when 'approver' then '{viewer,submitter,approver}'::text[]
		when 'operator' then '{viewer,submitter,approver,operator}'::text[]
		else '{viewer,submitter,approver,operator,admin}'::text[] end) as may (role)
	join gate g on g.role = may.role
where g.state = 'open' and o.away_from <= now() and o.away_until > now() and o.disabled_at is null and s.disabled_at is null;
comment on view gate_stand_in is 'Who may decide on an open gate in the place of somebody who is away.';
comment on column gate_stand_in.gate_id is 'The open question.';
comment on column gate_stand_in.account_id is 'Who stands in.';
comment on column gate_stand_in.instead_of is 'For whom.';
comment on column gate_stand_in.revision is 'The gate''s.';

-- Who has approved already is not stood in for: nobody has two voices.
create or replace view gate_turn as
select gate_id, account_id, why, null::bigint as instead_of from gate_direct
union all
select b.gate_id, b.account_id, 'stand-in', min(b.instead_of)
from gate_stand_in b
where not exists (select from gate_direct x where x.gate_id = b.gate_id and x.account_id = b.account_id)
	and not exists (select from gate_vote v
		where v.gate_id = b.gate_id and v.account_id = b.instead_of and v.revision = b.revision)
group by b.gate_id, b.account_id;
