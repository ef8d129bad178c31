/* SPDX-License-Identifier: MIT */
/* What people decide: who may, how many it takes, what time does, and going back. */
#include "engine.h"

static void gate_graph(struct try *t)
{
	try_graph(t, "gates", "a",
		  "[{\"node\":\"a\",\"kind\":\"agent\",\"agent\":\"analyst\",\"position\":1},"
		  "{\"node\":\"g\",\"kind\":\"gate\",\"reviews\":\"a\",\"position\":2,\"quorum\":2},"
		  "{\"node\":\"d\",\"kind\":\"agent\",\"agent\":\"developer\",\"position\":3},"
		  "{\"node\":\"h\",\"kind\":\"gate\",\"reviews\":\"d\",\"position\":4,\"expires_s\":3600,"
		  "\"on_expiry\":\"escalate\",\"expiry_to\":\"operator\"},"
		  "{\"node\":\"e\",\"kind\":\"agent\",\"agent\":\"tester\",\"position\":5},"
		  "{\"node\":\"i\",\"kind\":\"gate\",\"reviews\":\"e\",\"position\":6,\"expires_s\":3600,"
		  "\"on_expiry\":\"delegate\",\"expiry_to\":\"dora\",\"role\":\"admin\"},"
		  "{\"node\":\"done\",\"kind\":\"exit\",\"outcome\":\"done\",\"position\":7},"
		  "{\"node\":\"no\",\"kind\":\"exit\",\"outcome\":\"rejected\",\"position\":8}]",
		  "[[\"a\",\"pass\",\"g\"],[\"g\",\"approve\",\"d\"],[\"g\",\"changes\",\"a\"],[\"g\",\"reject\",\"no\"],"
		  "[\"d\",\"pass\",\"h\"],[\"h\",\"approve\",\"e\"],[\"h\",\"changes\",\"d\"],"
		  "[\"e\",\"pass\",\"i\"],[\"i\",\"approve\",\"done\"]]");
}

static struct rows *gate_now(struct try *t)
{
	return try_row(t, STMT_TRY_GATE_NOW, row_int(open_gate(t), 0, "gate_id"));
}

static void expire(struct try *t)
{
	OK(t, db_exec(t->db, STMT_TRY_GATE_EXPIRE, P(p_int(row_int(open_gate(t), 0, "gate_id"))), &t->e));
	OK(t, gates_due(t->db, 100, &t->e));
}

static void two_different_people_approve_where_two_are_asked_for(void **state)
{
	struct try *t = *state;
	int64_t ann = person(t, "approver"), bob = person(t, "approver");
	bool open;

	gate_graph(t);
	try_submit(t, "gates", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	OK(t, decide_as(t, ann, "approve", "", &open));
	assert_true(open);
	assert_string_equal(run_text(t, "state"), "waiting");
	assert_false(decide_as(t, ann, "approve", "", &open));
	assert_int_equal(t->e.class, ERR_CONFLICT);
	/* Asking for changes takes one; the votes were for what there was before. */
	OK(t, decide_as(t, bob, "changes", "More.", &open));
	assert_false(open);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	OK(t, decide_as(t, bob, "approve", "", &open));
	assert_true(open);
	OK(t, decide_as(t, ann, "approve", "", &open));
	assert_false(open);
	must_claim(t, t->one, "d");
}

static void only_who_has_the_role_decides_and_an_owner_on_his_own(void **state)
{
	struct try *t = *state;
	int64_t owner, other = person(t, "submitter"), viewer = person(t, "viewer");

	gate_graph(t);
	t->account = owner = person(t, "submitter");
	try_submit(t, "gates", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	assert_false(decide_as(t, other, "reject", "", NULL));
	assert_int_equal(t->e.class, ERR_FORBIDDEN);
	assert_false(decide_as(t, viewer, "reject", "", NULL));
	assert_int_equal(t->e.class, ERR_FORBIDDEN);
	OK(t, decide_as(t, owner, "reject", "", NULL));
	assert_string_equal(run_text(t, "state"), "rejected");
}

static void time_reminds_escalates_and_delegates_but_never_decides(void **state)
{
	struct try *t = *state;
	int64_t ann = person(t, "approver"), op = person(t, "operator");
	struct rows *r;

	OK(t, db_one(t->db, t->a, STMT_TRY_PERSON, P(p_text("dora"), p_text("viewer")), &r, &t->e));
	int64_t dora = row_int(r, 0, "account_id");
	gate_graph(t);
	try_submit(t, "gates", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "a"), "pass"));
	expire(t); /* this gate has no time */
	assert_int_equal(row_int(gate_now(t), 0, "reminders"), 0);
	OK(t, decide_as(t, ann, "approve", "", NULL));
	OK(t, decide_as(t, op, "approve", "", NULL));

	assert_true(try_advance(t, t->one, must_claim(t, t->one, "d"), "pass"));
	OK(t, gates_due(t->db, 100, &t->e));
	assert_int_equal(row_int(gate_now(t), 0, "reminders"), 0);
	int64_t events = run_number(t, "events");
	expire(t);
	assert_int_equal(row_int(gate_now(t), 0, "reminders"), 1);
	assert_string_equal(row_text(gate_now(t), 0, "role"), "operator");
	assert_true(row_bool(gate_now(t), 0, "later"));
	assert_int_equal(run_number(t, "events"), events + 1);
	assert_false(decide_as(t, ann, "approve", "", NULL));
	OK(t, decide_as(t, op, "approve", "", NULL));

	assert_true(try_advance(t, t->one, must_claim(t, t->one, "e"), "pass"));
	assert_false(decide_as(t, dora, "approve", "", NULL));
	expire(t);
	assert_int_equal(row_int(gate_now(t), 0, "assignee"), dora);
	assert_string_equal(run_text(t, "state"), "waiting");
	assert_false(decide_as(t, op, "approve", "", NULL));
	OK(t, decide_as(t, dora, "approve", "", NULL));
	assert_string_equal(run_text(t, "state"), "done");
}

/* Uses up the attempts of the stage that is ready. */
static void fail_stage(struct try *t, const char *node)
{
	enum moved moved;

	for (int i = 0; i < 4; i++) {
		OK(t, stage_retry(t->db, t->one, must_claim(t, t->one, node), 0, "no answer", true, &moved, &t->e));
		OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	}
	assert_int_equal(moved, MOVED_ASKED);
}

static void letter(struct try *t, size_t i, const char *node, const char *resolution)
{
	struct rows *r;

	OK(t, db_many(t->db, t->a, STMT_TRY_DEAD_LETTERS, P(p_int(t->run)), &r, &t->e));
	assert_int_equal(rows_count(r), i + 1);
	assert_string_equal(row_text(r, i, "node"), node);
	assert_int_equal(row_int(r, i, "attempts"), 4);
	assert_string_equal(row_text(r, i, "problem"), "no answer");
	assert_string_equal(row_text(r, i, "resolution"), resolution);
}

static void a_dead_letter_is_resumed_changed_skipped_or_given_up(void **state)
{
	struct try *t = *state;
	struct stage_input in;

	try_submit(t, "direct", NULL);
	fail_stage(t, "analyst");
	letter(t, 0, "analyst", "");
	OK(t, decide(t, "approve", ""));
	letter(t, 0, "analyst", "resumed");
	fail_stage(t, "analyst");
	letter(t, 1, "analyst", "");
	OK(t, decide(t, "changes", "Shorter."));
	letter(t, 1, "analyst", "changed");
	struct lease *l = must_claim(t, t->one, "analyst");
	load_input(t, t->one, l, &in);
	assert_string_equal(json_get_str(json_get(in.json, "feedback"), "comment", ""), "Shorter.");
	assert_true(try_advance(t, t->one, l, "pass"));
	fail_stage(t, "architect");
	OK(t, decide(t, "skip", ""));
	letter(t, 2, "architect", "skipped");
	assert_string_equal(stage_text(t, "architect", "state"), "skipped");
	fail_stage(t, "developer");
	OK(t, decide(t, "reject", ""));
	letter(t, 3, "developer", "given up");
	assert_string_equal(run_text(t, "state"), "failed");
}

static bool retry(struct try *t, const char *node, const char *comment)
{
	return db_exec(t->db, STMT_TRY_RETRY, P(p_int(t->run), p_text(node), p_text(comment), p_int(t->account)),
		       &t->e);
}

static void stages_are(struct try *t, const char *analyst, const char *architect, const char *developer,
		       const char *tester)
{
	assert_string_equal(stage_text(t, "analyst", "state"), analyst);
	assert_string_equal(stage_text(t, "architect", "state"), architect);
	assert_string_equal(stage_text(t, "developer", "state"), developer);
	assert_string_equal(stage_text(t, "tester", "state"), tester);
}

static void a_running_run_goes_back_and_whoever_worked_is_fenced(void **state)
{
	struct try *t = *state;
	struct stage_input in;

	try_submit(t, "direct", NULL);
	struct lease *l = walk_to(t, t->one, "developer");
	assert_false(retry(t, "tester", ""));
	assert_int_equal(t->e.class, ERR_CONFLICT);
	assert_false(retry(t, "nobody", ""));
	assert_int_equal(t->e.class, ERR_NOT_FOUND);
	OK(t, retry(t, "analyst", "Begin anew."));
	stages_are(t, "pending", "stale", "pending", "pending");
	assert_false(try_advance(t, t->one, l, "pass"));
	assert_int_equal(run_number(t, "artifacts"), 2);
	l = must_claim(t, t->one, "analyst");
	assert_int_equal(l->revision, 2);
	load_input(t, t->one, l, &in);
	assert_string_equal(json_get_str(json_get(in.json, "feedback"), "comment", ""), "Begin anew.");
	/* Sent elsewhere again: nothing is left as if it ran. */
	OK(t, retry(t, "architect", ""));
	stages_are(t, "done", "pending", "pending", "pending");
	must_claim(t, t->one, "architect");
}

static void a_waiting_run_goes_back_and_its_question_closes(void **state)
{
	struct try *t = *state;

	try_submit(t, "sdlc", NULL);
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "architect"), "pass"));
	int64_t gate = row_int(open_gate(t), 0, "gate_id");
	OK(t, retry(t, "analyst", ""));
	assert_null(open_gate(t));
	assert_string_equal(row_text(try_row(t, STMT_TRY_GATE_NOW, gate), 0, "state"), "closed");
	assert_string_equal(run_text(t, "state"), "running");
	stages_are(t, "pending", "stale", "pending", "pending");
	must_claim(t, t->one, "analyst");
}

static void a_run_that_is_done_goes_back_and_keeps_its_outputs(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "fail")); /* uses the bound of the edge */
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "pass"));
	assert_string_equal(run_text(t, "state"), "done");
	int64_t artifacts = run_number(t, "artifacts");
	OK(t, retry(t, "architect", ""));
	assert_string_equal(run_text(t, "state"), "running");
	stages_are(t, "done", "pending", "stale", "stale");
	assert_int_equal(run_number(t, "artifacts"), artifacts);
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "fail"));
	assert_null(open_gate(t)); /* the edge may be taken anew */
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "pass"));
	assert_string_equal(run_text(t, "state"), "done");
}

static void a_failed_run_and_one_cancelled_while_paused_go_back(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "analyst"), "pass"));
	fail_stage(t, "architect");
	OK(t, decide(t, "reject", ""));
	stages_are(t, "done", "failed", "skipped", "skipped");
	OK(t, retry(t, "architect", ""));
	stages_are(t, "done", "pending", "pending", "pending");
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "architect"), "pass"));
	OK(t, db_exec(t->db, STMT_TRY_PAUSE, P(p_int(t->run), p_int(t->account), p_bool(true)), &t->e));
	assert_false(retry(t, "analyst", ""));
	OK(t, db_exec(t->db, STMT_TRY_CANCEL, P(p_int(t->run), p_int(t->account)), &t->e));
	OK(t, retry(t, "architect", ""));
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "pass"));
	assert_string_equal(run_text(t, "state"), "done");
}

/* SHA-256 over the hash before and the entry's bytes, computed here; and the heads are the last ones. */
static void each_entry_of_the_audit_is_chained_to_the_one_before(void **state)
{
	struct try *t = *state;
	struct rows *entries, *heads;
	uint8_t last[SHA256_LEN] = { 0 }, buf[SHA256_LEN + 100000];
	int64_t chain = -1, number = 0;
	size_t head = 0;

	try_submit(t, "sdlc", "1.00");
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "analyst"), "pass"));
	OK(t, decide(t, "approve", "Fine, \"quoted\" and \xc3\xa9."));
	OK(t, db_exec(t->db, STMT_TRY_CAP, P(p_text("3-account"), p_int(t->account), p_text("9"), p_int(t->account)),
		      &t->e));
	OK(t, db_many(t->db, t->a, STMT_TRY_CHAINS, P_NONE, &entries, &t->e));
	OK(t, db_many(t->db, t->a, STMT_TRY_HEADS, P_NONE, &heads, &t->e));
	size_t n = rows_count(entries);
	assert_true(n > 3 && rows_count(heads) > 1);
	for (size_t i = 0; i < n; i++) {
		const char *entry = row_text(entries, i, "entry");
		struct str hash = row_bytes(entries, i, "hash");
		if (row_int(entries, i, "chain") != chain) {
			chain = row_int(entries, i, "chain");
			number = 0;
			memset(last, 0, sizeof(last));
		}
		struct json_object *j = json_parse(t->a, entry, strlen(entry), &t->e);
		assert_non_null(j);
		assert_int_equal(json_get_int(j, "chain", -1), chain);
		assert_int_equal(json_get_int(j, "number", -1), ++number);
		assert_int_equal(row_int(entries, i, "number"), number);
		assert_true(strlen(entry) < sizeof(buf) - SHA256_LEN);
		memcpy(buf, last, SHA256_LEN);
		memcpy(buf + SHA256_LEN, entry, strlen(entry));
		sha256(buf, SHA256_LEN + strlen(entry), last);
		assert_int_equal(hash.len, SHA256_LEN);
		assert_memory_equal(hash.s, last, SHA256_LEN);
		if (i + 1 == n || row_int(entries, i + 1, "chain") != chain) {
			assert_int_equal(row_int(heads, head, "chain"), chain);
			assert_int_equal(row_int(heads, head, "number"), number);
			assert_memory_equal(row_bytes(heads, head++, "hash").s, last, SHA256_LEN);
		}
	}
	assert_int_equal(head, rows_count(heads));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(two_different_people_approve_where_two_are_asked_for),
		TRY(only_who_has_the_role_decides_and_an_owner_on_his_own),
		TRY(time_reminds_escalates_and_delegates_but_never_decides),
		TRY(a_dead_letter_is_resumed_changed_skipped_or_given_up),
		TRY(a_running_run_goes_back_and_whoever_worked_is_fenced),
		TRY(a_waiting_run_goes_back_and_its_question_closes),
		TRY(a_run_that_is_done_goes_back_and_keeps_its_outputs),
		TRY(a_failed_run_and_one_cancelled_while_paused_go_back),
		TRY(each_entry_of_the_audit_is_chained_to_the_one_before),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
