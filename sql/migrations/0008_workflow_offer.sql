-- SPDX-License-Identifier: MIT
-- A workflow's file that is put back to an older text makes that version the one for new runs.

alter table workflow add column offered_at timestamptz;
update workflow set offered_at = created_at;
alter table workflow alter column offered_at set not null, alter column offered_at set default now();
create index workflow_offered on workflow (name, offered_at desc, graph_id desc);
comment on table workflow is 'A version of a workflow. Never changed, but for when it was offered; a run is pinned to one.';
comment on column workflow.created_at is 'When this version was first seen.';
comment on column workflow.offered_at is 'When its file was last found to have this text after another one; the newest of a name is for new runs.';
