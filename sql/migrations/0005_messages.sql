-- SPDX-License-Identifier: MIT
-- What agents and people say to one another in a run. An agent reads what is for it when its stage
-- begins; that it has read it is written in the transaction that takes its output.

create table message (
	message_id   bigint generated always as identity primary key,
	run_id       bigint not null references run,
	sender       text,
	account_id   bigint references account,
	topic        text check (topic ~ '^[a-z][a-z0-9_-]{0,39}$'),
	recipient    text,
	priority     integer not null default 0 check (priority between -10 and 10),
	body         text compression lz4 not null check (length(body) between 1 and 20000),
	reply_to     bigint references message,
	gate_id      bigint references gate,
	at           timestamptz not null default now(),
	check ((sender is null) <> (account_id is null)),
	check ((topic is null) <> (recipient is null))
);
create index message_run on message (run_id, message_id);
comment on table message is 'What was said in a run: to one, or on a topic to all that subscribe to it. Never changed.';
comment on column message.message_id is 'Identity.';
comment on column message.run_id is 'The run.';
comment on column message.sender is 'The agent that says it, or null.';
comment on column message.account_id is 'The person who says it, or null.';
comment on column message.topic is 'On which topic, or null.';
comment on column message.recipient is 'To whom: an agent''s name, or people.';
comment on column message.priority is 'The highest is read first.';
comment on column message.body is 'Markdown.';
comment on column message.reply_to is 'What it answers.';
comment on column message.gate_id is 'The question that it asks or answers.';
comment on column message.at is 'When.';

create table subscription (
	agent text not null,
	topic text not null check (topic ~ '^[a-z][a-z0-9_-]{0,39}$'),
	primary key (agent, topic)
);
comment on table subscription is 'Which agent reads which topic, as its agent.json says.';
comment on column subscription.agent is 'The agent.';
comment on column subscription.topic is 'The topic.';

create table message_delivery (
	message_id bigint not null references message,
	agent      text not null,
	run_id     bigint not null references run,
	state      text not null default 'ready' check (state in ('ready', 'held', 'read', 'dead')),
	attempts   integer not null default 0,
	run_at     timestamptz not null default now(),
	branch     integer,
	epoch      bigint,
	read_at    timestamptz,
	problem    text,
	primary key (message_id, agent),
	check ((state = 'held') = (branch is not null and epoch is not null)),
	check ((state = 'read') = (read_at is not null))
) with (fillfactor = 70);
create index message_delivery_open on message_delivery (run_id, agent) where state in ('ready', 'held');
comment on table message_delivery is 'A message on its way to one agent.';
comment on column message_delivery.message_id is 'The message.';
comment on column message_delivery.agent is 'The agent.';
comment on column message_delivery.run_id is 'The run.';
comment on column message_delivery.state is 'ready; held by a stage that works with it; read: that stage''s output was taken; dead: given up.';
comment on column message_delivery.attempts is 'How many stages failed while they held it.';
comment on column message_delivery.run_at is 'Not before this.';
comment on column message_delivery.branch is 'The branch that holds it.';
comment on column message_delivery.epoch is 'The lease that holds it.';
comment on column message_delivery.read_at is 'When it was read.';
comment on column message_delivery.problem is 'Why it failed last.';
