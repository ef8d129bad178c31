/* SPDX-License-Identifier: MIT */
/* What the tests of the engine share: runs, runners, and outputs made of nothing. */
#ifndef TESTS_RUNNER_ENGINE_H
#define TESTS_RUNNER_ENGINE_H

#include "unit.h"

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "database.h"
#include "db/db.h"
#include "model/call.h"
#include "model/engine.h"
#include "model/member.h"
#include "model/stage_input.h"
#include "model/workflow.h"

struct try {
	struct arena *a;
	struct db *db;
	struct err e;
	int64_t account, project, run;
	char one[37], two[37]; /* two live runners */
};

#define OK(t, call)                                                 \
	do {                                                        \
		if (!(call))                                        \
			fail_msg("%s: %s", #call, (t)->e.msg);      \
	} while (0)

static inline void try_submit(struct try *t, const char *workflow, const char *cap)
{
	struct rows *r;
	char key[37];

	random_uuid(key);
	OK(t, db_one(t->db, t->a, STMT_TRY_SUBMIT,
		     P(p_int(t->account), p_text(workflow), p_text(cap), p_text(key)), &r, &t->e));
	t->project = row_int(r, 0, "project_id");
	t->run = row_int(r, 0, "run_id");
}

static inline int try_begin(void **state)
{
	static struct try t;
	struct rows *r;
	char name[37];

	crypt_init();
	t = (struct try){ .a = arena_new(0), .db = db_open(database_url(), "try") };
	*state = &t;
	random_uuid(name);
	OK(&t, workflows_store(t.db, source_dir(), &t.e));
	OK(&t, db_one(t.db, t.a, STMT_TRY_ACCOUNT, P(p_text(name)), &r, &t.e));
	t.account = row_int(r, 0, "account_id");
	random_uuid(t.one);
	random_uuid(t.two);
	OK(&t, runner_register(t.db, t.one, "here", 1, "1", "fallback", "template", &t.e));
	OK(&t, runner_register(t.db, t.two, "here", 2, "1", "fallback", "template", &t.e));
	return 0;
}

/* Ends what a case left open, so that the next one claims only its own. */
static inline int try_end(void **state)
{
	struct try *t = *state;

	db_exec(t->db, STMT_TRY_CANCEL_ALL, P(p_int(t->account)), NULL);
	db_close(t->db);
	arena_free(t->a);
	return 0;
}

#define TRY(name) cmocka_unit_test_setup_teardown(name, try_begin, try_end)

static inline struct rows *try_row(struct try *t, enum stmt s, int64_t id)
{
	struct rows *r;

	OK(t, db_one(t->db, t->a, s, P(p_int(id)), &r, &t->e));
	return r;
}

static inline const char *run_text(struct try *t, const char *column)
{
	return row_text(try_row(t, STMT_TRY_RUN, t->run), 0, column);
}

static inline int64_t run_number(struct try *t, const char *column)
{
	return row_int(try_row(t, STMT_TRY_RUN, t->run), 0, column);
}

/* NULL when none is open. */
static inline struct rows *open_gate(struct try *t)
{
	struct rows *r;

	OK(t, db_maybe(t->db, t->a, STMT_TRY_GATE, P(p_int(t->run)), &r, &t->e));
	return r;
}

static inline bool decide(struct try *t, const char *kind, const char *comment)
{
	struct rows *g = open_gate(t), *r;

	assert_non_null(g);
	return db_one(t->db, t->a, STMT_TRY_DECIDE,
		      P(p_int(row_int(g, 0, "gate_id")), p_int(row_int(g, 0, "revision")), p_text(kind),
			p_text(comment), p_int(t->account)),
		      &r, &t->e);
}

static inline int64_t person(struct try *t, const char *role)
{
	struct rows *r;
	char name[37];

	random_uuid(name);
	OK(t, db_one(t->db, t->a, STMT_TRY_PERSON, P(p_text(name), p_text(role)), &r, &t->e));
	return row_int(r, 0, "account_id");
}

/* False: refused, and t->e says why. */
static inline bool decide_as(struct try *t, int64_t who, const char *kind, const char *comment, bool *open)
{
	struct rows *g = open_gate(t), *r;

	assert_non_null(g);
	if (!db_one(t->db, t->a, STMT_TRY_DECIDE,
		    P(p_int(row_int(g, 0, "gate_id")), p_int(row_int(g, 0, "revision")), p_text(kind),
		      p_text(comment), p_int(who)),
		    &r, &t->e))
		return false;
	if (open)
		*open = row_bool(r, 0, "open");
	return true;
}

/* A workflow of this name, unless there is one. Nodes: [{node, kind, …}]; edges: [node, outcome,
   next, max, meets]. */
static inline void try_graph(struct try *t, const char *name, const char *start, const char *nodes,
			     const char *edges)
{
	struct rows *r;

	OK(t, db_maybe(t->db, t->a, STMT_TRY_WORKFLOW, P(p_text(name), p_text(start)), &r, &t->e));
	if (!r)
		return;
	struct param id = p_int(row_int(r, 0, "graph_id"));
	OK(t, db_exec(t->db, STMT_TRY_NODES, P(id, p_text(nodes)), &t->e));
	OK(t, db_exec(t->db, STMT_TRY_EDGES, P(id, p_text(edges)), &t->e));
}

static inline size_t try_claim(struct try *t, const char *owner, struct lease **out)
{
	size_t n;

	OK(t, stage_claim(t->db, t->a, owner, 16, 16, out, &n, &t->e));
	return n;
}

/* Claims the one stage that is ready, which must be this one. */
static inline struct lease *must_claim(struct try *t, const char *owner, const char *node)
{
	struct lease *l;

	assert_int_equal(try_claim(t, owner, &l), 1);
	assert_string_equal(l->node, node);
	assert_int_equal(l->run, t->run);
	return l;
}

static inline struct stage_output output_of(const struct lease *l, const char *outcome)
{
	return (struct stage_output){ .lease = l,
				      .outcome = outcome,
				      .body = "{\"summary\":\"x\"}",
				      .document = "# x",
				      .provider = "fallback",
				      .model = "template" };
}

/* False: fenced. Nothing is kept. */
static inline bool try_send(struct try *t, const char *owner, const struct stage_output *o)
{
	struct stage_batch b = { .outputs = o, .output_count = 1 };
	struct lease *kept;
	size_t n;
	bool accepted = false;

	OK(t, stage_advance(t->db, t->a, owner, &b, &accepted, &kept, &n, NULL, &t->e));
	assert_int_equal(n, 0);
	return accepted;
}

static inline bool try_advance(struct try *t, const char *owner, const struct lease *l, const char *outcome)
{
	struct stage_output o = output_of(l, outcome);

	if (streq(l->agent, "tester"))
		o.report = streq(outcome, "pass")
				   ? "{\"executed\":true,\"total\":2,\"passed\":2,\"failed\":0,\"seconds\":0."
				     "5,\"tests\":["
				     "{\"name\":\"a\",\"outcome\":\"passed\",\"seconds\":0.1,\"log\":\"\"},"
				     "{\"name\":\"b\",\"outcome\":\"passed\",\"seconds\":0.4,\"log\":\"\"}]}"
			   : streq(outcome, "fail")
				   ? "{\"executed\":true,\"total\":2,\"passed\":1,\"failed\":1,\"seconds\":0."
				     "5,\"tests\":["
				     "{\"name\":\"a\",\"outcome\":\"passed\",\"seconds\":0.1,\"log\":\"\"},"
				     "{\"name\":\"b\",\"outcome\":\"failed\",\"seconds\":0.4,\"log\":\"it "
				     "broke\"}]}"
				   : "{\"executed\":false,\"problem\":\"no sandbox here\"}";
	return try_send(t, owner, &o);
}

/* Accepted, and what comes next is leased to the same runner; how many leases. */
static inline size_t try_keep(struct try *t, const char *owner, const struct stage_output *o, struct lease **kept)
{
	struct stage_batch b = { .outputs = o, .output_count = 1, .keep = true };
	size_t n;
	bool accepted = false;

	OK(t, stage_advance(t->db, t->a, owner, &b, &accepted, kept, &n, NULL, &t->e));
	assert_true(accepted);
	return n;
}

static inline const char *stage_text(struct try *t, const char *node, const char *column)
{
	struct rows *r;

	OK(t, db_one(t->db, t->a, STMT_TRY_STAGE, P(p_int(t->run), p_text(node)), &r, &t->e));
	return row_text(r, 0, column);
}

/* Claims and passes stages until `node` is claimed. */
static inline struct lease *walk_to(struct try *t, const char *owner, const char *node)
{
	for (int i = 0; i < 10; i++) {
		struct lease *l;
		assert_int_equal(try_claim(t, owner, &l), 1);
		if (streq(l->node, node))
			return l;
		assert_true(try_advance(t, owner, l, "pass"));
		if (open_gate(t))
			OK(t, decide(t, "approve", ""));
	}
	fail_msg("never reached %s", node);
	return NULL;
}

static inline void load_input(struct try *t, const char *owner, const struct lease *l, struct stage_input *out)
{
	struct stage_order o = { .lease = l, .a = t->a };

	OK(t, stage_inputs_load(t->db, owner, &o, 1, &t->e));
	if (o.problem)
		fail_msg("%s", o.problem);
	*out = o.out;
}

#endif
