-- SPDX-License-Identifier: MIT
-- Graphs with branches, joins, timers and gate policies; caps at every level; what the engine
-- needs to hand a stage on without giving it away. Functions are in sql/functions from here on.

-- Workflows -----------------------------------------------------------------------------------

alter table workflow add column layout jsonb;
comment on column workflow.layout is 'Where the drawing puts nodes and edges; null for versions stored before there were drawings.';

alter table workflow_node
	drop constraint workflow_node_kind_check,
	drop constraint workflow_node_check1,
	add constraint workflow_node_kind_check check (kind in ('agent', 'gate', 'join', 'timer', 'exit')),
	add constraint workflow_node_reviews_check check ((kind in ('gate', 'join')) = (reviews is not null)),
	add column retry_base_s integer not null default 1 check (retry_base_s between 1 and 3600),
	add column retry_max_s integer not null default 60 check (retry_max_s between 1 and 86400),
	add column confidence numeric(3, 2) not null default 0.6 check (confidence between 0 and 1),
	add column quorum integer not null default 1 check (quorum between 1 and 20),
	add column role text not null default 'approver'
		check (role in ('submitter', 'approver', 'operator', 'admin')),
	add column expires_s integer check (expires_s between 60 and 31536000),
	add column on_expiry text check (on_expiry in ('remind', 'escalate', 'delegate')),
	add column expiry_to text,
	add column wait_s integer check (wait_s between 1 and 31536000),
	add constraint workflow_node_timer_check check ((kind = 'timer') = (wait_s is not null)),
	add constraint workflow_node_expiry_check check ((expires_s is null) = (on_expiry is null)
		and (on_expiry is null or kind = 'gate')
		and (coalesce(on_expiry, 'remind') = 'remind') = (expiry_to is null));
comment on column workflow_node.kind is 'agent: work; gate: a person decides; join: branches meet; timer: time passes; exit: the run ends.';
comment on column workflow_node.reviews is 'For a gate: the stage whose output is decided on. For a join: the stage after which its branches parted.';
comment on column workflow_node.position is 'Steps from the start, at most; a stage behind another goes stale when that one is done again.';
comment on column workflow_node.retry_base_s is 'Seconds to the second attempt, doubled for each further one.';
comment on column workflow_node.retry_max_s is 'No wait for an attempt is longer by itself.';
comment on column workflow_node.confidence is 'An output that has concerns and less confidence than this goes back along the edge "concern".';
comment on column workflow_node.quorum is 'For a gate: so many different people must approve.';
comment on column workflow_node.role is 'For a gate: the least role that may decide; an owner with the role submitter always may where it is approver.';
comment on column workflow_node.expires_s is 'For a gate: seconds until on_expiry. Nothing is ever approved by time.';
comment on column workflow_node.on_expiry is 'remind; escalate: to a higher role; delegate: to another person.';
comment on column workflow_node.expiry_to is 'For escalate the role, for delegate the account''s name.';
comment on column workflow_node.wait_s is 'For a timer: how long.';

alter table workflow_edge
	drop constraint workflow_edge_pkey,
	add primary key (graph_id, node, outcome, next),
	add column meets text;
comment on column workflow_edge.outcome is 'The edge''s label: pass, fail, concern, approve, changes, reject. Several edges with one label part into branches.';
comment on column workflow_edge.meets is 'Of an edge that is one of several: the join at which the branches meet.';

-- Runs and cursors ----------------------------------------------------------------------------

alter table run add column priority integer not null default 0 check (priority between -10 and 10);
comment on column run.priority is 'Each step is worth ten minutes of waiting; so nothing waits for ever behind what is urgent.';

alter table cursor
	drop constraint cursor_why_check,
	add constraint cursor_why_check check (why in ('gate', 'retry', 'paused', 'join', 'timer', 'answer')),
	add column parent integer,
	add column came text,
	add constraint cursor_parent_fkey foreign key (run_id, parent) references cursor;
-- The row of a stage that a runner keeps from node to node changes no indexed column, so it is
-- updated in place. Nothing here may name node, epoch, owner or deadline.
drop index cursor_leased;
create index cursor_leased on cursor (run_id) where state = 'L';
drop index cursor_due;
create index cursor_due on cursor (run_at) where state = 'W' and why in ('retry', 'timer');
create index cursor_parent on cursor (run_id, parent) where parent is not null;
comment on column cursor.why is 'What W waits for: gate (a person), answer (a person''s answer to an agent), retry, timer (a time), join (branches), paused.';
comment on column cursor.run_at is 'For retry and timer: when it is due.';
comment on column cursor.parent is 'Of a branch: the one that waits at the join for it.';
comment on column cursor.came is 'Of a branch that has ended: the outcome with which it came to the join.';

create table run_loop (
	run_id  bigint not null references run,
	node    text not null,
	outcome text not null,
	times   integer not null,
	primary key (run_id, node, outcome)
);
comment on table run_loop is 'How often a run has taken its bounded edges by itself.';
comment on column run_loop.run_id is 'The run.';
comment on column run_loop.node is 'From where.';
comment on column run_loop.outcome is 'Which edge.';
comment on column run_loop.times is 'How often.';
insert into run_loop (run_id, node, outcome, times)
select s.run_id, s.node, e.outcome, s.loops
from stage s join run r using (run_id)
	join workflow_edge e on e.graph_id = r.graph_id and e.node = s.node and e.max_times is not null
where s.loops > 0;
alter table stage drop column loops, add column concern_sha256 bytea;
comment on column stage.concern_sha256 is 'Hash of the concern raised last: the same one raised again goes round in a circle.';
comment on column stage.feedback is 'What the next revision must answer: {kind: changes|tests_failed|review|concern|answer, stage, comment}.';

-- Gates ---------------------------------------------------------------------------------------

alter table gate
	drop constraint gate_kind_check,
	add constraint gate_kind_check check (kind in
		('review', 'tests', 'failure', 'budget', 'price', 'conflict', 'question')),
	add column quorum integer not null default 1,
	add column role text not null default 'approver'
		check (role in ('submitter', 'approver', 'operator', 'admin')),
	add column assignee_id bigint references account,
	add column expires_at timestamptz,
	add column reminders integer not null default 0,
	add column budgets jsonb;
create index gate_expires on gate (expires_at) where state = 'open' and expires_at is not null;
comment on column gate.kind is 'review: an output; tests: a suite that fails or was not executed; failure: attempts used up; budget: over a cap; price: unknown price under a cap; conflict: agents do not agree; question: an agent asks.';
comment on column gate.quorum is 'So many different people must approve the same revision.';
comment on column gate.role is 'The least role that may decide.';
comment on column gate.assignee_id is 'Who may decide as well, since it was delegated.';
comment on column gate.expires_at is 'When people are reminded, or others are asked.';
comment on column gate.reminders is 'How often that has happened.';
comment on column gate.budgets is 'For budget: the caps in the way, [{kind, key, need}].';

create table gate_vote (
	gate_id    bigint not null references gate,
	account_id bigint not null references account,
	revision   integer not null,
	comment    text not null default '' check (length(comment) <= 20000),
	at         timestamptz not null default now(),
	primary key (gate_id, account_id, revision)
);
comment on table gate_vote is 'Approvals of a gate that asks for several. The one that completes them is the decision.';
comment on column gate_vote.gate_id is 'The question.';
comment on column gate_vote.account_id is 'Who approves.';
comment on column gate_vote.revision is 'What they had before them: votes on another count no more.';
comment on column gate_vote.comment is 'In their words.';
comment on column gate_vote.at is 'When.';

alter table decision
	drop constraint decision_kind_check,
	drop constraint decision_check,
	add constraint decision_kind_check check (kind in ('approve', 'changes', 'reject', 'skip', 'answer')),
	add constraint decision_comment_check1 check (kind not in ('changes', 'answer') or comment <> '');
comment on column decision.kind is 'approve, changes, reject; skip: go on without this stage; answer: to an agent''s question.';

create table dead_letter (
	dead_letter_id bigint generated always as identity primary key,
	run_id      bigint not null references run,
	branch      integer not null,
	node        text not null,
	attempts    integer not null,
	problem     text not null,
	at          timestamptz not null default now(),
	resolution  text check (resolution in ('resumed', 'changed', 'skipped', 'given up')),
	resolved_at timestamptz,
	check ((resolution is null) = (resolved_at is null))
);
create index dead_letter_run on dead_letter (run_id, dead_letter_id);
create index dead_letter_open on dead_letter (at) where resolution is null;
comment on table dead_letter is 'Stages whose attempts are used up. Behind each stands a gate of kind failure.';
comment on column dead_letter.dead_letter_id is 'Identity.';
comment on column dead_letter.run_id is 'The run.';
comment on column dead_letter.branch is 'The branch.';
comment on column dead_letter.node is 'The stage.';
comment on column dead_letter.attempts is 'How many failed.';
comment on column dead_letter.problem is 'What was wrong in the end.';
comment on column dead_letter.at is 'When it was put here.';
comment on column dead_letter.resolution is 'What became of it: resumed, changed, skipped, given up.';
comment on column dead_letter.resolved_at is 'When.';

-- Money and providers -------------------------------------------------------------------------

-- A project has its row always; site, days and accounts only where there is a cap, so that calls
-- under no common cap do not wait for one another. Key 0 of a day is the cap of every day.
delete from budget where kind <> '4-project' and cap_usd is null;
comment on table budget is 'Caps and what is spent and held under them. Locked in the order of the key. Only a project''s row exists without a cap.';
comment on column budget.key is '0, days since 1970 (0: the cap that every day begins with), account_id, project_id.';

create table provider_limit (
	provider      text not null,
	model         text not null,
	max_in_flight integer check (max_in_flight > 0),
	per_minute    integer check (per_minute > 0),
	in_flight     integer not null default 0 check (in_flight >= 0),
	tokens        double precision not null default 0,
	refilled_at   timestamptz not null default now(),
	primary key (provider, model)
) with (fillfactor = 50);
comment on table provider_limit is 'What a model''s server may be asked at once and in a minute, by all runners together.';
comment on column provider_limit.provider is 'Which server.';
comment on column provider_limit.model is 'Which model there.';
comment on column provider_limit.max_in_flight is 'Calls at once; null is no limit.';
comment on column provider_limit.per_minute is 'Calls a minute; null is no limit. A token bucket that holds a sixth of it.';
comment on column provider_limit.in_flight is 'Calls whose intent is stored and that have not ended.';
comment on column provider_limit.tokens is 'In the bucket at refilled_at.';
comment on column provider_limit.refilled_at is 'When that was.';

alter table llm_call add column limited boolean not null default false;
comment on column llm_call.limited is 'It counts in provider_limit.in_flight until it ends.';

-- Runners -------------------------------------------------------------------------------------

alter table runner add column pressure text;
comment on column runner.pressure is 'Why it claims less or nothing now: disk, memory, connections. Null: nothing is short.';

-- One step of a cursor, as sql/functions/0003_steps.sql takes it: to a node, or with `gate` set a
-- question at that node.
create type step as (
	run_id  bigint,
	branch  integer,
	node    text,
	came    text,
	gate    text,
	detail  text,
	amount  numeric,
	budgets jsonb
);
comment on type step is 'One step of a cursor: which, to where, by which outcome; and what is asked there, if anything.';

-- One call that a runner wants to make, while call_begin() decides on it.
create type call_ask as (
	ord        bigint,
	run_id     bigint,
	node       text,
	revision   integer,
	provider   text,
	model      text,
	hash       bytea,
	amount     numeric,
	project_id bigint,
	tenant_id  bigint,
	unpriced   boolean,
	verdict    text,
	call_id    bigint,
	response   text,
	need       numeric,
	budgets    jsonb,
	wait_s     double precision
);
comment on type call_ask is 'A call that is asked for, and what call_begin() has decided on it.';
