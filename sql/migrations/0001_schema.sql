-- SPDX-License-Identifier: MIT
-- Everything that BotArmy remembers. States are text with a CHECK; the same names stand in
-- src/flow/states.c, and a test compares the two.

-- People and how they come in ------------------------------------------------------------

create table account (
	account_id  bigint generated always as identity primary key,
	name        text not null unique check (name ~ '^[[:graph:]]([[:print:]]{0,62}[[:graph:]])?$'),
	role        text not null check (role in ('viewer', 'submitter', 'approver', 'operator', 'admin')),
	password    text,
	created_at  timestamptz not null default now(),
	disabled_at timestamptz
);
comment on table account is 'A person or a script that may sign in. Also the tenant: claiming is fair between accounts.';
comment on column account.account_id is 'Identity.';
comment on column account.name is 'What a person is called on pages; unique.';
comment on column account.role is 'What the account may do on the whole site; each role includes those before it.';
comment on column account.password is 'argon2id PHC string, or null where only links and tokens are used.';
comment on column account.created_at is 'When it was made.';
comment on column account.disabled_at is 'Set: nothing of this account is accepted any more.';

create table sign_in_link (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	account_id bigint not null references account on delete cascade,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	used_at    timestamptz
);
comment on table sign_in_link is 'One-time links. Looking at one never uses it up; the form behind it does.';
comment on column sign_in_link.token_hash is 'SHA-256 of the token in the link.';
comment on column sign_in_link.account_id is 'Who is signed in by it.';
comment on column sign_in_link.created_at is 'When it was made.';
comment on column sign_in_link.expires_at is 'After this it is refused.';
comment on column sign_in_link.used_at is 'When it was used; a second use is refused.';

create table session (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	account_id bigint not null references account on delete cascade,
	created_at timestamptz not null default now(),
	seen_at    timestamptz not null default now(),
	expires_at timestamptz not null
);
create index session_account on session (account_id);
comment on table session is 'A signed-in browser.';
comment on column session.token_hash is 'SHA-256 of the cookie; form tokens are derived from the cookie, not stored.';
comment on column session.account_id is 'Who is signed in.';
comment on column session.created_at is 'When it was made.';
comment on column session.seen_at is 'Last use, written at most once a minute; the idle limit counts from here.';
comment on column session.expires_at is 'The absolute limit.';

create table api_token (
	api_token_id bigint generated always as identity primary key,
	account_id bigint not null references account on delete cascade,
	name       text not null check (length(name) between 1 and 100),
	token_hash bytea not null unique check (octet_length(token_hash) = 32),
	created_at timestamptz not null default now(),
	seen_at    timestamptz,
	revoked_at timestamptz
);
create index api_token_account on api_token (account_id);
comment on table api_token is 'Bearer tokens for scripts.';
comment on column api_token.api_token_id is 'Identity.';
comment on column api_token.account_id is 'As whom the script acts.';
comment on column api_token.name is 'What the person calls it.';
comment on column api_token.token_hash is 'SHA-256 of the token.';
comment on column api_token.created_at is 'When it was made.';
comment on column api_token.seen_at is 'Last use, written at most once a minute.';
comment on column api_token.revoked_at is 'Set: refused.';

create table idempotency (
	account_id   bigint not null references account on delete cascade,
	key          text not null check (length(key) between 1 and 200),
	request_hash bytea not null,
	status       integer,
	body         text,
	created_at   timestamptz not null default now(),
	primary key (account_id, key)
);
comment on table idempotency is 'Answers to POSTs that carried an Idempotency-Key, so that a repeated one gets the same answer.';
comment on column idempotency.account_id is 'Whose request.';
comment on column idempotency.key is 'The header''s value.';
comment on column idempotency.request_hash is 'SHA-256 of method, path and body: the same key with another request is refused.';
comment on column idempotency.status is 'HTTP status of the stored answer; null while the first request is in flight.';
comment on column idempotency.body is 'The stored answer; never one that holds a secret.';
comment on column idempotency.created_at is 'When the first request came; marks in flight expire after a minute.';

-- Workflows: immutable graphs --------------------------------------------------------------

create table workflow (
	graph_id   bigint generated always as identity primary key,
	name       text not null,
	title      text not null,
	sha256     bytea not null check (octet_length(sha256) = 32),
	source     text not null,
	start      text not null,
	created_at timestamptz not null default now(),
	unique (name, sha256)
);
comment on table workflow is 'A version of a workflow. Never changed; a run is pinned to one.';
comment on column workflow.graph_id is 'Identity of the version.';
comment on column workflow.name is 'The name people choose by: sdlc, direct.';
comment on column workflow.title is 'One line for people.';
comment on column workflow.sha256 is 'SHA-256 of the source.';
comment on column workflow.source is 'The DOT text.';
comment on column workflow.start is 'The node at which a run begins.';
comment on column workflow.created_at is 'When this version was first seen; the newest of a name is used for new runs.';

create table workflow_node (
	graph_id     bigint not null references workflow,
	node         text not null,
	kind         text not null check (kind in ('agent', 'gate', 'exit')),
	agent        text check ((kind = 'agent') = (agent is not null)),
	reviews      text check ((kind = 'gate') = (reviews is not null)),
	outcome      text check ((kind = 'exit') = (outcome is not null)),
	position     integer not null,
	max_attempts integer not null default 4 check (max_attempts between 1 and 20),
	timeout_s    integer not null default 1800 check (timeout_s between 10 and 86400),
	primary key (graph_id, node)
);
comment on table workflow_node is 'A node of a workflow version.';
comment on column workflow_node.graph_id is 'The version.';
comment on column workflow_node.node is 'Its name in the graph; for an agent''s node, the stage''s name.';
comment on column workflow_node.kind is 'agent: work; gate: a person decides; exit: the run ends.';
comment on column workflow_node.agent is 'Which agent works there.';
comment on column workflow_node.reviews is 'For a gate: the stage whose output is decided on.';
comment on column workflow_node.outcome is 'For an exit: how the run ends.';
comment on column workflow_node.position is 'Order on pages; a stage behind another goes stale when that one is done again.';
comment on column workflow_node.max_attempts is 'Failed attempts before a person is asked.';
comment on column workflow_node.timeout_s is 'Seconds after which a leased stage counts as lost.';

create table workflow_edge (
	graph_id  bigint not null,
	node      text not null,
	outcome   text not null,
	next      text not null,
	max_times integer check (max_times > 0),
	primary key (graph_id, node, outcome),
	foreign key (graph_id, node) references workflow_node,
	foreign key (graph_id, next) references workflow_node
);
comment on table workflow_edge is 'Where a node''s outcome leads.';
comment on column workflow_edge.graph_id is 'The version.';
comment on column workflow_edge.node is 'From.';
comment on column workflow_edge.outcome is 'The edge''s label: pass, fail, approve, changes, reject.';
comment on column workflow_edge.next is 'To.';
comment on column workflow_edge.max_times is 'How often a run may take it by itself; then a person is asked.';

-- Projects and runs --------------------------------------------------------------------------

create table project (
	project_id bigint generated always as identity primary key,
	account_id bigint not null references account,
	name       text not null check (length(name) between 1 and 120),
	brief      text compression lz4 not null check (length(brief) between 1 and 200000),
	stack      text not null,
	submit_key text not null,
	created_at timestamptz not null default now(),
	unique (account_id, submit_key)
);
create index project_account on project (account_id, project_id desc);
comment on table project is 'What a person asked for.';
comment on column project.project_id is 'Identity.';
comment on column project.account_id is 'The owner.';
comment on column project.name is 'What the owner calls it.';
comment on column project.brief is 'The brief, Markdown, as it was typed.';
comment on column project.stack is 'Blueprint: what kind of software is made.';
comment on column project.submit_key is 'Made with the form; the same form sent twice makes one project.';
comment on column project.created_at is 'When it was submitted.';

create table run (
	run_id     bigint generated always as identity primary key,
	project_id bigint not null references project,
	tenant_id  bigint not null references account,
	graph_id   bigint not null references workflow,
	state      text not null default 'queued' check (state in
		('queued', 'running', 'waiting', 'paused', 'done', 'failed', 'cancelled', 'rejected')),
	paused     boolean not null default false,
	unpriced   boolean not null default false,
	problem    text,
	ev_seq     bigint not null default 0,
	opened_at  timestamptz not null default now(),
	ended_at   timestamptz,
	check ((ended_at is not null) = (state in ('done', 'failed', 'cancelled', 'rejected')))
) with (fillfactor = 70);
create index run_project on run (project_id, run_id desc);
create index run_open on run (run_id) where ended_at is null;
comment on table run is 'One way of a project through a workflow.';
comment on column run.run_id is 'Identity.';
comment on column run.project_id is 'Of which project.';
comment on column run.tenant_id is 'The project''s owner, for fair claiming.';
comment on column run.graph_id is 'The workflow version that it is pinned to.';
comment on column run.state is 'queued, running, waiting (a person must act), paused, done, failed, cancelled, rejected.';
comment on column run.paused is 'A person holds it; cursors are not claimed.';
comment on column run.unpriced is 'A person has allowed calls whose price is unknown.';
comment on column run.problem is 'One sentence for people when something needs them, else null.';
comment on column run.ev_seq is 'Number of the last event; events of a run are gapless.';
comment on column run.opened_at is 'When it was queued.';
comment on column run.ended_at is 'When it ended.';

create table cursor (
	run_id    bigint not null references run,
	branch    integer not null default 0,
	tenant_id bigint not null,
	node      text not null,
	attempt   integer not null default 0,
	state     char(1) not null check (state in ('R', 'L', 'W', 'D')),
	why       text check (why in ('gate', 'retry', 'paused')),
	rank      timestamptz not null default now(),
	run_at    timestamptz not null default now(),
	epoch     bigint not null default 0,
	owner     uuid,
	deadline  timestamptz,
	primary key (run_id, branch),
	check ((state = 'L') = (owner is not null and deadline is not null)),
	check ((state = 'W') = (why is not null))
) with (fillfactor = 50);
create index cursor_ready on cursor (tenant_id, rank) where state = 'R';
create index cursor_due on cursor (run_at) where state = 'W' and why = 'retry';
create index cursor_leased on cursor (deadline) where state = 'L';
comment on table cursor is 'Where a run stands: the hot row. R ready, L leased to a runner, W waiting, D done.';
comment on column cursor.run_id is 'The run.';
comment on column cursor.branch is 'Branch of the run; 0 is the trunk.';
comment on column cursor.tenant_id is 'Copied from the run, so that claiming needs this table alone.';
comment on column cursor.node is 'The node to work on, wait at, or ended at.';
comment on column cursor.attempt is 'Failed attempts at this node since it was entered.';
comment on column cursor.state is 'R, L, W or D.';
comment on column cursor.why is 'What W waits for: gate (a person), retry (a time), paused.';
comment on column cursor.rank is 'Entry time less priority: the lowest is claimed first.';
comment on column cursor.run_at is 'For retry: when it is due.';
comment on column cursor.epoch is 'Goes up at every change of hands; half of the fence.';
comment on column cursor.owner is 'The runner that leases it; the other half of the fence.';
comment on column cursor.deadline is 'When a lease counts as lost.';

create table blob (
	sha256 bytea primary key check (octet_length(sha256) = 32),
	body   bytea compression lz4 not null
);
comment on table blob is 'File contents, stored once.';
comment on column blob.sha256 is 'SHA-256 of the body.';
comment on column blob.body is 'The bytes.';

create table artifact (
	artifact_id bigint generated always as identity primary key,
	run_id     bigint not null references run,
	node       text not null,
	revision   integer not null check (revision > 0),
	sha256     bytea not null check (octet_length(sha256) = 32),
	body       text compression lz4 not null,
	document   text compression lz4 not null,
	provider   text not null,
	model      text not null,
	created_at timestamptz not null default now(),
	unique (run_id, node, revision)
);
comment on table artifact is 'An accepted output of a stage. Never changed.';
comment on column artifact.artifact_id is 'Identity.';
comment on column artifact.run_id is 'The run.';
comment on column artifact.node is 'The stage.';
comment on column artifact.revision is 'Counts up from 1 within the stage.';
comment on column artifact.sha256 is 'SHA-256 of the body, which names its files by their SHA-256.';
comment on column artifact.body is 'The output as JSON; file contents are in blob.';
comment on column artifact.document is 'The output as Markdown, for reading and for diffs.';
comment on column artifact.provider is 'Who produced it: openai, fallback.';
comment on column artifact.model is 'The model, or the fallback''s version.';
comment on column artifact.created_at is 'When it was accepted.';

create table artifact_file (
	artifact_id bigint not null references artifact,
	path        text not null,
	sha256      bytea not null references blob,
	size        bigint not null,
	primary key (artifact_id, path)
);
comment on table artifact_file is 'The files of an application or a suite.';
comment on column artifact_file.artifact_id is 'The output.';
comment on column artifact_file.path is 'Relative path, checked.';
comment on column artifact_file.sha256 is 'The content.';
comment on column artifact_file.size is 'Bytes.';

create table stage (
	run_id      bigint not null references run,
	node        text not null,
	position    integer not null,
	agent       text not null,
	state       text not null default 'pending' check (state in
		('pending', 'running', 'waiting', 'done', 'failed', 'stale', 'skipped')),
	revision    integer not null default 0,
	attempts    integer not null default 0,
	loops       integer not null default 0,
	artifact_id bigint references artifact,
	feedback    jsonb,
	problem     text,
	queued_at   timestamptz,
	started_at  timestamptz,
	ended_at    timestamptz,
	primary key (run_id, node)
) with (fillfactor = 70);
comment on table stage is 'One agent''s part of a run, as people see it.';
comment on column stage.run_id is 'The run.';
comment on column stage.node is 'The stage''s name.';
comment on column stage.position is 'Order on pages.';
comment on column stage.agent is 'Who works.';
comment on column stage.state is 'pending, running, waiting (a person decides), done, failed, stale (an earlier stage was done again), skipped.';
comment on column stage.revision is 'Of the newest output; 0 before the first.';
comment on column stage.attempts is 'How often it was started, over all revisions.';
comment on column stage.loops is 'How often its bounded edge was taken.';
comment on column stage.artifact_id is 'The newest output.';
comment on column stage.feedback is 'What the next revision must answer: {kind: changes|tests_failed, comment}.';
comment on column stage.problem is 'Why the last attempt failed, for people.';
comment on column stage.queued_at is 'When it last became ready.';
comment on column stage.started_at is 'When it was last started.';
comment on column stage.ended_at is 'When it last ended.';

create table stage_result (
	run_id      bigint not null,
	branch      integer not null,
	epoch       bigint not null,
	node        text not null,
	attempt     integer not null,
	owner       uuid not null,
	outcome     text not null,
	artifact_id bigint references artifact,
	at          timestamptz not null default now(),
	primary key (run_id, branch, epoch),
	foreign key (run_id, branch) references cursor
);
comment on table stage_result is 'Receipts: an output was accepted once. A runner that lost its COMMIT looks here.';
comment on column stage_result.run_id is 'The run.';
comment on column stage_result.branch is 'The branch.';
comment on column stage_result.epoch is 'The lease''s epoch.';
comment on column stage_result.node is 'The stage.';
comment on column stage_result.attempt is 'Failed attempts before it.';
comment on column stage_result.owner is 'The runner.';
comment on column stage_result.outcome is 'The label of the edge taken.';
comment on column stage_result.artifact_id is 'The accepted output.';
comment on column stage_result.at is 'When.';

create table test_report (
	artifact_id  bigint primary key references artifact,
	run_id       bigint not null references run,
	files_sha256 bytea,
	executed     boolean not null,
	sandbox      text,
	total        integer not null default 0,
	passed       integer not null default 0,
	failed       integer not null default 0,
	seconds      numeric(12, 3),
	problem      text,
	created_at   timestamptz not null default now(),
	check (total = passed + failed),
	check (executed or (passed = 0 and problem is not null))
);
create index test_report_run on test_report (run_id, artifact_id desc);
comment on table test_report is 'What the sandbox saw when a suite was executed; bound to the file set by hash.';
comment on column test_report.artifact_id is 'The suite: the Tester''s output.';
comment on column test_report.run_id is 'The run.';
comment on column test_report.files_sha256 is 'Hash of the file set that was executed: application and suite.';
comment on column test_report.executed is 'False where no sandbox could start: nothing is green then.';
comment on column test_report.sandbox is 'What confined it, for people.';
comment on column test_report.total is 'Tests found by parsing.';
comment on column test_report.passed is 'Tests whose own process ended well.';
comment on column test_report.failed is 'All others.';
comment on column test_report.seconds is 'Wall time.';
comment on column test_report.problem is 'Why nothing was executed, or what ended it early.';
comment on column test_report.created_at is 'When.';

create table test_result (
	artifact_id bigint not null references test_report,
	ordinal     integer not null,
	name        text not null,
	outcome     text not null check (outcome in
		('passed', 'failed', 'error', 'skipped', 'timeout', 'missing')),
	seconds     numeric(12, 3) not null,
	log         text compression lz4 not null,
	primary key (artifact_id, ordinal)
);
comment on table test_result is 'One executed test.';
comment on column test_result.artifact_id is 'The suite.';
comment on column test_result.ordinal is 'Order in the suite.';
comment on column test_result.name is 'file::Class::method.';
comment on column test_result.outcome is 'passed, failed, error, skipped, timeout, missing.';
comment on column test_result.seconds is 'Wall time.';
comment on column test_result.log is 'What it printed, bounded.';

-- Model calls and money --------------------------------------------------------------------

create table llm_call (
	call_id       bigint generated always as identity primary key,
	run_id        bigint not null references run,
	node          text not null,
	revision      integer not null,
	call_no       integer not null,
	owner         uuid not null,
	provider      text not null,
	model         text not null,
	request_hash  bytea not null,
	state         text not null default 'intent' check (state in ('intent', 'answered', 'failed', 'lost')),
	response      text compression lz4,
	error         text,
	http_status   integer,
	input_tokens  bigint,
	output_tokens bigint,
	cost_usd      numeric(18, 9),
	started_at    timestamptz not null default now(),
	ended_at      timestamptz,
	unique (run_id, node, revision, call_no)
);
create index llm_call_intent on llm_call (owner) where state = 'intent';
comment on table llm_call is 'Every call of a paid model: the intent first, then the answer.';
comment on column llm_call.call_id is 'Identity; also the idempotency key sent where a server takes one.';
comment on column llm_call.run_id is 'The run.';
comment on column llm_call.node is 'The stage.';
comment on column llm_call.revision is 'The revision being made.';
comment on column llm_call.call_no is 'Counts up within (run, stage, revision).';
comment on column llm_call.owner is 'The runner that made it.';
comment on column llm_call.provider is 'Which server.';
comment on column llm_call.model is 'Which model was asked.';
comment on column llm_call.request_hash is 'SHA-256 of the request: an unused answer to the same request is used again, not paid again.';
comment on column llm_call.state is 'intent, answered, failed, lost (its runner died: the hold counts as spent).';
comment on column llm_call.response is 'The answer''s text.';
comment on column llm_call.error is 'Error class and sentence.';
comment on column llm_call.http_status is 'The server''s status.';
comment on column llm_call.input_tokens is 'As the server counted; null where it did not.';
comment on column llm_call.output_tokens is 'As the server counted; null where it did not.';
comment on column llm_call.cost_usd is 'US dollars; null is unknown, never 0.';
comment on column llm_call.started_at is 'When the intent was stored.';
comment on column llm_call.ended_at is 'When the answer or error was.';

create table budget (
	kind      text not null check (kind in ('1-site', '2-day', '3-account', '4-project')),
	key       bigint not null,
	cap_usd   numeric(18, 9) check (cap_usd >= 0),
	spent_usd numeric(18, 9) not null default 0 check (spent_usd >= 0),
	held_usd  numeric(18, 9) not null default 0 check (held_usd >= 0),
	primary key (kind, key)
) with (fillfactor = 50);
comment on table budget is 'Caps and what is spent and held under them. Always locked in the order of the key.';
comment on column budget.kind is 'Whole site, one day, one account, one project; the digit is the lock order.';
comment on column budget.key is '0, days since 1970, account_id, project_id.';
comment on column budget.cap_usd is 'US dollars; null is no cap.';
comment on column budget.spent_usd is 'Settled, or lost and so counted in full.';
comment on column budget.held_usd is 'The worst case of the calls in flight.';

create table budget_hold (
	call_id     bigint primary key references llm_call,
	amount_usd  numeric(18, 9) not null check (amount_usd >= 0),
	day         bigint not null,
	account_id  bigint not null,
	project_id  bigint not null,
	spent_usd   numeric(18, 9),
	unconfirmed boolean not null default false,
	settled_at  timestamptz
);
create index budget_hold_open on budget_hold (call_id) where settled_at is null;
comment on table budget_hold is 'Money set aside before a call, settled once after it.';
comment on column budget_hold.call_id is 'The call.';
comment on column budget_hold.amount_usd is 'The worst case.';
comment on column budget_hold.day is 'Under which day it was held.';
comment on column budget_hold.account_id is 'Under which account.';
comment on column budget_hold.project_id is 'Under which project.';
comment on column budget_hold.spent_usd is 'What it came to.';
comment on column budget_hold.unconfirmed is 'No usage came back: counted in full.';
comment on column budget_hold.settled_at is 'When.';

-- Gates and decisions ----------------------------------------------------------------------

create table gate (
	gate_id     bigint generated always as identity primary key,
	run_id      bigint not null,
	branch      integer not null,
	node        text not null,
	stage       text not null,
	kind        text not null check (kind in ('review', 'tests', 'failure', 'budget', 'price')),
	revision    integer not null,
	artifact_id bigint references artifact,
	state       text not null default 'open' check (state in ('open', 'decided', 'closed')),
	detail      text,
	amount_usd  numeric(18, 9),
	opened_at   timestamptz not null default now(),
	decided_at  timestamptz,
	foreign key (run_id, branch) references cursor,
	check ((state = 'open') = (decided_at is null))
);
create unique index gate_open on gate (run_id, branch) where state = 'open';
create index gate_run on gate (run_id, gate_id);
create index gate_waiting on gate (opened_at) where state = 'open';
comment on table gate is 'A question to a person; the run stands still until it is decided.';
comment on column gate.gate_id is 'Identity.';
comment on column gate.run_id is 'The run.';
comment on column gate.branch is 'The branch that waits.';
comment on column gate.node is 'Where the cursor stands.';
comment on column gate.stage is 'The stage that is decided on.';
comment on column gate.kind is 'review: an output; tests: a suite that fails or was not executed; failure: attempts used up; budget: over the cap; price: unknown price under a cap.';
comment on column gate.revision is 'The stage''s revision that is decided on; a decision must name it. 0 where there is none yet.';
comment on column gate.artifact_id is 'The output that is decided on.';
comment on column gate.state is 'open, decided, closed (the run ended otherwise).';
comment on column gate.detail is 'What happened, for people.';
comment on column gate.amount_usd is 'For budget: what the next call needs at worst.';
comment on column gate.opened_at is 'Since when it waits.';
comment on column gate.decided_at is 'When it was decided or closed.';

create table decision (
	decision_id     bigint generated always as identity primary key,
	gate_id         bigint not null unique references gate,
	account_id      bigint not null references account,
	kind            text not null check (kind in ('approve', 'changes', 'reject')),
	revision        integer not null,
	comment         text not null default '' check (length(comment) <= 20000),
	artifact_sha256 bytea,
	at              timestamptz not null default now(),
	check (kind <> 'changes' or comment <> '')
);
comment on table decision is 'What a person decided. Only gate_decide() writes here.';
comment on column decision.decision_id is 'Identity.';
comment on column decision.gate_id is 'The question.';
comment on column decision.account_id is 'Who.';
comment on column decision.kind is 'approve, changes, reject.';
comment on column decision.revision is 'What they had before them.';
comment on column decision.comment is 'In their words.';
comment on column decision.artifact_sha256 is 'Hash of what they had before them.';
comment on column decision.at is 'When.';

-- What happened --------------------------------------------------------------------------------

create table event (
	run_started timestamptz not null,
	run_id      bigint not null,
	seq         bigint not null,
	kind        text not null,
	body        jsonb not null,
	at          timestamptz not null default now(),
	primary key (run_started, run_id, seq)
) partition by range (run_started);
create table event_rest partition of event default;
create index event_run on event (run_id, seq);
comment on table event is 'What happened in a run, gapless and in commit order.';
comment on table event_rest is 'Events of runs without a partition of their own.';
comment on column event.run_started is 'The run''s opened_at: partitions go by it.';
comment on column event.run_id is 'The run.';
comment on column event.seq is 'From 1, no gaps.';
comment on column event.kind is 'agent_status, stage_completed, artifact_new, action_required, decision, cost, project_complete, error.';
comment on column event.body is 'Ids and names; never a secret, never a whole output.';
comment on column event.at is 'When.';

create table audit (
	audit_id   bigint generated always as identity primary key,
	project_id bigint references project,
	account_id bigint references account,
	action     text not null,
	body       jsonb not null,
	at         timestamptz not null default now()
);
create index audit_project on audit (project_id, audit_id);
comment on table audit is 'Who did what. Rows are only ever added.';
comment on column audit.audit_id is 'Identity.';
comment on column audit.project_id is 'About which project; null for the site.';
comment on column audit.account_id is 'Who; null for the system.';
comment on column audit.action is 'submit, approve, changes, reject, cancel, pause, resume, sign_in, …';
comment on column audit.body is 'What, by ids and hashes.';
comment on column audit.at is 'When.';

-- Runners --------------------------------------------------------------------------------------

create table runner (
	runner_id  uuid primary key,
	host       text not null,
	pid        integer not null,
	version    text not null,
	provider   text not null default 'fallback',
	model      text not null default 'template',
	started_at timestamptz not null default now(),
	seen_at    timestamptz not null default now(),
	expires_at timestamptz not null,
	ended_at   timestamptz
) with (fillfactor = 50);
create index runner_seen on runner (seen_at desc);
comment on table runner is 'Runner processes: a fresh id at each start.';
comment on column runner.runner_id is 'Random.';
comment on column runner.host is 'Host name.';
comment on column runner.pid is 'Process id there.';
comment on column runner.version is 'Program version.';
comment on column runner.provider is 'Whom it asks: openai, fallback. Only the runner knows the keys; pages learn it here.';
comment on column runner.model is 'Which model it asks for.';
comment on column runner.started_at is 'When it started.';
comment on column runner.seen_at is 'Last heartbeat.';
comment on column runner.expires_at is 'After this it is fenced: what it leases goes to others, and it may write no more.';
comment on column runner.ended_at is 'When it ended by itself.';

-- Lists ----------------------------------------------------------------------------------------

create view project_line as
select p.project_id, p.account_id, p.name, a.name as owner, r.run_id, r.state,
	case when r.ended_at is null then coalesce(n.reviews, n.node) end as stage,
	w.name as workflow, p.created_at, b.spent_usd
from project p
	join account a using (account_id)
	cross join lateral (select * from run where run.project_id = p.project_id
		order by run.run_id desc limit 1) r
	join workflow w on w.graph_id = r.graph_id
	left join cursor c on c.run_id = r.run_id and c.branch = 0
	left join workflow_node n on n.graph_id = r.graph_id and n.node = c.node
	left join budget b on b.kind = '4-project' and b.key = p.project_id;
comment on view project_line is 'A project as a line of a list: with its newest run. Every join is by key, so that a page of it costs what its rows cost.';
comment on column project_line.project_id is 'Identity.';
comment on column project_line.account_id is 'The owner.';
comment on column project_line.name is 'What the owner calls it.';
comment on column project_line.owner is 'The owner''s name.';
comment on column project_line.run_id is 'The newest run.';
comment on column project_line.state is 'The run''s state.';
comment on column project_line.stage is 'Where the run stands; null once it has ended.';
comment on column project_line.workflow is 'The run''s workflow.';
comment on column project_line.created_at is 'When the project was submitted.';
comment on column project_line.spent_usd is 'What the project has cost.';
