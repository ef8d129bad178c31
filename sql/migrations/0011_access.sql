-- SPDX-License-Identifier: MIT
-- Who reaches what: people in projects with roles of their own, and whose turn a gate is.

alter table account
	add column email text check (length(email) <= 254 and email ~ '^[^[:space:]@<>]+@[^[:space:]@<>]+$'),
	add column mail boolean not null default true,
	add column shortcuts boolean not null default true,
	add column away_from timestamptz,
	add column away_until timestamptz,
	add column stand_in bigint references account,
	add constraint account_away_check check ((away_from is null) = (away_until is null)
		and away_until > away_from and (stand_in is null or away_from is not null) and stand_in <> account_id);
create unique index account_email on account (lower(email));
create index account_stand_in on account (stand_in) where stand_in is not null;
comment on column account.email is 'Where mail goes; null: none is sent.';
comment on column account.mail is 'Whether the person wants mail.';
comment on column account.shortcuts is 'Whether single keys do things on pages.';
comment on column account.away_from is 'Out of office from here on.';
comment on column account.away_until is 'Until here.';
comment on column account.stand_in is 'Who may decide meanwhile what this person may decide; null: nobody in particular.';

create table project_member (
	project_id bigint not null references project on delete cascade,
	account_id bigint not null references account on delete cascade,
	role       text not null check (role in ('viewer', 'submitter', 'approver', 'operator')),
	added_by   bigint references account on delete set null,
	added_at   timestamptz not null default now(),
	primary key (project_id, account_id)
);
create index project_member_account on project_member (account_id);
comment on table project_member is 'With whom a project is shared. On the project a person has the higher of this role and their site''s.';
comment on column project_member.project_id is 'The project.';
comment on column project_member.account_id is 'The person.';
comment on column project_member.role is 'What they may do there.';
comment on column project_member.added_by is 'Who shared it.';
comment on column project_member.added_at is 'When.';

-- Projects that are somebody's: their own, and what is shared with them. Who has a site role from approver up
-- sees all; that is the caller's to know.
create view project_access as
select p.project_id, p.account_id, 'submitter'::text as role from project p
union all
select m.project_id, m.account_id, m.role from project_member m;
comment on view project_access is 'Projects with those whose they are, and the role each has there.';

-- Rank of a role: viewer 1 to admin 5. Who may decide on an open gate, and why: by role on the site or in the
-- project, as the owner, because it was given to them, or in place of somebody who is away.
create view gate_turn as
with able as (
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
	where g.state = 'open' and a.disabled_at is null
)
select gate_id, account_id, why, null::bigint as instead_of from able where why is not null
union all
select b.gate_id, s.account_id, 'stand-in', min(b.account_id)
from able b join account o using (account_id)
	join account s on s.account_id = o.stand_in and s.disabled_at is null
where b.why is not null and o.away_from <= now() and o.away_until > now()
	and not exists (select from able x where x.gate_id = b.gate_id and x.account_id = s.account_id and x.why is not null)
group by b.gate_id, s.account_id;
comment on view gate_turn is 'Who may decide on an open gate, a row for each person, and why.';
comment on column project_access.project_id is 'The project.';
comment on column project_access.account_id is 'Whose it is.';
comment on column project_access.role is 'What they may do there by that.';
comment on column gate_turn.gate_id is 'The open question.';
comment on column gate_turn.account_id is 'Who may decide.';
comment on column gate_turn.why is 'assigned, owner, member (by the role in the project), site (by the role on the site), stand-in.';
comment on column gate_turn.instead_of is 'For a stand-in: who is away; of several, one.';
