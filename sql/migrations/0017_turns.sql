-- SPDX-License-Identifier: MIT
-- Who may decide on a gate, said once: on any, and on those that are open.

create view role_reach (role, reach) as
values ('viewer', 'viewer'),
	('submitter', 'viewer'), ('submitter', 'submitter'),
	('approver', 'viewer'), ('approver', 'submitter'), ('approver', 'approver'),
	('operator', 'viewer'), ('operator', 'submitter'), ('operator', 'approver'), ('operator', 'operator'),
	('admin', 'viewer'), ('admin', 'submitter'), ('admin', 'approver'), ('admin', 'operator'), ('admin', 'admin');
comment on view role_reach is 'Roles, each with itself and all that it includes.';
comment on column role_reach.role is 'The role.';
comment on column role_reach.reach is 'What it includes.';

-- Each person by the first reason that holds, a part for each reason: asked for a person or for a gate,
-- each part is found by an index.
create or replace view gate_direct as
select g.gate_id, a.account_id, 'assigned'::text as why, g.state, r.ended_at
from gate g join run r using (run_id) join account a on a.account_id = g.assignee_id
where a.disabled_at is null
union all
select g.gate_id, a.account_id, 'owner', g.state, r.ended_at
from gate g join run r using (run_id) join account a on a.account_id = r.tenant_id
where a.disabled_at is null and g.role = 'approver' and a.role <> 'viewer' and g.assignee_id is distinct from a.account_id
union all
select g.gate_id, a.account_id, 'member', g.state, r.ended_at
from gate g join run r using (run_id) join project_member m using (project_id) join role_reach x on x.role = m.role and x.reach = g.role
	join account a on a.account_id = m.account_id
where a.disabled_at is null and g.assignee_id is distinct from a.account_id
	and not (g.role = 'approver' and r.tenant_id = a.account_id and a.role <> 'viewer')
union all
select g.gate_id, a.account_id, 'site', g.state, r.ended_at
from account a join role_reach x using (role) join gate g on g.role = x.reach join run r using (run_id)
where a.disabled_at is null and g.assignee_id is distinct from a.account_id
	and not (g.role = 'approver' and r.tenant_id = a.account_id and a.role <> 'viewer')
	and not exists (select from project_member m join role_reach y on y.role = m.role and y.reach = g.role
		where m.project_id = r.project_id and m.account_id = a.account_id);
comment on view gate_direct is 'Who may decide on a gate by themselves, a row for each person, and why.';
comment on column gate_direct.gate_id is 'The question.';
comment on column gate_direct.account_id is 'Who may decide.';
comment on column gate_direct.why is 'assigned, owner, member (by the role in the project), site (by the role on the site).';
comment on column gate_direct.state is 'The gate''s.';
comment on column gate_direct.ended_at is 'The run''s.';

-- The same through somebody who is away; spelled out, so that it can be asked from either end, too. Several
-- rows where there are several reasons.
create or replace view gate_stand_in as
with away as not materialized (
	select s.account_id, o.account_id as instead_of, o.role
	from account o join account s on s.account_id = o.stand_in
	where o.away_from <= now() and o.away_until > now() and o.disabled_at is null and s.disabled_at is null
)
select g.gate_id, w.account_id, w.instead_of, g.revision, g.state, r.ended_at
from away w join gate g on g.assignee_id = w.instead_of join run r using (run_id)
union all
select g.gate_id, w.account_id, w.instead_of, g.revision, g.state, r.ended_at
from away w join run r on r.tenant_id = w.instead_of join gate g using (run_id)
where g.role = 'approver' and w.role <> 'viewer'
union all
select g.gate_id, w.account_id, w.instead_of, g.revision, g.state, r.ended_at
from away w join project_member m on m.account_id = w.instead_of join role_reach x on x.role = m.role
	join run r using (project_id) join gate g on g.run_id = r.run_id and g.role = x.reach
union all
select g.gate_id, w.account_id, w.instead_of, g.revision, g.state, r.ended_at
from away w join role_reach x using (role) join gate g on g.role = x.reach join run r using (run_id);
comment on view gate_stand_in is 'Who may decide on a gate in the place of somebody who is away.';
comment on column gate_stand_in.gate_id is 'The question.';
comment on column gate_stand_in.account_id is 'Who stands in.';
comment on column gate_stand_in.instead_of is 'For whom.';
comment on column gate_stand_in.revision is 'The gate''s.';
comment on column gate_stand_in.state is 'The gate''s.';
comment on column gate_stand_in.ended_at is 'The run''s.';

-- Who has approved already is not stood in for: nobody has two voices.
create or replace view gate_able as
select gate_id, account_id, why, null::bigint as instead_of, state, ended_at from gate_direct
union all
select b.gate_id, b.account_id, 'stand-in', min(b.instead_of), b.state, b.ended_at
from gate_stand_in b
where not exists (select from gate_direct x where x.gate_id = b.gate_id and x.account_id = b.account_id)
	and not exists (select from gate_vote v
		where v.gate_id = b.gate_id and v.account_id = b.instead_of and v.revision = b.revision)
group by b.gate_id, b.account_id, b.state, b.ended_at;
comment on view gate_able is 'Who may decide on a gate while it is open, a row for each person, and why. Also of gates that are not open.';
comment on column gate_able.gate_id is 'The question.';
comment on column gate_able.account_id is 'Who may decide.';
comment on column gate_able.why is 'As in gate_direct, or stand-in.';
comment on column gate_able.instead_of is 'For a stand-in: who is away; of several, one.';
comment on column gate_able.state is 'The gate''s.';
comment on column gate_able.ended_at is 'The run''s.';

create or replace view gate_turn as
select gate_id, account_id, why, instead_of from gate_able where state = 'open' and ended_at is null;
comment on view gate_turn is 'Who may decide on an open gate, a row for each person, and why.';
comment on column gate_turn.gate_id is 'The open question.';
comment on column gate_turn.account_id is 'Who may decide.';
comment on column gate_turn.why is 'As in gate_able.';
comment on column gate_turn.instead_of is 'As in gate_able.';
