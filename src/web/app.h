/* SPDX-License-Identifier: MIT */
/*
 * What the program's threads share, and the way of a request: route → who → policy → handler →
 * respond. A handler reaches it by app_of().
 */
#ifndef WEB_APP_H
#define WEB_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"

struct arena;
struct badge;
struct config;
struct err;
struct outputs;
struct templates;
struct value;

struct stack {
	const char *id, *title, *description;
};

struct app {
	const struct config *cfg;
	const char *base;          /* sub-path of the public URL, "" or "/sub" */
	bool https;                /* the public URL's scheme */
	const char *cookie;        /* the session cookie's name */
	const char *runner_line;   /* for a crontab, when no runner is seen */
	const char *sql_dir, *template_dir;
	struct stack *stacks;      /* of blueprints, by id */
	size_t stack_count;
	const struct outputs *outputs; /* of agents: their forms */
	struct templates *templates;
	bool dev;                  /* templates are loaded again when their files change */
	struct badge *badge;       /* how many turns wait for whom */
};

/* Reads everything that does not change while the program runs. */
bool app_init(struct app *app, struct arena *a, const struct config *cfg, bool dev, struct err *e);
void app_release(struct app *app);

/* For http/fcgi; `app` is the context. */
void *app_worker_start(void *app, int index);
void app_worker_stop(void *worker);
void app_handle(void *worker, struct exchange *x);

static inline struct app *app_of(const struct exchange *x)
{
	return x->program;
}

/* Whose projects the person sees: 0 is everybody's, else their own account's. */
int64_t app_owner(const struct exchange *x);
/* The path with the sub-path before it, and with the public URL before it. */
const char *app_path(const struct exchange *x, const char *path);
const char *app_url(const struct exchange *x, const char *path);
/* Sets the page's title and the part of the navigation that it belongs to ("projects", or NULL). */
void app_title(struct exchange *x, const char *title, const char *nav);
/* The answer to a form that is done: 303 to a path below the base. */
bool app_redirect(struct exchange *x, const char *path);

#endif
