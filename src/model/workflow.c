/* SPDX-License-Identifier: MIT */
#include "model/workflow.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "base/value.h"
#include "db/db.h"
#include "flow/graph.h"
#include "flow/graph_layout.h"

enum { NODES_BYTES = 1 << 20 };

struct version {
	struct arena *a;
	struct graph *graph;
	struct str source;
	const char *layout; /* NULL: it could not be drawn */
	uint8_t sha256[SHA256_LEN];
};

static struct value *node_value(struct arena *a, const struct graph_node *n)
{
	struct value *v = value_object(a);

	set_text(a, v, "node", n->name);
	set_text(a, v, "kind", node_kind_name(n->kind));
	set_text(a, v, "agent", n->agent);
	set_text(a, v, "reviews", n->reviews);
	set_text(a, v, "outcome", n->outcome);
	set_int(a, v, "position", n->position);
	set_int(a, v, "max_attempts", n->max_attempts);
	set_int(a, v, "timeout_s", n->timeout_s);
	set_int(a, v, "retry_base_s", n->retry_base_s);
	set_int(a, v, "retry_max_s", n->retry_max_s);
	set_int(a, v, "confidence", n->confidence);
	set_int(a, v, "quorum", n->quorum);
	set_text(a, v, "role", n->role);
	set_int(a, v, "expires_s", n->expires_s);
	set_text(a, v, "on_expiry", n->on_expiry);
	set_text(a, v, "expiry_to", n->expiry_to);
	set_int(a, v, "wait_s", n->wait_s);
	return v;
}

static bool add_nodes(struct db *db, const struct version *v, int64_t id, struct err *e)
{
	struct value *list = value_list(v->a);
	struct buf json;
	bool ok;

	for (size_t i = 0; i < v->graph->node_count; i++)
		value_add(v->a, list, node_value(v->a, &v->graph->nodes[i]));
	buf_init(&json, NODES_BYTES);
	value_write_json(list, &json);
	ok = db_exec(db, STMT_WORKFLOW_ADD_NODES, P(p_int(id), p_text(buf_str(&json))), e);
	buf_release(&json);
	return ok;
}

static bool add_edges(struct db *db, const struct version *v, int64_t id, struct err *e)
{
	const struct graph *g = v->graph;
	const char **col[4];
	int64_t *max = arena_array(v->a, g->edge_count, sizeof(*max));

	for (size_t c = 0; c < 4; c++)
		col[c] = arena_array(v->a, g->edge_count, sizeof(**col));
	for (size_t i = 0; i < g->edge_count; i++) {
		col[0][i] = g->nodes[g->edges[i].from].name;
		col[1][i] = g->edges[i].label;
		col[2][i] = g->nodes[g->edges[i].to].name;
		col[3][i] = g->edges[i].meets;
		max[i] = g->edges[i].max;
	}
	return db_exec(db, STMT_WORKFLOW_ADD_EDGES,
		       P(p_int(id), p_text_array(col[0], g->edge_count),
			 p_text_array(col[1], g->edge_count), p_text_array(col[2], g->edge_count),
			 p_int_array(max, g->edge_count), p_text_array(col[3], g->edge_count)),
		       e);
}

static bool add(struct db *db, void *ctx, struct err *e)
{
	const struct version *v = ctx;
	struct rows *row;

	if (!db_maybe(db, v->a, STMT_WORKFLOW_ADD,
		      P(p_text(v->graph->name), p_text(v->graph->title), p_bytes(v->sha256, SHA256_LEN),
			p_textn(v->source.s, v->source.len), p_text(v->graph->start), p_text(v->layout)),
		      &row, e))
		return false;
	if (!row)
		return true;
	int64_t id = row_int(row, 0, "graph_id");
	log_info("workflow %s has a new version, %lld", v->graph->name, (long long)id);
	return add_nodes(db, v, id, e) && add_edges(db, v, id, e);
}

static bool store(struct db *db, struct version *v, struct err *e)
{
	struct err undrawn = { 0 };
	struct rows *row;

	if (!db_one(db, v->a, STMT_WORKFLOW_KNOWN, P(p_text(v->graph->name), p_bytes(v->sha256, SHA256_LEN)),
		    &row, e))
		return false;
	if (row_bool(row, 0, "offered"))
		return true;
	if (row_bool(row, 0, "known")) {
		log_info("workflow %s goes back to an earlier version", v->graph->name);
		return db_exec(db, STMT_WORKFLOW_OFFER,
			       P(p_text(v->graph->name), p_bytes(v->sha256, SHA256_LEN)), e);
	}
	v->layout = graph_layout(v->a, v->graph, &undrawn);
	if (!v->layout)
		log_error("%s", undrawn.msg);
	return db_txn(db, add, v, NULL, e) || err_prefix(e, "workflow %s", v->graph->name);
}

static bool read_one(struct version *v, const char *dir, const char *file, const char *const *agents,
		     struct err *e)
{
	if (!file_read(v->a, path_join(v->a, dir, file), GRAPH_BYTES, &v->source, e))
		return false;
	v->graph = graph_parse(v->a, v->source.s, v->source.len, agents, e);
	if (!v->graph)
		return err_prefix(e, "%s", file);
	if (strncmp(file, v->graph->name, strlen(v->graph->name)) != 0 ||
	    !streq(file + strlen(v->graph->name), ".dot"))
		return err_set(e, ERR_INVALID, "%s: the digraph in it is named \"%s\"; both must be the same",
			       file, v->graph->name);
	sha256(v->source.s, v->source.len, v->sha256);
	return true;
}

/* The names of the agents that there are, ended by NULL. */
static bool known_agents(struct arena *a, const char *data_dir, const char *const **out, struct err *e)
{
	const char *dir = path_join(a, data_dir, "agents"), **names;
	size_t count, n = 0;

	if (!dir_list(a, dir, &names, &count, e))
		return false;
	const char **list = arena_array(a, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		if (file_exists(path_join(a, path_join(a, dir, names[i]), "agent.json")))
			list[n++] = names[i];
	*out = list;
	return true;
}

bool workflows_store(struct db *db, const char *data_dir, struct err *e)
{
	struct arena *a = arena_new(0);
	const char *dir = path_join(a, data_dir, "workflows"), **names;
	const char *const *agents;
	size_t count;
	bool ok = false;

	if (!dir_list(a, dir, &names, &count, e) || !known_agents(a, data_dir, &agents, e))
		goto out;
	ok = true;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names[i]);
		struct version v = { .a = a };
		struct err wrong = { 0 };
		if (len < 5 || strcmp(names[i] + len - 4, ".dot") != 0)
			continue;
		if (read_one(&v, dir, names[i], agents, &wrong) && store(db, &v, &wrong))
			continue;
		if (ok && e)
			*e = wrong;
		ok = false;
	}
out:
	arena_free(a);
	return ok;
}
