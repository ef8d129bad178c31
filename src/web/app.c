/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "web/app.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/file.h"
#include "base/html.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "http/respond.h"
#include "web/auth.h"
#include "web/badge.h"
#include "web/idempotency.h"
#include "web/outputs.h"
#include "web/routes.h"
#include "web/theme.h"

struct worker {
	struct app *app;
	struct db *db;
};

/* Only with --dev: one request at a time, so that templates can be changed under nobody. */
static pthread_mutex_t dev_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- what the threads share ---- */

static bool stacks_load(struct app *app, struct arena *a, struct err *e)
{
	const char **names;
	size_t count;
	char *dir = path_join(a, app->cfg->data_dir, "blueprints");
	if (!dir_list(a, dir, &names, &count, e))
		return false;
	app->stacks = arena_array(a, count + 1, sizeof(*app->stacks));
	for (size_t i = 0; i < count; i++) {
		char *file = path_join(a, path_join(a, dir, names[i]), "blueprint.json");
		if (!file_exists(file))
			continue;
		struct json_object *j = json_load(a, file, (size_t)1 << 20, e);
		if (!j)
			return false;
		app->stacks[app->stack_count++] = (struct stack){ names[i], json_get_str(j, "title", names[i]),
								  json_get_str(j, "description", "") };
	}
	if (!app->stack_count)
		log_warn("there is no blueprint in %s: no project can be submitted", dir);
	return true;
}

/* For a crontab: the runner that stands beside this program, with the same settings. */
static const char *runner_line(struct arena *a, const struct config *cfg)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	const char *slash = strrchr(self, '/');
	return arena_printf(a, "* * * * * %.*sbotarmy-runner%s%s --drain --for 55",
			    slash ? (int)(slash + 1 - self) : 0, self, cfg->file ? " --config " : "",
			    cfg->file ? cfg->file : "");
}

bool app_init(struct app *app, struct arena *a, const struct config *cfg, bool dev, struct err *e)
{
	*app = (struct app){ .cfg = cfg, .base = config_base(cfg), .dev = dev, .https = config_https(cfg),
			     .cookie = config_cookie(cfg) };
	app->runner_line = runner_line(a, cfg);
	app->sql_dir = path_join(a, cfg->data_dir, "sql");
	app->template_dir = path_join(a, cfg->data_dir, "templates");
	app->templates = templates_load(app->template_dir, e);
	app->outputs = outputs_load(a, cfg->data_dir, e);
	app->badge = badge_new();
	/* What begins so is a header of the client's. */
	if (strncmp(cfg->login_param, "HTTP_", 5) == 0)
		err_set(e, ERR_INVALID, "login_param must be a parameter that nginx sets, such as BOTARMY_LOGIN; clients choose HTTP_*");
	else if (app->templates && app->outputs && stacks_load(app, a, e))
		return true;
	app_release(app);
	return false;
}

void app_release(struct app *app)
{
	outputs_free(app->outputs);
	templates_free(app->templates);
	badge_free(app->badge);
}

static void templates_refresh(struct app *app)
{
	struct err e = { 0 };
	if (!templates_stale(app->templates))
		return;
	struct templates *fresh = templates_load(app->template_dir, &e);
	if (!fresh) {
		log_error("the templates stay as they were: %s", e.msg);
		return;
	}
	templates_free(app->templates);
	app->templates = fresh;
}

/* ---- for handlers ---- */

int64_t app_owner(const struct exchange *x)
{
	return x->who.site_role >= ROLE_APPROVER ? 0 : x->who.account_id;
}

const char *app_path(const struct exchange *x, const char *path)
{
	return arena_printf(x->arena, "%s%s", app_of(x)->base, path);
}

const char *app_url(const struct exchange *x, const char *path)
{
	return arena_printf(x->arena, "%s%s", x->cfg->public_url, path);
}

void app_title(struct exchange *x, const char *title, const char *nav)
{
	set_text(x->arena, x->page, "title", title);
	if (!nav)
		return;
	struct value *n = value_object(x->arena);
	set_bool(x->arena, n, nav, true);
	value_set(x->arena, x->page, "nav", n);
}

bool app_redirect(struct exchange *x, const char *path)
{
	response_redirect(x->arena, x->res, app_of(x)->base, path);
	return true;
}

/* ---- a request ---- */

static void page_begin(struct exchange *x)
{
	struct arena *a = x->arena;
	const struct app *app = app_of(x);
	x->page = value_object(a);
	set_url(a, x->page, "base", app->base);
	set_url(a, x->page, "url", app->cfg->public_url);
	set_text(a, x->page, "path", x->req->path);
	set_text(a, x->page, "version", PACKAGE_VERSION);
	set_text(a, x->page, "mend", app->runner_line);
	theme_show(x);
}

/* Strangers who open a page are asked to sign in, and come back to it. */
static void send_to_sign_in(struct exchange *x)
{
	struct buf next;
	buf_init(&next, 32 << 10);
	buf_adds(&next, "/sign-in");
	if (!streq(x->req->path, "/")) {
		buf_adds(&next, "?next=");
		url_escape(&next, x->req->path, strlen(x->req->path));
		if (*x->req->raw_query) {
			buf_adds(&next, "%3F");
			url_escape(&next, x->req->raw_query, strlen(x->req->raw_query));
		}
	}
	app_redirect(x, buf_ok(&next) ? arena_strdup(x->arena, buf_str(&next)) : "/sign-in");
	buf_release(&next);
	respond(x);
}

/* A whole page that is to be shown says how many turns wait. */
static void count_turns(struct exchange *x)
{
	bool page = !request_wants_json(x->req) && !request_query(x->req, "fragment");
	if (page && !x->res->stream && x->res->status != 303)
		badge_show(x);
}

static void fail(struct exchange *x, const struct err *e)
{
	if (err_status(e->class) >= 500)
		log_error("%s: %s", request_logged(x->arena, x->req), e->msg);
	else
		count_turns(x);
	respond_error(x, e);
}

static void dispatch(struct exchange *x)
{
	struct err e = { 0 }, ignored = { 0 };
	if (x->refused) {
		fail(x, x->refused);
		return;
	}
	const struct route *row = route_match(routes, route_count, x, &e);
	if (!row) {
		auth_identify(x, &ignored); /* the page says who is signed in, if it can */
		if (!x->who.account_id)
			auth_stranger(x, true);
		fail(x, &e);
		return;
	}
	bool page = (x->req->method == GET || x->req->method == HEAD) && !request_wants_json(x->req);
	bool stranger = (row->policy & ROLE_MASK) == ROLE_PUBLIC;
	if (stranger && (page || (row->policy & ORIGIN)))
		auth_stranger(x, page);
	if (row->ahead)
		row->ahead(x);
	if ((!stranger && (!auth_identify(x, &e) || !auth_place(x, row, &e))) || !route_allowed(row, x, &e)) {
		if (e.class == ERR_UNAUTHENTICATED && page && !x->req->header(x->req, "authorization"))
			send_to_sign_in(x);
		else
			fail(x, &e);
		return;
	}
	struct idempotency_mark mark = { 0 };
	if ((row->policy & IDEMPOTENT) && !idempotency_open(x, &mark, &e)) {
		fail(x, &e);
		return;
	}
	if (mark.answered)
		return;
	bool done = row->handler(x, &e);
	if (row->method == POST)
		badge_forget(app_of(x)->badge);
	if (done) {
		count_turns(x);
		respond(x);
	} else {
		fail(x, &e);
	}
	idempotency_close(x, &mark);
}

void app_handle(void *worker, struct exchange *x)
{
	struct worker *w = worker;
	x->program = w->app;
	x->cfg = w->app->cfg;
	x->db = w->db;
	if (w->app->dev) {
		pthread_mutex_lock(&dev_lock);
		templates_refresh(w->app);
	}
	x->tpl = w->app->templates;
	page_begin(x);
	dispatch(x);
	if (w->app->dev)
		pthread_mutex_unlock(&dev_lock);
	log_debug("%d %s", x->res->status, request_logged(x->arena, x->req));
}

void *app_worker_start(void *app, int index)
{
	struct worker *w = calloc(1, sizeof(*w));
	if (!w) {
		log_error("out of memory at start");
		abort();
	}
	w->app = app;
	w->db = db_open(w->app->cfg->web_database_url, "botarmy-web");
	return w;
}

void app_worker_stop(void *worker)
{
	struct worker *w = worker;
	db_close(w->db);
	free(w);
}
