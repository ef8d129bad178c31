-- SPDX-License-Identifier: MIT
-- Lists say where a run stands when it has branches; what pages sum up of budgets has indexes.

create or replace view project_line as
select p.project_id, p.account_id, p.name, a.name as owner, r.run_id, r.state,
	case when r.ended_at is not null then null
		when c.why is distinct from 'join' then coalesce(n.reviews, n.node)
		else (
			select string_agg(coalesce(m.reviews, m.node), ', ' order by m.position, m.node)
			from cursor k join workflow_node m on m.graph_id = r.graph_id and m.node = k.node
			where k.run_id = r.run_id and k.state <> 'D' and k.why is distinct from 'join') end as stage,
	w.name as workflow, p.created_at, b.spent_usd
from project p
	join account a using (account_id)
	cross join lateral (select * from run where run.project_id = p.project_id
		order by run.run_id desc limit 1) r
	join workflow w on w.graph_id = r.graph_id
	left join cursor c on c.run_id = r.run_id and c.branch = 0
	left join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
	left join budget b on b.kind = '4-project' and b.key = p.project_id;

create index budget_hold_day on budget_hold (day);
create index budget_hold_unconfirmed on budget_hold (project_id) where unconfirmed;
