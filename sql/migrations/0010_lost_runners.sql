-- SPDX-License-Identifier: MIT
-- A stage that takes its runner down each time must not go round for ever.

alter table cursor add column lost integer not null default 0;
comment on column cursor.lost is 'How many runners were lost at this node since it was entered; ten make it a dead letter.';
