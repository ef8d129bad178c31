-- SPDX-License-Identifier: MIT
-- Mail. What people are to be told is written with what it tells (mail_event); whom it concerns is found when
-- mail is made (mail_note), so that the engine pays nothing for many people; a mail tells one person
-- everything that is due, and is delivered under a lease.

create table mail_event (
	event_id bigint generated always as identity primary key,
	kind     text not null check (kind in ('waiting', 'budget', 'reminder', 'escalation', 'delegation', 'done')),
	run_id   bigint not null references run on delete cascade,
	gate_id  bigint references gate on delete cascade,
	revision integer,
	number   bigint not null,
	at       timestamptz not null,
	check ((kind = 'done') = (gate_id is null))
);
comment on table mail_event is 'What happened that people want to know by mail. Gone as soon as it is known whom it concerns.';
comment on column mail_event.event_id is 'Identity.';
comment on column mail_event.kind is 'waiting, budget: a gate opened; reminder, escalation, delegation: it waits for long; done: the run ended.';
comment on column mail_event.run_id is 'The run.';
comment on column mail_event.gate_id is 'The gate.';
comment on column mail_event.revision is 'What is to be decided on.';
comment on column mail_event.number is 'Which reminder; of an end, the run''s event number. The same is never told twice.';
comment on column mail_event.at is 'When.';

create table mail (
	mail_id     bigint generated always as identity primary key,
	account_id  bigint not null references account on delete cascade,
	message_id  uuid not null default gen_random_uuid(),
	state       text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed', 'dropped')),
	attempts    integer not null default 0,
	due_at      timestamptz not null,
	lease_until timestamptz,
	created_at  timestamptz not null,
	ended_at    timestamptz,
	check ((state = 'sending') = (lease_until is not null)),
	check ((state in ('sent', 'failed', 'dropped')) = (ended_at is not null))
) with (fillfactor = 70);
create index mail_due on mail (due_at) where state = 'queued';
create index mail_leased on mail (lease_until) where state = 'sending';
create index mail_account on mail (account_id, created_at);
create index mail_ended on mail (ended_at) where ended_at is not null;
comment on table mail is 'A message to a person.';
comment on column mail.mail_id is 'Identity.';
comment on column mail.account_id is 'To whom. The address is the one that the account has when it is sent.';
comment on column mail.message_id is 'The same in every attempt, so that a mail server can tell a repetition.';
comment on column mail.state is 'queued, sending (under a lease), sent (a server has taken it), failed (a server refuses it, or for too long none took it), dropped (nothing was left to tell).';
comment on column mail.attempts is 'How often it was begun to be sent; the fence of who sends it.';
comment on column mail.due_at is 'Not before.';
comment on column mail.lease_until is 'After this its sender counts as lost.';
comment on column mail.created_at is 'When it was made.';
comment on column mail.ended_at is 'When it was sent, failed or dropped.';

create table mail_note (
	note_id    bigint generated always as identity primary key,
	account_id bigint not null references account on delete cascade,
	kind       text not null check (kind in ('waiting', 'budget', 'reminder', 'escalation', 'delegation', 'done')),
	run_id     bigint not null references run on delete cascade,
	gate_id    bigint references gate on delete cascade,
	revision   integer,
	number     bigint not null,
	mail_id    bigint references mail on delete cascade,
	dropped_at timestamptz,
	created_at timestamptz not null,
	unique nulls not distinct (account_id, run_id, gate_id, revision, kind, number)
);
create index mail_note_new on mail_note (account_id, created_at) where mail_id is null;
create index mail_note_mail on mail_note (mail_id);
comment on table mail_note is 'What a person is told, once.';
comment on column mail_note.note_id is 'Identity.';
comment on column mail_note.account_id is 'Whom.';
comment on column mail_note.kind is 'As in mail_event.';
comment on column mail_note.run_id is 'The run.';
comment on column mail_note.gate_id is 'The gate.';
comment on column mail_note.revision is 'What is to be decided on.';
comment on column mail_note.number is 'As in mail_event.';
comment on column mail_note.mail_id is 'The message that tells it; null: none yet.';
comment on column mail_note.dropped_at is 'When there was nothing left to tell: the gate was decided meanwhile, say.';
comment on column mail_note.created_at is 'When.';

create table mail_try (
	mail_id bigint not null references mail on delete cascade,
	attempt integer not null,
	outcome text not null check (outcome in ('sent', 'later', 'refused')),
	status  integer,
	detail  text not null check (length(detail) <= 1000),
	at      timestamptz not null,
	primary key (mail_id, attempt)
);
comment on table mail_try is 'The log of deliveries.';
comment on column mail_try.mail_id is 'The message.';
comment on column mail_try.attempt is 'Counts up from 1.';
comment on column mail_try.outcome is 'sent, later (it will be tried again), refused (for good).';
comment on column mail_try.status is 'The server''s reply code; null: there was none.';
comment on column mail_try.detail is 'The server''s words, or what went wrong on the way.';
comment on column mail_try.at is 'When.';

create table decision_link (
	token_hash bytea primary key check (octet_length(token_hash) = 32),
	account_id bigint not null references account on delete cascade,
	gate_id    bigint not null references gate on delete cascade,
	revision   integer not null,
	created_at timestamptz not null,
	expires_at timestamptz not null,
	used_at    timestamptz
);
create index decision_link_expires on decision_link (expires_at);
comment on table decision_link is 'Links in mails to a decision. One lets nobody in: who opens it must be signed in as the person it was sent to.';
comment on column decision_link.token_hash is 'SHA-256 of the token in the link.';
comment on column decision_link.account_id is 'To whom it was sent.';
comment on column decision_link.gate_id is 'What is decided there.';
comment on column decision_link.revision is 'What the mail was about; another revision needs another link.';
comment on column decision_link.created_at is 'When it was made.';
comment on column decision_link.expires_at is 'After this it is refused.';
comment on column decision_link.used_at is 'When a decision was taken by it. Looking never uses it up.';

-- Whether anybody wants mail at all is asked whenever a gate opens.
create index account_mailed on account (account_id) where email is not null and mail and disabled_at is null;
