/* SPDX-License-Identifier: MIT */
/* What files say and the database keeps: workflows, who reads which topics, a server's limits. */
#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "model/workflow.h"
#include "runner/agent.h"
#include "runner/runner.h"

enum { SUBSCRIPTIONS = 640 };

static bool subscribe(struct runner *r, struct arena *a, struct err *e)
{
	const char *agents[SUBSCRIPTIONS], *topics[SUBSCRIPTIONS];
	const char **names;
	size_t n = 0, found;

	if (!dir_list(a, path_join(a, r->config->data_dir, "agents"), &names, &found, e))
		return false;
	for (size_t i = 0; i < found; i++) {
		const char *dir = path_join(a, path_join(a, r->config->data_dir, "agents"), names[i]);
		if (!file_exists(path_join(a, dir, "agent.json")))
			continue;
		const struct agent *g = agents_get(r->agents, names[i], e);
		if (!g)
			return false;
		for (size_t t = 0; t < g->topic_count && n < SUBSCRIPTIONS; t++) {
			agents[n] = g->name;
			topics[n++] = g->topics[t];
		}
	}
	return subscriptions_store(r->db, agents, topics, n, e);
}

/* What cannot be said to the database is said again to the next connection. */
static void trouble(struct runner *r, const char *what, struct err *e)
{
	log_error("%s: %s", what, e->msg);
	if (life_transient(e))
		r->stored = false;
	err_clear(e);
}

void store_files(struct runner *r)
{
	struct arena *a = arena_new(0);
	const struct config *cfg = r->config;
	struct err e = { 0 };

	r->stored = true;
	if (!workflows_store(r->db, cfg->data_dir, &e))
		trouble(r, "a workflow file was not taken in", &e);
	if (!subscribe(r, a, &e))
		trouble(r, "the agents' subscriptions were not taken in", &e);
	if (r->http &&
	    !provider_limit_set(r->db, r->provider, r->model, cfg->provider_calls, cfg->provider_per_minute, &e))
		trouble(r, "the model server's limits were not taken in", &e);
	arena_free(a);
}
