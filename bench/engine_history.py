# SPDX-License-Identifier: MIT
"""A database that has been at work for long: finished runs and their events, made by the thousand."""


def make_history(stack, runs, events):
    """Each with a project, its cursor, its stages, outputs and receipts; all have ended. What is not measured
    needs no checks of what refers to what."""
    each = events // runs
    statements = f"""
insert into project (account_id, name, brief, stack, submit_key)
select (select account_id from account where name = 'admin'), 'Old ' || i, 'Something of old.', 'python-stdlib', 'old-' || i
from generate_series(1, {runs}) i;
insert into run (project_id, tenant_id, graph_id, state, ended_at, ev_seq)
select p.project_id, p.account_id, (select max(graph_id) from workflow where name = 'bench'), 'done', now(), {each}
from project p where p.submit_key like 'old-%' order by p.project_id;
insert into budget (kind, key, cap_usd, spent_usd)
select '4-project', project_id, 1000, 0.02 from project where submit_key like 'old-%' order by project_id;
insert into cursor (run_id, tenant_id, node, state, rank, run_at)
select r.run_id, r.tenant_id, 'done', 'D', now(), now()
from run r join project p using (project_id) where p.submit_key like 'old-%' order by r.run_id;
insert into stage (run_id, node, position, agent, state, revision, attempts)
select r.run_id, n.node, n.position, n.agent, 'done', 1, 1
from run r join project p using (project_id) join workflow_node n using (graph_id)
where p.submit_key like 'old-%' and n.kind = 'agent' order by r.run_id, n.position;
insert into stage_result (run_id, branch, epoch, node, attempt, owner, outcome, at)
select s.run_id, 0, s.position + 1, s.node, 0, '00000000-0000-4000-8000-000000000000', 'pass', now()
from stage s join run r using (run_id) join project p using (project_id) where p.submit_key like 'old-%'
order by s.run_id, s.position;
insert into event (run_started, run_id, seq, kind, body, at)
select r.opened_at, r.run_id, k, 'stage_completed', '{{"stage": "first", "revision": 1, "outcome": "pass"}}', now()
from run r join project p using (project_id) cross join generate_series(1, {each}) k
where p.submit_key like 'old-%' order by r.run_id, k"""
    stack.sql("set session statement_timeout = 0")
    for statement in statements.split(";\n"):
        stack.sql(statement)
    stack.sql("vacuum analyze")
