/* SPDX-License-Identifier: MIT */
/* The ways of a run through a graph: kept, parted and met, timed, in doubt, and back. */
#include "engine.h"

static void fork_graph(struct try *t)
{
	try_graph(t, "fork", "a",
		  "[{\"node\":\"a\",\"kind\":\"agent\",\"agent\":\"analyst\",\"position\":1},"
		  "{\"node\":\"d\",\"kind\":\"agent\",\"agent\":\"developer\",\"position\":2},"
		  "{\"node\":\"s\",\"kind\":\"agent\",\"agent\":\"security\",\"position\":3},"
		  "{\"node\":\"s2\",\"kind\":\"agent\",\"agent\":\"documentation\",\"position\":4},"
		  "{\"node\":\"s3\",\"kind\":\"agent\",\"agent\":\"releaser\",\"position\":5},"
		  "{\"node\":\"u\",\"kind\":\"agent\",\"agent\":\"usability\",\"position\":3},"
		  "{\"node\":\"u2\",\"kind\":\"agent\",\"agent\":\"performance\",\"position\":4},"
		  "{\"node\":\"j\",\"kind\":\"join\",\"reviews\":\"d\",\"position\":6},"
		  "{\"node\":\"done\",\"kind\":\"exit\",\"outcome\":\"done\",\"position\":7}]",
		  "[[\"a\",\"pass\",\"d\"],[\"d\",\"pass\",\"s\",null,\"j\"],[\"d\",\"pass\",\"u\",null,\"j\"],"
		  "[\"d\",\"concern\",\"a\",3],[\"s\",\"pass\",\"s2\"],[\"s\",\"fail\",\"j\"],[\"s2\",\"pass\",\"s3\"],"
		  "[\"s3\",\"pass\",\"j\"],[\"u\",\"pass\",\"u2\"],[\"u\",\"fail\",\"j\"],[\"u2\",\"pass\",\"j\"],"
		  "[\"u2\",\"fail\",\"j\"],[\"j\",\"pass\",\"done\"],[\"j\",\"fail\",\"d\",1]]");
}

static void wait_graph(struct try *t)
{
	try_graph(t, "wait", "a",
		  "[{\"node\":\"a\",\"kind\":\"agent\",\"agent\":\"analyst\",\"position\":1,\"max_attempts\":2,"
		  "\"retry_base_s\":100,\"retry_max_s\":150},"
		  "{\"node\":\"t\",\"kind\":\"timer\",\"wait_s\":60,\"position\":2},"
		  "{\"node\":\"d\",\"kind\":\"agent\",\"agent\":\"developer\",\"position\":3},"
		  "{\"node\":\"done\",\"kind\":\"exit\",\"outcome\":\"done\",\"position\":4}]",
		  "[[\"a\",\"pass\",\"t\"],[\"t\",\"pass\",\"d\"],[\"d\",\"pass\",\"done\"]]");
}

static struct rows *cursors(struct try *t)
{
	struct rows *r;

	OK(t, db_many(t->db, t->a, STMT_TRY_CURSORS, P(p_int(t->run)), &r, &t->e));
	return r;
}

static void cursor_is(struct try *t, size_t i, const char *node, const char *state, const char *why)
{
	struct rows *r = cursors(t);

	assert_true(i < rows_count(r));
	assert_string_equal(row_text(r, i, "node"), node);
	assert_string_equal(row_text(r, i, "state"), state);
	assert_string_equal(row_text(r, i, "why"), why);
}

/* The claimed or kept stage at this node, which must be there. */
static struct lease *at(struct lease *l, size_t n, const char *node)
{
	for (size_t i = 0; i < n; i++)
		if (streq(l[i].node, node))
			return &l[i];
	fail_msg("%s is not leased", node);
	return NULL;
}

static void one_runner_keeps_a_run_to_its_end_with_one_claim(void **state)
{
	struct try *t = *state;
	struct lease *l;

	try_submit(t, "direct", NULL);
	l = must_claim(t, t->one, "analyst");
	for (int i = 0; i < 4; i++) {
		struct stage_output o = output_of(l, "pass");
		assert_int_equal(try_keep(t, t->one, &o, &l), i < 3 ? 1 : 0);
		if (i < 3) {
			assert_string_equal(stage_text(t, l->node, "state"), "running");
			assert_int_equal(l->revision, 1);
			assert_true(l->confidence > 0.5 && l->confidence < 0.7);
		}
	}
	assert_string_equal(run_text(t, "state"), "done");
	assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
}

static void a_kept_cursor_is_updated_in_place(void **state)
{
	struct try *t = *state;
	struct rows *before, *after;
	struct lease *l;

	try_graph(t, "round", "a",
		  "[{\"node\":\"a\",\"kind\":\"agent\",\"agent\":\"analyst\",\"position\":1},"
		  "{\"node\":\"b\",\"kind\":\"agent\",\"agent\":\"architect\",\"position\":2},"
		  "{\"node\":\"done\",\"kind\":\"exit\",\"outcome\":\"done\",\"position\":3}]",
		  "[[\"a\",\"pass\",\"b\"],[\"b\",\"pass\",\"a\"],[\"b\",\"fail\",\"done\"]]");
	try_submit(t, "round", NULL);
	l = must_claim(t, t->one, "a");
	OK(t, db_exec(t->db, STMT_TRY_FLUSH, P_NONE, &t->e));
	OK(t, db_one(t->db, t->a, STMT_TRY_CURSOR_UPDATES, P_NONE, &before, &t->e));
	for (int i = 0; i < 200; i++) {
		struct stage_output o = output_of(l, "pass");
		assert_int_equal(try_keep(t, t->one, &o, &l), 1);
	}
	OK(t, db_exec(t->db, STMT_TRY_FLUSH, P_NONE, &t->e));
	OK(t, db_one(t->db, t->a, STMT_TRY_CURSOR_UPDATES, P_NONE, &after, &t->e));
	int64_t all = row_int(after, 0, "all") - row_int(before, 0, "all"),
		hot = row_int(after, 0, "hot") - row_int(before, 0, "hot");
	assert_true(all >= 200);
	if (hot * 10 < all * 9)
		fail_msg("%d of %d updates were in place", (int)hot, (int)all);
}

static void a_run_is_not_kept_while_another_account_waits(void **state)
{
	struct try *t = *state;
	int64_t first, busy = t->account;
	struct lease *l, *other;

	try_submit(t, "direct", NULL);
	first = t->run;
	l = must_claim(t, t->one, "analyst");
	try_submit(t, "direct", NULL); /* one's own do not count */
	struct stage_output o = output_of(l, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &l), 1);
	t->account = person(t, "submitter");
	try_submit(t, "direct", NULL);
	o = output_of(l, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &other), 0);
	/* Whoever claims one of each account serves the one that waited. */
	size_t n;
	OK(t, stage_claim(t->db, t->a, t->one, 2, 1, &l, &n, &t->e));
	assert_int_equal(n, 2);
	assert_true(l[0].run == t->run || l[1].run == t->run);
	t->run = first;
	t->account = busy;
	cursor_is(t, 0, "developer", "R", "");
}

static void branches_work_at_once_and_the_last_lets_the_trunk_go_on(void **state)
{
	struct try *t = *state;
	struct lease *l, *more;

	fork_graph(t);
	try_submit(t, "fork", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	struct stage_output o = output_of(must_claim(t, t->one, "d"), "pass");
	assert_int_equal(try_keep(t, t->one, &o, &l), 2);
	cursor_is(t, 0, "j", "W", "join");
	assert_int_equal(rows_count(cursors(t)), 3);
	struct lease s = *at(l, 2, "s"), u = *at(l, 2, "u");
	assert_true(s.branch != u.branch && s.branch > 0 && u.branch > 0);
	o = output_of(&s, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &more), 1);
	o = output_of(more, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &more), 1);
	assert_string_equal(more->node, "s3");
	o = output_of(more, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &more), 0);
	assert_string_equal(stage_text(t, "s3", "state"), "done");
	o = output_of(&u, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &more), 1);
	/* What another branch has done is not stale for this one's going on. */
	assert_string_equal(stage_text(t, "s3", "state"), "done");
	assert_string_equal(run_text(t, "state"), "running");
	o = output_of(more, "pass");
	assert_int_equal(try_keep(t, t->one, &o, &more), 0);
	assert_string_equal(run_text(t, "state"), "done");
	assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
}

/* Takes the run to its two branches, whose leases are s and u. */
static void part(struct try *t, struct lease *s, struct lease *u)
{
	struct lease *l;

	if (streq(run_text(t, "node"), "a"))
		assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "d"), "pass"));
	assert_int_equal(try_claim(t, t->one, &l), 2);
	*s = *at(l, 2, "s");
	*u = *at(l, 2, "u");
}

static void what_the_worst_branch_says_goes_back_once_and_then_to_a_person(void **state)
{
	struct try *t = *state;
	struct stage_input in;
	struct lease s, u, *l;

	fork_graph(t);
	try_submit(t, "fork", NULL);
	part(t, &s, &u);
	struct stage_output o = output_of(&u, "fail");
	o.document = "Nobody can find the button.";
	assert_true(try_send(t, t->one, &o));
	cursor_is(t, 0, "j", "W", "join");
	assert_true(try_advance(t, t->one, &s, "fail"));
	l = must_claim(t, t->one, "d");
	assert_int_equal(l->branch, 0);
	assert_int_equal(l->revision, 2);
	load_input(t, t->one, l, &in);
	struct json_object *f = json_get(in.json, "feedback");
	assert_string_equal(json_get_str(f, "kind", ""), "review");
	assert_non_null(strstr(json_get_str(f, "comment", ""), "Nobody can find the button."));
	assert_string_equal(stage_text(t, "s", "state"), "stale");
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_int_equal(try_claim(t, t->one, &l), 2);
	s = *at(l, 2, "s");
	u = *at(l, 2, "u");
	assert_true(try_advance(t, t->one, &s, "fail"));
	assert_true(try_advance(t, t->one, &u, "fail"));
	struct rows *g = open_gate(t);
	assert_non_null(g);
	assert_string_equal(row_text(g, 0, "kind"), "conflict");
	assert_string_equal(row_text(g, 0, "stage"), "d");
	OK(t, decide(t, "changes", "Move the button."));
	load_input(t, t->one, must_claim(t, t->one, "d"), &in);
	assert_string_equal(json_get_str(json_get(in.json, "feedback"), "comment", ""), "Move the button.");
	assert_string_equal(stage_text(t, "s", "state"), "stale");
}

static void a_stage_of_one_branch_reads_what_came_before_it_and_not_what_stands_beside_it(void **state)
{
	struct try *t = *state;
	struct stage_input in[2];
	struct lease s, u, *l;

	fork_graph(t);
	try_submit(t, "fork", NULL);
	part(t, &s, &u);
	load_input(t, t->one, &s, &in[0]);
	assert_non_null(json_get(json_get(in[0].json, "inputs"), "developer"));
	assert_true(try_advance(t, t->one, &s, "pass"));
	l = must_claim(t, t->one, "s2");
	struct stage_order both[] = { { .lease = &u, .a = t->a }, { .lease = l, .a = t->a } };
	OK(t, stage_inputs_load(t->db, t->one, both, 2, &t->e));
	assert_null(both[0].problem);
	assert_null(json_get(json_get(both[0].out.json, "inputs"), "security"));
	assert_non_null(json_get(json_get(both[1].out.json, "inputs"), "security"));
	struct lease nowhere = *l;
	nowhere.node = "no_such_stage";
	both[0].lease = &nowhere;
	OK(t, stage_inputs_load(t->db, t->one, both, 2, &t->e));
	assert_non_null(both[0].problem);
	assert_null(both[1].problem);
}

static void a_concern_goes_back_and_the_same_one_again_asks_a_person(void **state)
{
	struct try *t = *state;
	struct stage_input in;
	struct stage_output o;

	fork_graph(t);
	try_submit(t, "fork", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	o = output_of(must_claim(t, t->one, "d"), "concern");
	o.detail = "There is no way to sign in.";
	assert_true(try_send(t, t->one, &o));
	struct lease *l = must_claim(t, t->one, "a");
	load_input(t, t->one, l, &in);
	struct json_object *f = json_get(in.json, "feedback");
	assert_string_equal(json_get_str(f, "kind", ""), "concern");
	assert_string_equal(json_get_str(f, "stage", ""), "d");
	assert_string_equal(json_get_str(f, "comment", ""), "There is no way to sign in.");
	assert_true(try_advance(t, t->one, l, "pass"));
	o = output_of(must_claim(t, t->one, "d"), "concern");
	o.detail = "There is no way to sign out.";
	assert_true(try_send(t, t->one, &o));
	assert_null(open_gate(t)); /* another concern is not a circle */
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	o.lease = must_claim(t, t->one, "d");
	assert_true(try_send(t, t->one, &o));
	assert_string_equal(row_text(open_gate(t), 0, "kind"), "conflict");
	assert_string_equal(row_text(open_gate(t), 0, "detail"), "There is no way to sign out.");
	OK(t, decide(t, "approve", "Good enough."));
	assert_int_equal(try_claim(t, t->one, &l), 2);
}

static void a_timer_lets_the_run_go_on_when_it_is_due(void **state)
{
	struct try *t = *state;
	struct lease *none;
	bool ready;
	int64_t due;

	wait_graph(t);
	try_submit(t, "wait", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	cursor_is(t, 0, "t", "W", "timer");
	assert_int_equal(try_claim(t, t->one, &none), 0);
	OK(t, stage_pending(t->db, &ready, &due, &t->e));
	assert_false(ready);
	assert_in_range(due, 55000, 60000);
	OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	OK(t, stage_pending(t->db, &ready, &due, &t->e));
	assert_int_equal(due, 0);
	must_claim(t, t->one, "d");
}

struct look {
	struct try *t;
	bool waits; /* whether the claim's commit waits for the disk */
};

static bool claim_and_look(struct db *db, void *ctx, struct err *e)
{
	struct look *k = ctx;
	struct lease *l;
	struct rows *r;
	size_t n;

	if (!stage_claim(db, k->t->a, k->t->one, 10, 10, &l, &n, e) ||
	    !db_one(db, k->t->a, STMT_TRY_WAITS_FOR_DISK, P_NONE, &r, e))
		return false;
	assert_int_equal(n, 1);
	k->waits = row_bool(r, 0, "waits");
	return true;
}

static void leases_wait_for_the_disk_only_with_a_timer_that_ran_out(void **state)
{
	struct try *t = *state;
	struct look k = { t, true };
	struct rows *r;

	OK(t, db_exec(t->db, STMT_TRY_WAIT_FOR_DISK, P_NONE, &t->e));
	wait_graph(t);
	try_submit(t, "wait", NULL);
	OK(t, db_txn(t->db, claim_and_look, &k, NULL, &t->e));
	assert_false(k.waits);
	OK(t, db_one(t->db, t->a, STMT_TRY_WAITS_FOR_DISK, P_NONE, &r, &t->e));
	assert_true(row_bool(r, 0, "waits"));
	try_submit(t, "wait", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	OK(t, db_txn(t->db, claim_and_look, &k, NULL, &t->e));
	assert_true(k.waits);
}

static void a_node_has_its_own_attempts_and_waits(void **state)
{
	struct try *t = *state;
	enum moved moved;
	struct lease *l;

	wait_graph(t);
	try_submit(t, "wait", NULL);
	l = must_claim(t, t->one, "a");
	OK(t, stage_retry(t->db, t->one, l, 0, "first", true, &moved, &t->e));
	double wait = row_real(try_row(t, STMT_TRY_DELAY, t->run), 0, "seconds");
	assert_true(wait > 45 && wait <= 100);
	OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	l = must_claim(t, t->one, "a");
	OK(t, stage_retry(t->db, t->one, l, 0, "second", false, &moved, &t->e));
	wait = row_real(try_row(t, STMT_TRY_DELAY, t->run), 0, "seconds");
	assert_true(wait > 70 && wait <= 150); /* 200 is over its most */
	OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	OK(t, stage_retry(t->db, t->one, must_claim(t, t->one, "a"), 0, "third", true, &moved, &t->e));
	assert_int_equal(moved, MOVED_ASKED);
}

static void a_question_waits_for_its_answer_which_the_stage_reads(void **state)
{
	struct try *t = *state;
	struct stage_input in;
	enum moved moved;

	wait_graph(t);
	try_submit(t, "wait", NULL);
	struct lease *l = must_claim(t, t->one, "a");
	OK(t, stage_park(t->db, t->one, l, "question", "Metric or imperial?", NULL, NULL, &moved, &t->e));
	assert_int_equal(moved, MOVED_ASKED);
	cursor_is(t, 0, "a", "W", "answer");
	assert_string_equal(row_text(open_gate(t), 0, "kind"), "question");
	assert_false(decide(t, "approve", ""));
	assert_int_equal(t->e.class, ERR_INVALID);
	assert_false(decide(t, "answer", " "));
	OK(t, decide(t, "answer", "Metric."));
	l = must_claim(t, t->one, "a");
	assert_int_equal(l->attempt, 0);
	load_input(t, t->one, l, &in);
	struct json_object *f = json_get(in.json, "feedback");
	assert_string_equal(json_get_str(f, "kind", ""), "answer");
	assert_string_equal(json_get_str(f, "question", ""), "Metric or imperial?");
	assert_string_equal(json_get_str(f, "comment", ""), "Metric.");
	struct rows *m;
	OK(t, db_many(t->db, t->a, STMT_TRY_MESSAGES, P(p_int(t->run)), &m, &t->e));
	assert_int_equal(rows_count(m), 2);
	assert_string_equal(row_text(m, 0, "recipient"), "people");
	assert_int_equal(row_int(m, 1, "reply_to"), row_int(m, 0, "message_id"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(one_runner_keeps_a_run_to_its_end_with_one_claim),
		TRY(a_kept_cursor_is_updated_in_place),
		TRY(a_run_is_not_kept_while_another_account_waits),
		TRY(branches_work_at_once_and_the_last_lets_the_trunk_go_on),
		TRY(what_the_worst_branch_says_goes_back_once_and_then_to_a_person),
		TRY(a_stage_of_one_branch_reads_what_came_before_it_and_not_what_stands_beside_it),
		TRY(a_concern_goes_back_and_the_same_one_again_asks_a_person),
		TRY(a_timer_lets_the_run_go_on_when_it_is_due),
		TRY(leases_wait_for_the_disk_only_with_a_timer_that_ran_out),
		TRY(a_node_has_its_own_attempts_and_waits),
		TRY(a_question_waits_for_its_answer_which_the_stage_reads),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
