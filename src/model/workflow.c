/* SPDX-License-Identifier: MIT */
#include "model/workflow.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "flow/graph.h"

struct version {
	struct arena *a;
	struct graph *graph;
	struct str source;
	uint8_t sha256[SHA256_LEN];
};

static bool add_nodes(struct db *db, const struct version *v, int64_t id, struct err *e)
{
	const struct graph *g = v->graph;
	const char **col[5];
	int64_t *attempts = arena_array(v->a, g->node_count, sizeof(*attempts));
	int64_t *timeouts = arena_array(v->a, g->node_count, sizeof(*timeouts));

	for (size_t c = 0; c < 5; c++)
		col[c] = arena_array(v->a, g->node_count, sizeof(**col));
	for (size_t i = 0; i < g->node_count; i++) {
		const struct graph_node *n = &g->nodes[i];
		col[0][i] = n->name;
		col[1][i] = node_kind_name(n->kind);
		col[2][i] = n->agent;
		col[3][i] = n->reviews;
		col[4][i] = n->outcome;
		attempts[i] = n->max_attempts;
		timeouts[i] = n->timeout_s;
	}
	return db_exec(db, STMT_WORKFLOW_ADD_NODES,
		       P(p_int(id), p_text_array(v->a, col[0], g->node_count),
			 p_text_array(v->a, col[1], g->node_count), p_text_array(v->a, col[2], g->node_count),
			 p_text_array(v->a, col[3], g->node_count), p_text_array(v->a, col[4], g->node_count),
			 p_int_array(v->a, attempts, g->node_count),
			 p_int_array(v->a, timeouts, g->node_count)),
		       e);
}

static bool add_edges(struct db *db, const struct version *v, int64_t id, struct err *e)
{
	const struct graph *g = v->graph;
	const char **col[3];
	int64_t *max = arena_array(v->a, g->edge_count, sizeof(*max));

	for (size_t c = 0; c < 3; c++)
		col[c] = arena_array(v->a, g->edge_count, sizeof(**col));
	for (size_t i = 0; i < g->edge_count; i++) {
		col[0][i] = g->nodes[g->edges[i].from].name;
		col[1][i] = g->edges[i].label;
		col[2][i] = g->nodes[g->edges[i].to].name;
		max[i] = g->edges[i].max;
	}
	return db_exec(db, STMT_WORKFLOW_ADD_EDGES,
		       P(p_int(id), p_text_array(v->a, col[0], g->edge_count),
			 p_text_array(v->a, col[1], g->edge_count), p_text_array(v->a, col[2], g->edge_count),
			 p_int_array(v->a, max, g->edge_count)),
		       e);
}

static bool add(struct db *db, void *ctx, struct err *e)
{
	const struct version *v = ctx;
	struct rows *row;

	if (!db_maybe(db, v->a, STMT_WORKFLOW_ADD,
		      P(p_text(v->graph->name), p_text(v->graph->title), p_bytes(v->sha256, SHA256_LEN),
			p_textn(v->source.s, v->source.len), p_text(v->graph->start)),
		      &row, e))
		return false;
	if (!row)
		return true;
	int64_t id = row_int(row, 0, "graph_id");
	log_info("workflow %s has a new version, %lld", v->graph->name, (long long)id);
	return add_nodes(db, v, id, e) && add_edges(db, v, id, e);
}

static bool read_one(struct version *v, const char *dir, const char *file, struct err *e)
{
	if (!file_read(v->a, path_join(v->a, dir, file), GRAPH_BYTES, &v->source, e))
		return false;
	v->graph = graph_parse(v->a, v->source.s, v->source.len, NULL, e);
	if (!v->graph)
		return err_prefix(e, "%s", file);
	if (strncmp(file, v->graph->name, strlen(v->graph->name)) != 0 ||
	    !streq(file + strlen(v->graph->name), ".dot"))
		return err_set(e, ERR_INVALID, "%s: the digraph in it is named \"%s\"; both must be the same",
			       file, v->graph->name);
	sha256(v->source.s, v->source.len, v->sha256);
	return true;
}

bool workflows_store(struct db *db, const char *dir, struct err *e)
{
	struct arena *a = arena_new(0);
	const char **names;
	struct version *list;
	size_t count, n = 0;
	bool ok = false;

	if (!dir_list(a, dir, &names, &count, e))
		goto out;
	list = arena_array(a, count, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names[i]);
		if (len < 5 || strcmp(names[i] + len - 4, ".dot") != 0)
			continue;
		list[n].a = a;
		if (!read_one(&list[n++], dir, names[i], e))
			goto out;
	}
	for (size_t i = 0; i < n; i++) {
		struct rows *row;
		if (!db_one(db, a, STMT_WORKFLOW_KNOWN,
			    P(p_text(list[i].graph->name), p_bytes(list[i].sha256, SHA256_LEN)), &row, e))
			goto out;
		if (!row_bool(row, 0, "known") && !db_txn(db, add, &list[i], NULL, e)) {
			err_prefix(e, "workflow %s", list[i].graph->name);
			goto out;
		}
	}
	ok = true;
out:
	arena_free(a);
	return ok;
}
