/* SPDX-License-Identifier: MIT */
#include "web/routes.h"

#include "web/handlers.h"

/*
 * The role on a gate is approver for everybody who may decide on it, by whatever reason; who that is,
 * the view gate_able says.
 */
#define FORM(role) ((role) | CSRF | IDEMPOTENT)

const struct route routes[] = {
	{ GET,  "/",                              page_home,            ROLE_VIEWER, NULL },
	{ GET,  "/healthz",                       page_healthz,         ROLE_PUBLIC, NULL },
	{ GET,  "/readyz",                        page_readyz,          ROLE_PUBLIC, NULL },

	{ GET,  "/sign-in",                       page_sign_in,         ROLE_PUBLIC, NULL },
	{ POST, "/sign-in",                       sign_in,              ROLE_PUBLIC | ORIGIN, NULL },
	{ GET,  "/sign-in/:token",                page_sign_in_link,    ROLE_PUBLIC, NULL },
	{ POST, "/sign-in/:token",                sign_in_link,         ROLE_PUBLIC | ORIGIN, NULL },
	{ POST, "/sign-out",                      sign_out,             ROLE_VIEWER | CSRF, NULL },
	{ POST, "/theme",                         theme_set,            ROLE_PUBLIC | ORIGIN, NULL },

	{ GET,  "/inbox",                         page_inbox,           ROLE_VIEWER, NULL },
	{ POST, "/inbox/approve",                 inbox_approve,        FORM(ROLE_VIEWER), NULL },
	{ POST, "/inbox/messages/:message/aside", inbox_aside,          FORM(ROLE_VIEWER), NULL },
	{ GET,  "/inbox/away",                    page_away,            ROLE_VIEWER, NULL },
	{ POST, "/inbox/away",                    away_begin,           FORM(ROLE_VIEWER) | SESSION, NULL },
	{ POST, "/inbox/away/end",                away_end,             FORM(ROLE_VIEWER) | SESSION, NULL },

	{ GET,  "/projects",                      page_projects,        ROLE_VIEWER, projects_ahead },
	{ POST, "/projects",                      project_create,       FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/projects/new",                  page_project_new,     ROLE_SUBMITTER, NULL },
	{ GET,  "/projects/:project",             page_project,         ROLE_VIEWER, NULL },
	{ POST, "/projects/:project/cap",         project_cap_set,      FORM(ROLE_SUBMITTER), NULL },

	{ GET,  "/runs/:run",                     page_run,             ROLE_VIEWER, NULL },
	{ POST, "/runs/:run/cancel",              run_cancel,           FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/runs/:run/pause",               run_pause,            FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/runs/:run/resume",              run_resume,           FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/runs/:run/stages/:stage",       page_stage,           ROLE_VIEWER, NULL },
	{ POST, "/runs/:run/stages/:stage/retry", run_retry,            FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/runs/:run/messages",            page_messages,        ROLE_VIEWER, NULL },
	{ POST, "/runs/:run/messages",            message_create,       FORM(ROLE_SUBMITTER) | TURN, NULL },
	{ POST, "/runs/:run/messages/:message/:agent/revive", message_revive, FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/runs/:run/reply",               inbox_reply,          FORM(ROLE_SUBMITTER) | TURN, NULL },
	{ GET,  "/runs/:run/log",                 page_log,             ROLE_VIEWER, NULL },
	{ GET,  "/runs/:run/tests",               page_tests,           ROLE_VIEWER, NULL },
	{ GET,  "/runs/:run/files/:stage/*path",  page_file,            ROLE_VIEWER, NULL },
	{ GET,  "/runs/:run/download.zip",        run_download,         ROLE_VIEWER, NULL },
	{ GET,  "/runs/:run/download.tar.gz",     run_download,         ROLE_VIEWER, NULL },

	{ GET,  "/gates/:gate",                   page_gate,            ROLE_VIEWER, NULL },
	{ POST, "/gates/:gate/decision",          gate_decide,          FORM(ROLE_APPROVER), NULL },
	{ GET,  "/gates/:gate/give",              page_give,            ROLE_VIEWER, NULL },
	{ POST, "/gates/:gate/give",              gate_give,            FORM(ROLE_APPROVER), NULL },
	{ POST, "/gates/:gate/take-back",         gate_take_back,       FORM(ROLE_APPROVER), NULL },

	{ GET,  "/dead-letters",                  page_dead_letters,    ROLE_VIEWER, NULL },
	{ GET,  "/budgets",                       page_budgets,         ROLE_OPERATOR, NULL },
	{ POST, "/budgets",                       budget_change,        FORM(ROLE_OPERATOR), NULL },

	{ GET,  "/settings",                      page_settings,        ROLE_VIEWER, NULL },
	{ POST, "/settings/password",             settings_password,    ROLE_VIEWER | CSRF, NULL },
	{ POST, "/settings/tokens",               settings_token_new,   ROLE_VIEWER | CSRF, NULL },
	{ POST, "/settings/tokens/:token/revoke", settings_token_revoke, ROLE_VIEWER | CSRF, NULL },
	{ POST, "/settings/sessions/end",         settings_sessions_end, ROLE_VIEWER | CSRF, NULL },

	{ GET,  "/api/v1/inbox",                  page_inbox,           ROLE_VIEWER, NULL },
	{ POST, "/api/v1/inbox/approve",          inbox_approve,        FORM(ROLE_VIEWER), NULL },
	{ POST, "/api/v1/inbox/messages/:message/aside", inbox_aside,   FORM(ROLE_VIEWER), NULL },
	{ GET,  "/api/v1/inbox/away",             page_away,            ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/projects",               page_projects,        ROLE_VIEWER, projects_ahead },
	{ POST, "/api/v1/projects",               project_create,       FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/api/v1/projects/:project",      page_project,         ROLE_VIEWER, NULL },
	{ POST, "/api/v1/projects/:project/cap",  project_cap_set,      FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/api/v1/runs/:run",              page_run,             ROLE_VIEWER, NULL },
	{ POST, "/api/v1/runs/:run/cancel",       run_cancel,           FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/api/v1/runs/:run/pause",        run_pause,            FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/api/v1/runs/:run/resume",       run_resume,           FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/api/v1/runs/:run/stages/:stage/retry", run_retry,     FORM(ROLE_SUBMITTER), NULL },
	{ GET,  "/api/v1/runs/:run/messages",     page_messages,        ROLE_VIEWER, NULL },
	{ POST, "/api/v1/runs/:run/messages",     message_create,       FORM(ROLE_SUBMITTER) | TURN, NULL },
	{ POST, "/api/v1/runs/:run/messages/:message/:agent/revive", message_revive, FORM(ROLE_SUBMITTER), NULL },
	{ POST, "/api/v1/runs/:run/reply",        inbox_reply,          FORM(ROLE_SUBMITTER) | TURN, NULL },
	{ GET,  "/api/v1/runs/:run/log",          page_log,             ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/runs/:run/artifacts",    api_artifacts,        ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/runs/:run/artifacts/:stage", page_stage,       ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/runs/:run/download.zip", run_download,         ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/runs/:run/download.tar.gz", run_download,      ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/runs/:run/events",       api_events,           ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/gates",                  api_gates,            ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/gates/:gate",            page_gate,            ROLE_VIEWER, NULL },
	{ POST, "/api/v1/gates/:gate/decision",   gate_decide,          FORM(ROLE_APPROVER), NULL },
	{ POST, "/api/v1/gates/:gate/give",       gate_give,            FORM(ROLE_APPROVER), NULL },
	{ POST, "/api/v1/gates/:gate/take-back",  gate_take_back,       FORM(ROLE_APPROVER), NULL },
	{ GET,  "/api/v1/dead-letters",           page_dead_letters,    ROLE_VIEWER, NULL },
	{ GET,  "/api/v1/budgets",                page_budgets,         ROLE_OPERATOR, NULL },
	{ POST, "/api/v1/budgets",                budget_change,        FORM(ROLE_OPERATOR), NULL },
};

const size_t route_count = sizeof(routes) / sizeof(routes[0]);
