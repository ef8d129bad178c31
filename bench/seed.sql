-- SPDX-License-Identifier: MIT
-- Finished projects of one person, as many as :projects says.
insert into project (account_id, name, brief, stack, submit_key)
select (select min(account_id) from account), 'Project ' || i, repeat('A brief of a sentence or two. ', 20),
	'python-stdlib', 'seed-' || i
from generate_series(1, :projects) i order by i;
insert into run (project_id, tenant_id, graph_id, state, ended_at)
select project_id, account_id, (select max(graph_id) from workflow where name = 'sdlc'), 'done', now()
from project order by project_id;
insert into budget (kind, key, spent_usd)
select '4-project', project_id, 0.0123 from project on conflict (kind, key) do update set spent_usd = excluded.spent_usd;
vacuum analyze account, workflow, workflow_node, project, run, budget;
