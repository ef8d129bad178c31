/* SPDX-License-Identifier: MIT */
/*
 * Every handler that the route table names. A handler fills in x->view and x->template_ (the same
 * view is the JSON), or x->res itself for a redirect or a stream; false says in `e` why not.
 * The row's policy is already satisfied when a handler runs.
 */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct exchange;

/* page_health.c */
bool page_healthz(struct exchange *x, struct err *e);
bool page_readyz(struct exchange *x, struct err *e);

/* page_sign_in.c */
bool page_sign_in(struct exchange *x, struct err *e);
bool sign_in(struct exchange *x, struct err *e);
bool page_sign_in_link(struct exchange *x, struct err *e);
bool sign_in_link(struct exchange *x, struct err *e);
bool sign_out(struct exchange *x, struct err *e);

/* theme.c */
bool theme_set(struct exchange *x, struct err *e);

/* page_home.c */
bool page_home(struct exchange *x, struct err *e);

/* page_inbox.c; params[0] of inbox_reply is the run, of inbox_aside the message */
bool page_inbox(struct exchange *x, struct err *e);
bool inbox_reply(struct exchange *x, struct err *e);
bool inbox_aside(struct exchange *x, struct err *e);

/* page_turns.c; params[0] of the gate's is the gate */
bool inbox_approve(struct exchange *x, struct err *e);
bool page_give(struct exchange *x, struct err *e);
bool gate_give(struct exchange *x, struct err *e);
bool gate_take_back(struct exchange *x, struct err *e);
bool page_away(struct exchange *x, struct err *e);
bool away_begin(struct exchange *x, struct err *e);
bool away_end(struct exchange *x, struct err *e);

/* page_conflict.c; params[0] is the gate */
bool page_conflict(struct exchange *x, struct err *e);

/* page_projects.c */
bool page_projects(struct exchange *x, struct err *e);
void projects_ahead(struct exchange *x);
bool page_project(struct exchange *x, struct err *e);
bool project_shown(struct exchange *x, int64_t id, struct err *e);

/* page_project_new.c */
bool page_project_new(struct exchange *x, struct err *e);
bool project_create(struct exchange *x, struct err *e);

/* page_settings.c */
bool page_settings(struct exchange *x, struct err *e);
bool settings_password(struct exchange *x, struct err *e);
bool settings_token_new(struct exchange *x, struct err *e);
bool settings_token_revoke(struct exchange *x, struct err *e);
bool settings_sessions_end(struct exchange *x, struct err *e);
bool settings_session_end(struct exchange *x, struct err *e);
bool settings_profile(struct exchange *x, struct err *e);

/* page_accounts.c; params[0] is the account */
bool page_accounts(struct exchange *x, struct err *e);
bool account_new(struct exchange *x, struct err *e);
bool page_account(struct exchange *x, struct err *e);
bool account_set(struct exchange *x, struct err *e);
bool account_off(struct exchange *x, struct err *e);
bool account_on(struct exchange *x, struct err *e);
bool account_link_new(struct exchange *x, struct err *e);

/* page_members.c; params[0] is the project, params[1] the account */
bool page_members(struct exchange *x, struct err *e);
bool member_put(struct exchange *x, struct err *e);
bool member_drop(struct exchange *x, struct err *e);

/* page_run.c; params[0] is the run */
bool page_run(struct exchange *x, struct err *e);
/* The run as it is now, after a form has changed it. */
bool run_shown(struct exchange *x, int64_t id, struct err *e);
bool run_cancel(struct exchange *x, struct err *e);
bool run_pause(struct exchange *x, struct err *e);
bool run_resume(struct exchange *x, struct err *e);
bool api_artifacts(struct exchange *x, struct err *e);
bool api_events(struct exchange *x, struct err *e);

/* page_stage.c; params[1] is the stage */
bool page_stage(struct exchange *x, struct err *e);
bool run_retry(struct exchange *x, struct err *e);

/* page_messages.c; params[1] is the message, params[2] the agent */
bool page_messages(struct exchange *x, struct err *e);
bool message_create(struct exchange *x, struct err *e);
bool message_revive(struct exchange *x, struct err *e);

/* page_log.c */
bool page_log(struct exchange *x, struct err *e);

/* page_dead_letters.c */
bool page_dead_letters(struct exchange *x, struct err *e);

/* page_budgets.c; params[0] of project_cap_set is the project */
bool page_budgets(struct exchange *x, struct err *e);
bool budget_change(struct exchange *x, struct err *e);
bool project_cap_set(struct exchange *x, struct err *e);

/* page_tests.c */
bool page_tests(struct exchange *x, struct err *e);

/* page_decide.c; params[0] is a token, and the gate's number once it is known */
bool page_decide(struct exchange *x, struct err *e);
bool link_decision(struct exchange *x, struct err *e);

/* page_record.c */
bool page_record(struct exchange *x, struct err *e);
bool record_download(struct exchange *x, struct err *e);

/* page_file.c; params[1] is the stage, params[2] the path */
bool page_file(struct exchange *x, struct err *e);

/* download.c; the path's ending says which archive */
bool run_download(struct exchange *x, struct err *e);

/* page_gate.c; params[0] is the gate */
bool page_gate(struct exchange *x, struct err *e);
bool gate_decide(struct exchange *x, struct err *e);
bool api_gates(struct exchange *x, struct err *e);
/* What is drafted, sent without a decision: by whoever takes part. */
bool gate_review(struct exchange *x, struct err *e);

/* page_gate_said.c; params[1] is the comment */
bool comment_create(struct exchange *x, struct err *e);
bool comment_change(struct exchange *x, struct err *e);
bool comment_delete(struct exchange *x, struct err *e);
bool comment_resolve(struct exchange *x, struct err *e);
bool comment_reopen(struct exchange *x, struct err *e);
bool gate_items(struct exchange *x, struct err *e);

/* page_gate_edit.c */
bool page_gate_edit(struct exchange *x, struct err *e);
bool gate_edit(struct exchange *x, struct err *e);

#endif
