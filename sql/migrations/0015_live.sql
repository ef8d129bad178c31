-- SPDX-License-Identifier: MIT
-- Live pages: which runs somebody watches, and what models are writing for them just now. Nothing durable
-- refers to either, and neither outlives a crash of the server.

create unlogged table watch (
	run_id bigint primary key check (run_id >= 0),
	until  timestamptz not null
);
comment on table watch is 'Runs that somebody watches: only of these are wake-ups sent and texts stored while they are written.';
comment on column watch.run_id is 'The run; 0: all runs, for pages that list them.';
comment on column watch.until is 'The feed says it again before this.';

create unlogged table live_text (
	run_id    bigint not null,
	call_id   bigint not null,
	at        integer not null check (at >= 0),
	node      text not null,
	text      text not null,
	stored_at timestamptz not null default now(),
	primary key (run_id, call_id, at)
);
create index live_text_call on live_text (call_id);
comment on table live_text is 'What a model has written so far in a call that goes on, a piece a row.';
comment on column live_text.run_id is 'The run.';
comment on column live_text.call_id is 'The call.';
comment on column live_text.at is 'Bytes of the answer before this piece.';
comment on column live_text.node is 'The stage at work.';
comment on column live_text.text is 'The piece.';
comment on column live_text.stored_at is 'When; what a dead runner has left behind goes by it.';
