/* SPDX-License-Identifier: MIT */
#include "web/routes.h"

#include "web/handlers.h"

/*
 * Deciding needs the role approver, or to be the owner with the role submitter. A gate is seen only
 * by its owner and by approvers and above, so the row says submitter and visibility does the rest;
 * the same goes for holding and cancelling runs.
 */
#define FORM(role) ((role) | CSRF | IDEMPOTENT)

const struct route routes[] = {
	{ GET,  "/",                              page_home,            ROLE_VIEWER },
	{ GET,  "/healthz",                       page_healthz,         ROLE_PUBLIC },
	{ GET,  "/readyz",                        page_readyz,          ROLE_PUBLIC },

	{ GET,  "/sign-in",                       page_sign_in,         ROLE_PUBLIC },
	{ POST, "/sign-in",                       sign_in,              ROLE_PUBLIC | ORIGIN },
	{ GET,  "/sign-in/:token",                page_sign_in_link,    ROLE_PUBLIC },
	{ POST, "/sign-in/:token",                sign_in_link,         ROLE_PUBLIC | ORIGIN },
	{ POST, "/sign-out",                      sign_out,             ROLE_VIEWER | CSRF },
	{ POST, "/theme",                         theme_set,            ROLE_PUBLIC | ORIGIN },

	{ GET,  "/projects",                      page_projects,        ROLE_VIEWER, projects_ahead },
	{ POST, "/projects",                      project_create,       FORM(ROLE_SUBMITTER) },
	{ GET,  "/projects/new",                  page_project_new,     ROLE_SUBMITTER },
	{ GET,  "/projects/:project",             page_project,         ROLE_VIEWER },
	{ POST, "/projects/:project/cap",         project_cap_set,      FORM(ROLE_SUBMITTER) },

	{ GET,  "/runs/:run",                     page_run,             ROLE_VIEWER },
	{ POST, "/runs/:run/cancel",              run_cancel,           FORM(ROLE_SUBMITTER) },
	{ POST, "/runs/:run/pause",               run_pause,            FORM(ROLE_SUBMITTER) },
	{ POST, "/runs/:run/resume",              run_resume,           FORM(ROLE_SUBMITTER) },
	{ GET,  "/runs/:run/stages/:stage",       page_stage,           ROLE_VIEWER },
	{ POST, "/runs/:run/stages/:stage/retry", run_retry,            FORM(ROLE_SUBMITTER) },
	{ GET,  "/runs/:run/messages",            page_messages,        ROLE_VIEWER },
	{ POST, "/runs/:run/messages",            message_create,       FORM(ROLE_SUBMITTER) },
	{ POST, "/runs/:run/messages/:message/:agent/revive", message_revive, FORM(ROLE_SUBMITTER) },
	{ GET,  "/runs/:run/log",                 page_log,             ROLE_VIEWER },
	{ GET,  "/runs/:run/tests",               page_tests,           ROLE_VIEWER },
	{ GET,  "/runs/:run/files/:stage/*path",  page_file,            ROLE_VIEWER },
	{ GET,  "/runs/:run/download.zip",        run_download,         ROLE_VIEWER },
	{ GET,  "/runs/:run/download.tar.gz",     run_download,         ROLE_VIEWER },

	{ GET,  "/gates/:gate",                   page_gate,            ROLE_VIEWER },
	{ POST, "/gates/:gate/decision",          gate_decide,          FORM(ROLE_SUBMITTER) },

	{ GET,  "/dead-letters",                  page_dead_letters,    ROLE_VIEWER },
	{ GET,  "/budgets",                       page_budgets,         ROLE_OPERATOR },
	{ POST, "/budgets",                       budget_change,        FORM(ROLE_OPERATOR) },

	{ GET,  "/settings",                      page_settings,        ROLE_VIEWER },
	{ POST, "/settings/password",             settings_password,    ROLE_VIEWER | CSRF },
	{ POST, "/settings/tokens",               settings_token_new,   ROLE_VIEWER | CSRF },
	{ POST, "/settings/tokens/:token/revoke", settings_token_revoke, ROLE_VIEWER | CSRF },
	{ POST, "/settings/sessions/end",         settings_sessions_end, ROLE_VIEWER | CSRF },

	{ GET,  "/api/v1/projects",               page_projects,        ROLE_VIEWER, projects_ahead },
	{ POST, "/api/v1/projects",               project_create,       FORM(ROLE_SUBMITTER) },
	{ GET,  "/api/v1/projects/:project",      page_project,         ROLE_VIEWER },
	{ POST, "/api/v1/projects/:project/cap",  project_cap_set,      FORM(ROLE_SUBMITTER) },
	{ GET,  "/api/v1/runs/:run",              page_run,             ROLE_VIEWER },
	{ POST, "/api/v1/runs/:run/cancel",       run_cancel,           FORM(ROLE_SUBMITTER) },
	{ POST, "/api/v1/runs/:run/pause",        run_pause,            FORM(ROLE_SUBMITTER) },
	{ POST, "/api/v1/runs/:run/resume",       run_resume,           FORM(ROLE_SUBMITTER) },
	{ POST, "/api/v1/runs/:run/stages/:stage/retry", run_retry,     FORM(ROLE_SUBMITTER) },
	{ GET,  "/api/v1/runs/:run/messages",     page_messages,        ROLE_VIEWER },
	{ POST, "/api/v1/runs/:run/messages",     message_create,       FORM(ROLE_SUBMITTER) },
	{ POST, "/api/v1/runs/:run/messages/:message/:agent/revive", message_revive, FORM(ROLE_SUBMITTER) },
	{ GET,  "/api/v1/runs/:run/log",          page_log,             ROLE_VIEWER },
	{ GET,  "/api/v1/runs/:run/artifacts",    api_artifacts,        ROLE_VIEWER },
	{ GET,  "/api/v1/runs/:run/artifacts/:stage", page_stage,       ROLE_VIEWER },
	{ GET,  "/api/v1/runs/:run/download.zip", run_download,         ROLE_VIEWER },
	{ GET,  "/api/v1/runs/:run/download.tar.gz", run_download,      ROLE_VIEWER },
	{ GET,  "/api/v1/runs/:run/events",       api_events,           ROLE_VIEWER },
	{ GET,  "/api/v1/gates",                  api_gates,            ROLE_VIEWER },
	{ GET,  "/api/v1/gates/:gate",            page_gate,            ROLE_VIEWER },
	{ POST, "/api/v1/gates/:gate/decision",   gate_decide,          FORM(ROLE_SUBMITTER) },
	{ GET,  "/api/v1/dead-letters",           page_dead_letters,    ROLE_VIEWER },
	{ GET,  "/api/v1/budgets",                page_budgets,         ROLE_OPERATOR },
	{ POST, "/api/v1/budgets",                budget_change,        FORM(ROLE_OPERATOR) },
};

const size_t route_count = sizeof(routes) / sizeof(routes[0]);
