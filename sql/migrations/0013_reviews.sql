-- SPDX-License-Identifier: MIT
-- What people say at gates: comments on lines, words on single items, revisions of their own.

alter table artifact add column author_id bigint references account;
comment on column artifact.author_id is 'The person who made it by editing the revision before; null: an agent made it.';

create table review (
	review_id  bigint generated always as identity primary key,
	gate_id    bigint not null references gate,
	account_id bigint not null references account,
	revision   integer not null,
	kind       text not null check (kind in ('comment', 'approve', 'changes', 'reject', 'skip', 'answer')),
	comment    text not null default '' check (length(comment) <= 20000),
	at         timestamptz not null default now()
);
create index review_gate on review (gate_id, review_id);
comment on table review is 'What a person sent at a gate in one go, with a decision or without.';
comment on column review.review_id is 'Identity.';
comment on column review.gate_id is 'Where.';
comment on column review.account_id is 'Who.';
comment on column review.revision is 'What they had before them.';
comment on column review.kind is 'comment, or the decision or vote that it came with.';
comment on column review.comment is 'The words that go with it.';
comment on column review.at is 'When it was sent.';

create table review_comment (
	comment_id  bigint generated always as identity primary key,
	run_id      bigint not null references run,
	stage       text not null,
	revision    integer not null,
	account_id  bigint not null references account,
	path        text not null default '' check (length(path) <= 400),
	line        integer not null check (line > 0),
	line_end    integer not null check (line_end >= line),
	quote       text not null check (length(quote) <= 8000),
	body        text not null check (length(body) between 1 and 8000),
	review_id   bigint references review,
	created_at  timestamptz not null default now(),
	resolved_by bigint references account,
	resolved_at timestamptz,
	check ((resolved_by is null) = (resolved_at is null)),
	check (resolved_at is null or review_id is not null)
);
create index review_comment_stage on review_comment (run_id, stage, comment_id);
comment on table review_comment is 'Comments on lines of an output. A draft is its writer''s alone until it is sent.';
comment on column review_comment.comment_id is 'Identity.';
comment on column review_comment.run_id is 'The run.';
comment on column review_comment.stage is 'The stage whose output it is on.';
comment on column review_comment.revision is 'The revision that was looked at.';
comment on column review_comment.account_id is 'Who wrote it.';
comment on column review_comment.path is 'The file; empty: the document.';
comment on column review_comment.line is 'The first line, from 1.';
comment on column review_comment.line_end is 'The last line.';
comment on column review_comment.quote is 'These lines as they were.';
comment on column review_comment.body is 'What is said of them.';
comment on column review_comment.review_id is 'What it was sent with; null: a draft.';
comment on column review_comment.created_at is 'When it was written.';
comment on column review_comment.resolved_by is 'Who has called it settled; null: it is open.';
comment on column review_comment.resolved_at is 'When.';

create table review_ask (
	comment_id bigint not null references review_comment,
	run_id     bigint not null references run,
	node       text not null,
	revision   integer not null,
	number     integer not null check (number > 0),
	primary key (comment_id, node, revision),
	unique (run_id, node, revision, number)
);
comment on table review_ask is 'Which output is to answer a comment. Its answers name it by the number.';
comment on column review_ask.comment_id is 'The comment.';
comment on column review_ask.run_id is 'The run.';
comment on column review_ask.node is 'The stage that answers.';
comment on column review_ask.revision is 'Its revision that answers.';
comment on column review_ask.number is 'The comment''s number in what that stage was told, from 1.';

create table item_verdict (
	verdict_id bigint generated always as identity primary key,
	run_id     bigint not null references run,
	stage      text not null,
	revision   integer not null,
	account_id bigint not null references account,
	list       text not null,
	key        text not null,
	item       text not null,
	verdict    text not null check (verdict in ('approve', 'reject', 'edited')),
	comment    text not null default '' check (length(comment) <= 2000),
	sha256     bytea not null check (octet_length(sha256) = 32),
	review_id  bigint references review,
	at         timestamptz not null default now()
);
create index item_verdict_item on item_verdict (run_id, stage, list, item, verdict_id);
create unique index item_verdict_draft on item_verdict (run_id, stage, account_id, list, item)
	where review_id is null and verdict <> 'edited';
comment on table item_verdict is 'Words on single items of an output, such as a story: the newest that was sent counts, while the item is the same.';
comment on column item_verdict.verdict_id is 'Identity.';
comment on column item_verdict.run_id is 'The run.';
comment on column item_verdict.stage is 'The stage whose output it is of.';
comment on column item_verdict.revision is 'The revision that was looked at.';
comment on column item_verdict.account_id is 'Who.';
comment on column item_verdict.list is 'The member of the output that lists the items; empty: the item is a member itself.';
comment on column item_verdict.key is 'The member of an item that names it.';
comment on column item_verdict.item is 'The item''s name there.';
comment on column item_verdict.verdict is 'approve: stays as it is; reject: is to be done again; edited: a person wrote it, so it stays.';
comment on column item_verdict.comment is 'A word on it.';
comment on column item_verdict.sha256 is 'SHA-256 of the item''s JSON as it stands in the output.';
comment on column item_verdict.review_id is 'What it was sent with; null: a draft, or written by editing.';
comment on column item_verdict.at is 'When.';
