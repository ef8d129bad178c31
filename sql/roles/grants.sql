-- SPDX-License-Identifier: MIT
-- What each program may do, applied anew at every migration: first nothing, then the least.
--
--   botarmy_web     reads what pages show; writes sign-ins, tokens and stored answers. Runs move
--                   and decisions fall only through functions that check (security definer).
--   botarmy_runner  moves runs and books calls. It knows nobody: no account, session, token or
--                   link. It can neither decide nor write that somebody decided.
--   botarmy_feed    reads events, and what it takes to know who may see them; says what is watched.
--   botarmy_mail    gets what is to be sent, with the addresses, from a function, and says what became of it.
--                   It reads no table.
--
-- A new table or function is closed until a line here opens it. tests/db/test_schema.sh
-- tries the borders.

do $$
begin
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail',
		current_database());
end $$;

revoke all on schema public from public, botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;
revoke all on all tables in schema public from public, botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;
revoke all on all sequences in schema public from public, botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;
revoke all on all routines in schema public from public, botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;

grant usage on schema public to botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;
grant select on schema_migration to botarmy_web, botarmy_runner, botarmy_feed, botarmy_mail;

-- Web -------------------------------------------------------------------------------------

grant select on workflow, workflow_node, workflow_edge, project, run, cursor, stage, stage_result, run_loop,
	artifact, artifact_file, blob, test_report, test_result, llm_call, budget, budget_hold, provider_limit,
	gate, gate_vote, decision, dead_letter, message, message_delivery, subscription, event, log, audit,
	audit_head, runner, account, session, sign_in_link, api_token, idempotency, project_line, project_member,
	project_access, gate_able, gate_direct, gate_stand_in, gate_turn, run_access, message_done, review,
	review_comment, review_ask, item_verdict, decision_link
	to botarmy_web;
-- What people set about themselves. Accounts, roles and links are made by functions that ask for an administrator.
grant update (password, email, mail, shortcuts, away_from, away_until, stand_in) on account to botarmy_web;
grant insert, update on api_token to botarmy_web;
grant insert, update, delete on session, idempotency to botarmy_web;

grant execute on function engine_now, project_submit, gate_decide, run_cancel, run_pause, run_retry, budget_set,
	message_send, message_revive, audit_add, account_add, account_change, account_link, account_proxied,
	sign_in_link_take, sign_in_try, sign_in_good, member_set, member_remove,
	review_send, comment_draft, comment_drop, comment_settle,
	items_mark, artifact_edit, changes_price, artifact_author, gate_others, gate_give, gate_take_back,
	message_put_aside, link_decide, remark_text, item_text
	to botarmy_web;

-- Runner ----------------------------------------------------------------------------------

-- It moves runs through functions that fence it, and writes no row of theirs itself.
grant select on project, run, cursor, stage, stage_result, artifact, artifact_file, blob, test_report, test_result,
	decision, llm_call, budget, budget_hold, provider_limit, gate, message, event, runner, watch
	to botarmy_runner;
grant select, insert, delete on live_text to botarmy_runner;
grant select, insert on workflow, workflow_node, workflow_edge, subscription to botarmy_runner;
grant update (offered_at) on workflow to botarmy_runner;
grant delete on subscription to botarmy_runner;
grant insert on blob, log to botarmy_runner;
grant insert, update on runner to botarmy_runner;
grant update (error) on llm_call to botarmy_runner;

grant execute on function engine_now, stage_claim, stage_advance, stage_retry, stage_park, stage_rescue,
	call_begin, call_end, message_take, gate_due, provider_limit_set, keep
	to botarmy_runner;

-- Feed ------------------------------------------------------------------------------------

grant select on run, project, event, stage, gate, project_access, gate_turn, gate_able, run_access to botarmy_feed;
grant select (account_id, name, role, disabled_at) on account to botarmy_feed;
grant select (token_hash, account_id, seen_at, expires_at) on session to botarmy_feed;
grant select (token_hash, account_id, revoked_at, expires_at, scopes) on api_token to botarmy_feed;
-- It says what is watched, and clears away what dead runners have left of texts.
grant select, insert, update, delete on watch to botarmy_feed;
grant select, delete on live_text to botarmy_feed;

-- Mail ------------------------------------------------------------------------------------

grant execute on function mail_take, mail_links, mail_done to botarmy_mail;
