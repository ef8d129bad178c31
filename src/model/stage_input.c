/* SPDX-License-Identifier: MIT */
#include "model/stage_input.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"
#include "model/engine.h"
#include "model/stage_body.h"

/* Of outputs and files in memory at once, beside those that are handed out. */
#define GROUP_BYTES ((int64_t)16 << 20)

struct load {
	struct db *db;
	struct arena *a;
	const char *owner;
	struct stage_order *orders;
	size_t n;
	int64_t *runs, *branches, *epochs;
	const char **nodes, **suites; /* whose tests an order is to be told, or NULL */
};

static void add(struct json_object *o, const char *key, struct json_object *v)
{
	json_object_object_add(o, key, v);
}

static struct json_object *text(const struct rows *r, size_t row, const char *column)
{
	return row_null(r, row, column) ? NULL : json_object_new_string(row_text(r, row, column));
}

static struct stage_order *order_of(const struct load *ld, const struct rows *r, size_t row)
{
	return &ld->orders[row_int(r, row, "ord") - 1];
}

static void fail(struct stage_order *o, const char *what, const struct err *e)
{
	o->problem = arena_printf(o->a, "%s: %s", what, e->msg);
}

/* "> " before each line. */
static const char *quoted(struct arena *a, const char *text)
{
	struct str rest = str_from(text);
	const char *out = "";

	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		out = arena_printf(a, "%s%s> %.*s", out, *out ? "\n" : "", (int)line.len, line.s);
	}
	return out;
}

/* What people said of lines and of single items. */
static void add_said(struct arena *a, struct json_object *f, struct json_object *stored)
{
	static const char *const lists[] = { "comments", "kept", "redo" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct json_object *list = json_get_array(stored, lists[i]);
		add(f, lists[i], list ? json_object_get(list) : json_object_new_array());
		for (size_t k = 0; i == 0 && list && k < json_object_array_length(list); k++) {
			struct json_object *c = json_object_array_get_idx(list, k);
			add(c, "quoted", json_object_new_string(quoted(a, json_get_str(c, "quote", ""))));
		}
	}
}

static bool begin_feedback(struct stage_order *o, const char *stored, struct err *e)
{
	struct json_object *f = json_object_new_object(), *j;

	add(o->out.json, "feedback", f);
	j = json_parse(o->a, stored, strlen(stored), e);
	if (!j)
		return false;
	add(f, "kind", json_object_new_string(json_get_str(j, "kind", "changes")));
	add(f, "stage", json_object_new_string(json_get_str(j, "stage", "")));
	add(f, "comment", json_object_new_string(json_get_str(j, "comment", "")));
	add(f, "question", json_object_new_string(json_get_str(j, "question", "")));
	add(f, "total", json_object_new_int64(0));
	add(f, "failed", json_object_new_int64(0));
	add(f, "problem", NULL);
	add(f, "tests", json_object_new_array());
	add_said(o->a, f, j);
	return true;
}

static void take_runs(struct load *ld, const struct rows *r)
{
	for (size_t i = 0; i < ld->n; i++)
		ld->orders[i].problem = "there is no such stage";
	for (size_t i = 0; i < rows_count(r); i++) {
		struct stage_order *o = order_of(ld, r, i);
		struct json_object *json = json_own(o->a, json_object_new_object()),
				   *project = json_object_new_object();
		struct err bad = { 0 };

		o->problem = NULL;
		o->out.json = json;
		o->out.stack = arena_strdup(o->a, row_text(r, i, "stack"));
		add(json, "project", project);
		add(project, "name", text(r, i, "name"));
		add(project, "brief", text(r, i, "brief"));
		add(project, "stack", text(r, i, "stack"));
		add(json, "revision", json_object_new_int64(o->lease->revision));
		add(json, "inputs", json_object_new_object());
		add(json, "previous", NULL);
		add(json, "messages", json_object_new_array());
		add(json, "feedback", NULL);
		if (row_text(r, i, "feedback") && !begin_feedback(o, row_text(r, i, "feedback"), &bad))
			fail(o, "the stored feedback", &bad);
		else
			ld->suites[o - ld->orders] = row_text(r, i, "suite");
	}
}

/* Rows from `from` up to `to` of outputs that are wanted. */
static bool load_group(struct load *ld, const struct rows *want, size_t from, size_t to, struct err *e)
{
	struct arena *a = arena_new(0);
	int64_t *ids = arena_array(a, to - from, sizeof(*ids));
	struct stage_bodies *bodies;

	for (size_t i = from; i < to; i++)
		ids[i - from] = row_int(want, i, "artifact_id");
	bool ok = stage_bodies_load(ld->db, a, ids, to - from, &bodies, e);
	for (size_t i = from; ok && i < to; i++) {
		struct stage_order *o = order_of(ld, want, i);
		bool own = row_bool(want, i, "own");
		struct err bad = { 0 };
		if (o->problem)
			continue;
		struct json_object *j = stage_body(bodies, o->a, ids[i - from], own ? NULL : &o->out, &bad);
		if (!j)
			fail(o, arena_printf(a, "the stored output of %s", row_text(want, i, "node")), &bad);
		else
			add(own ? o->out.json : json_get(o->out.json, "inputs"),
			    own ? "previous" : row_text(want, i, "agent"), json_object_get(j));
	}
	arena_free(a);
	return ok;
}

static bool load_outputs(struct load *ld, const struct rows *r, struct err *e)
{
	for (size_t from = 0, to; from < rows_count(r); from = to) {
		int64_t bytes = row_int(r, from, "bytes");
		for (to = from + 1; to < rows_count(r); to++) {
			bytes += row_int(r, to, "bytes");
			if (bytes > GROUP_BYTES)
				break;
		}
		if (!load_group(ld, r, from, to, e))
			return false;
	}
	return true;
}

static bool load_tests(struct load *ld, struct err *e)
{
	struct rows *r;
	bool any = false;

	for (size_t i = 0; i < ld->n; i++)
		any |= ld->suites[i] != NULL;
	if (!any)
		return true;
	struct param runs = p_int_array(ld->runs, ld->n),
		     suites = p_text_array(ld->suites, ld->n);
	if (!db_many(ld->db, ld->a, STMT_INPUT_REPORTS, P(runs, suites), &r, e))
		return false;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct json_object *f = json_get(order_of(ld, r, i)->out.json, "feedback");
		add(f, "total", json_object_new_int64(row_int(r, i, "total")));
		add(f, "failed", json_object_new_int64(row_int(r, i, "failed")));
		add(f, "problem", text(r, i, "problem"));
	}
	if (!db_many(ld->db, ld->a, STMT_INPUT_FAILED_TESTS, P(runs, suites), &r, e))
		return false;
	for (size_t i = 0; i < rows_count(r); i++) {
		struct json_object *f = json_get(order_of(ld, r, i)->out.json, "feedback"),
				   *t = json_object_new_object();
		add(t, "name", text(r, i, "name"));
		add(t, "outcome", text(r, i, "outcome"));
		add(t, "log", text(r, i, "log"));
		json_object_array_add(json_get_array(f, "tests"), t);
	}
	return true;
}

static void take_messages(struct load *ld, const struct rows *r)
{
	for (size_t i = 0; i < rows_count(r); i++) {
		struct stage_order *o = order_of(ld, r, i);
		struct json_object *m = json_object_new_object();
		add(m, "from", text(r, i, "sender"));
		add(m, "topic", text(r, i, "topic"));
		add(m, "body", text(r, i, "body"));
		json_object_array_add(json_get_array(o->out.json, "messages"), m);
	}
}

static bool load(struct load *ld, struct err *e)
{
	struct param stages[] = { p_int_array(ld->runs, ld->n), p_text_array(ld->nodes, ld->n) },
		     leases[] = { p_text(ld->owner), stages[0], p_int_array(ld->branches, ld->n),
				  p_int_array(ld->epochs, ld->n) };
	struct db_ask asks[] = { { STMT_INPUT_RUNS, stages, 2, NULL },
				 { STMT_INPUT_OUTPUTS, stages, 2, NULL },
				 { STMT_INPUT_MESSAGES, leases, 4, NULL } };

	if (!db_many_at_once(ld->db, ld->a, asks, 3, e))
		return false;
	take_runs(ld, asks[0].rows);
	take_messages(ld, asks[2].rows);
	return load_outputs(ld, asks[1].rows, e) && load_tests(ld, e);
}

bool stage_inputs_load(struct db *db, const char *owner, struct stage_order *orders, size_t n, struct err *e)
{
	struct arena *a;
	struct load ld = { .db = db, .owner = owner, .orders = orders, .n = n };

	if (n > ENGINE_BATCH)
		return err_set(e, ERR_INVALID, "%zu stages are more than %d at once", n, ENGINE_BATCH);
	if (n == 0)
		return true;
	a = ld.a = arena_new(0);
	ld.runs = arena_array(a, n, sizeof(*ld.runs));
	ld.branches = arena_array(a, n, sizeof(*ld.branches));
	ld.epochs = arena_array(a, n, sizeof(*ld.epochs));
	ld.nodes = arena_array(a, n, sizeof(*ld.nodes));
	ld.suites = arena_array(a, n, sizeof(*ld.suites));
	for (size_t i = 0; i < n; i++) {
		const struct lease *l = orders[i].lease;
		ld.runs[i] = l->run;
		ld.branches[i] = l->branch;
		ld.epochs[i] = l->epoch;
		ld.nodes[i] = l->node;
		orders[i].out = (struct stage_input){ 0 };
		orders[i].problem = NULL;
	}
	bool ok = load(&ld, e);
	arena_free(a);
	return ok;
}
