-- SPDX-License-Identifier: MIT
-- What is written in volume and may go after a while: the log, and old runs' events.

create table log (
	at     timestamptz not null default now(),
	run_id bigint,
	stage  text,
	agent  text,
	level  text not null check (level in ('debug', 'info', 'warn', 'error')),
	text   text compression lz4 not null
) partition by range (at);
create table log_rest partition of log default;
create index log_run on log (run_id, at);
comment on table log is 'What runners said about runs, by day.';
comment on table log_rest is 'Of days without a partition of their own.';
comment on column log.at is 'When.';
comment on column log.run_id is 'About which run, if any.';
comment on column log.stage is 'Which stage.';
comment on column log.agent is 'Which agent.';
comment on column log.level is 'debug, info, warn, error.';
comment on column log.text is 'The line; never a secret.';
