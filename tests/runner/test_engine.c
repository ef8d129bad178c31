/* SPDX-License-Identifier: MIT */
/* How a run moves: fences, receipts, retries, gates, and rescue. */
#include "engine.h"

static void a_run_goes_through_direct_and_is_done(void **state)
{
	struct try *t = *state;
	static const char *const nodes[] = { "analyst", "architect", "developer", "tester" };

	try_submit(t, "direct", NULL);
	assert_string_equal(run_text(t, "state"), "queued");
	for (size_t i = 0; i < COUNT(nodes); i++) {
		struct lease *l = must_claim(t, t->one, nodes[i]);
		assert_int_equal(l->revision, 1);
		assert_string_equal(run_text(t, "state"), "running");
		assert_true(try_advance(t, t->one, l, "pass"));
	}
	assert_string_equal(run_text(t, "state"), "done");
	assert_int_equal(run_number(t, "artifacts"), 4);
	assert_int_equal(run_number(t, "receipts"), 4);
	assert_int_equal(run_number(t, "events"), run_number(t, "ev_seq"));
	assert_int_equal(run_number(t, "distinct_events"), run_number(t, "ev_seq"));
}

static void an_output_is_accepted_once(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_false(try_advance(t, t->one, l, "pass"));
	assert_int_equal(run_number(t, "artifacts"), 1);
	assert_string_equal(run_text(t, "node"), "architect");
}

static void neither_the_epoch_nor_the_owner_alone_is_enough(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	struct lease *l = must_claim(t, t->one, "analyst");
	struct lease other = *l;
	assert_false(try_advance(t, t->two, l, "pass"));
	other.epoch++;
	assert_false(try_advance(t, t->one, &other, "pass"));
	assert_int_equal(run_number(t, "artifacts"), 0);
	assert_true(try_advance(t, t->one, l, "pass"));
}

static void a_receipt_tells_whether_a_lost_commit_happened(void **state)
{
	struct try *t = *state;
	bool got[2];

	try_submit(t, "direct", NULL);
	struct lease *first = must_claim(t, t->one, "analyst");
	assert_true(try_advance(t, t->one, first, "pass"));
	struct lease *second = must_claim(t, t->one, "architect");
	struct stage_output both[] = { output_of(first, "pass"), output_of(second, "pass") };
	OK(t, stage_receipts(t->db, t->one, both, 1, got, &t->e));
	assert_true(got[0]);
	OK(t, stage_receipts(t->db, t->one, both + 1, 1, got, &t->e));
	assert_false(got[0]);
	OK(t, stage_receipts(t->db, t->two, both, 1, got, &t->e));
	assert_false(got[0]);
}

static void a_dead_runners_stage_goes_to_another_and_the_dead_may_write_no_more(void **state)
{
	struct try *t = *state;
	size_t n;

	try_submit(t, "direct", NULL);
	struct lease *lost = must_claim(t, t->one, "analyst");
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	assert_int_equal(n, 0);
	OK(t, db_exec(t->db, STMT_TRY_EXPIRE, P(p_text(t->one)), &t->e));
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	assert_int_equal(n, 1);
	struct lease *found = must_claim(t, t->two, "analyst");
	assert_false(try_advance(t, t->one, lost, "pass"));
	assert_true(try_advance(t, t->two, found, "pass"));
	assert_int_equal(run_number(t, "artifacts"), 1);

	bool alive = true;
	OK(t, runner_heartbeat(t->db, t->one, NULL, &alive, &t->e));
	assert_false(alive);
	struct lease *none;
	assert_int_equal(try_claim(t, t->one, &none), 0);
}

static void an_overdue_stage_and_one_of_a_runner_that_ended_are_rescued(void **state)
{
	struct try *t = *state;
	size_t n;

	try_submit(t, "direct", NULL);
	must_claim(t, t->one, "analyst");
	OK(t, db_exec(t->db, STMT_TRY_OVERDUE, P(p_int(t->run)), &t->e));
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	assert_int_equal(n, 1);
	must_claim(t, t->one, "analyst");
	OK(t, runner_end(t->db, t->one, &t->e));
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	assert_int_equal(n, 1);
}

static void attempts_used_up_ask_a_person_who_can_let_it_go_on(void **state)
{
	struct try *t = *state;
	enum moved moved;

	try_submit(t, "direct", NULL);
	for (int i = 0; i < 4; i++) {
		struct lease *l = must_claim(t, t->one, "analyst");
		assert_int_equal(l->attempt, i);
		OK(t, stage_retry(t->db, t->one, l, 0, "the server is gone", true, &moved, &t->e));
		assert_int_equal(moved, i < 3 ? MOVED_RETRY : MOVED_ASKED);
		OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	}
	struct rows *g = open_gate(t);
	assert_non_null(g);
	assert_string_equal(row_text(g, 0, "kind"), "failure");
	assert_string_equal(row_text(g, 0, "detail"), "the server is gone");
	assert_string_equal(run_text(t, "state"), "waiting");
	OK(t, decide(t, "approve", ""));
	assert_int_equal(must_claim(t, t->one, "analyst")->attempt, 0);
}

static void a_stage_that_takes_ten_runners_down_asks_a_person(void **state)
{
	struct try *t = *state;
	size_t n;

	try_submit(t, "direct", NULL);
	for (int i = 0; i < 10; i++) {
		assert_null(open_gate(t));
		must_claim(t, t->one, "analyst");
		OK(t, db_exec(t->db, STMT_TRY_OVERDUE, P(p_int(t->run)), &t->e));
		OK(t, stage_rescue(t->db, 100, &n, &t->e));
		assert_int_equal(n, 1);
	}
	struct rows *g = open_gate(t);
	assert_non_null(g);
	assert_string_equal(row_text(g, 0, "kind"), "failure");
	assert_string_equal(row_text(g, 0, "detail"), "Runners were lost 10 times while they worked on this stage.");
	OK(t, decide(t, "approve", ""));
	must_claim(t, t->one, "analyst");
	OK(t, db_exec(t->db, STMT_TRY_OVERDUE, P(p_int(t->run)), &t->e));
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	must_claim(t, t->one, "analyst");
}

static void what_is_not_the_stages_fault_uses_up_no_attempt_and_the_servers_delay_holds(void **state)
{
	struct try *t = *state;
	enum moved moved;
	struct lease *l;

	try_submit(t, "direct", NULL);
	for (int i = 0; i < 8; i++) {
		l = must_claim(t, t->one, "analyst");
		assert_int_equal(l->attempt, 0);
		OK(t, stage_retry(t->db, t->one, l, 120, "too many requests", false, &moved, &t->e));
		assert_int_equal(moved, MOVED_RETRY);
		assert_int_equal(try_claim(t, t->one, &l), 0);
		double wait = row_real(try_row(t, STMT_TRY_DELAY, t->run), 0, "seconds");
		assert_true(wait > 115 && wait <= 120);
		OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	}
}

static void failed_tests_go_back_once_then_to_a_person(void **state)
{
	struct try *t = *state;
	struct rows *r;

	try_submit(t, "direct", NULL);
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "fail"));
	struct lease *l = must_claim(t, t->one, "developer");
	assert_int_equal(l->revision, 2);
	struct stage_input in;
	load_input(t, t->one, l, &in);
	const char *text = json_text(t->a, json_get(in.json, "feedback"));
	assert_non_null(strstr(text, "\"kind\":\"tests_failed\""));
	assert_non_null(strstr(text, "it broke"));
	assert_null(strstr(text, "\"name\":\"a\""));
	assert_non_null(json_get(in.json, "previous"));
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "tester"), "fail"));
	r = open_gate(t);
	assert_string_equal(row_text(r, 0, "kind"), "tests");
	assert_string_equal(row_text(r, 0, "stage"), "tester");
	assert_int_equal(row_int(r, 0, "revision"), 2);
	OK(t, decide(t, "approve", ""));
	assert_string_equal(run_text(t, "state"), "done");
}

static void unexecuted_tests_never_pass_by_themselves(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	assert_true(try_advance(t, t->one, walk_to(t, t->one, "tester"), "unexecuted"));
	struct rows *g = open_gate(t);
	assert_string_equal(row_text(g, 0, "kind"), "tests");
	assert_non_null(strstr(row_text(g, 0, "detail"), "no sandbox here"));
}

static void changes_make_a_new_revision_that_knows_the_comment(void **state)
{
	struct try *t = *state;

	try_submit(t, "sdlc", NULL);
	assert_true(try_advance(t, t->one, must_claim(t, t->one, "analyst"), "pass"));
	OK(t, decide(t, "changes", "Say more about the ladder."));
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(l->revision, 2);
	struct stage_input in;
	load_input(t, t->one, l, &in);
	assert_string_equal(json_get_str(json_get(in.json, "feedback"), "comment", ""),
			    "Say more about the ladder.");
	assert_string_equal(json_get_str(json_get(in.json, "previous"), "summary", ""), "x");
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_int_equal(row_int(open_gate(t), 0, "revision"), 2);
	OK(t, decide(t, "reject", ""));
	assert_string_equal(run_text(t, "state"), "rejected");
}

static void cancelling_fences_whoever_works_and_pausing_lets_him_finish(void **state)
{
	struct try *t = *state;
	struct lease *l;

	try_submit(t, "direct", NULL);
	l = must_claim(t, t->one, "analyst");
	OK(t, db_exec(t->db, STMT_TRY_PAUSE, P(p_int(t->run), p_int(t->account), p_bool(true)), &t->e));
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_string_equal(run_text(t, "state"), "paused");
	assert_int_equal(try_claim(t, t->one, &l), 0);
	OK(t, db_exec(t->db, STMT_TRY_PAUSE, P(p_int(t->run), p_int(t->account), p_bool(false)), &t->e));
	l = must_claim(t, t->one, "architect");
	struct lease *mine;
	size_t n;
	OK(t, stage_mine(t->db, t->a, t->one, &mine, &n, &t->e));
	assert_int_equal(n, 1);
	assert_int_equal(mine->run, t->run);
	assert_int_equal(mine->epoch, l->epoch);
	OK(t, db_exec(t->db, STMT_TRY_CANCEL, P(p_int(t->run), p_int(t->account)), &t->e));
	OK(t, stage_mine(t->db, t->a, t->one, &mine, &n, &t->e));
	assert_int_equal(n, 0);
	assert_false(try_advance(t, t->one, l, "pass"));
	assert_string_equal(run_text(t, "state"), "cancelled");
}

static void one_output_that_cannot_be_stored_fails_its_batch_as_a_whole(void **state)
{
	struct try *t = *state;
	struct lease *l;
	bool accepted[2];
	struct lease *kept;
	size_t n;

	try_submit(t, "direct", NULL);
	int64_t first = t->run;
	try_submit(t, "direct", NULL);
	assert_int_equal(try_claim(t, t->one, &l), 2);
	struct stage_output both[] = { output_of(&l[0], "pass"), output_of(&l[1], "pass") };
	struct stage_batch b = { .outputs = both, .output_count = 2, .keep = true };
	both[1].document = "poison";
	OK(t, db_exec(t->db, STMT_TRY_POISON, P_NONE, &t->e));
	assert_false(stage_advance(t->db, t->a, t->one, &b, accepted, &kept, &n, NULL, &t->e));
	assert_int_equal(t->e.class, ERR_CONFLICT);
	assert_int_equal(n, 0);
	b.output_count = 1;
	OK(t, stage_advance(t->db, t->a, t->one, &b, accepted, &kept, &n, NULL, &t->e));
	assert_true(accepted[0]);
	assert_int_equal(n, 1);
	OK(t, db_exec(t->db, STMT_TRY_ANTIDOTE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CANCEL, P(p_int(first), p_int(t->account)), &t->e));
}

static void files_are_stored_once_and_given_back_as_they_were(void **state)
{
	struct try *t = *state;
	struct stored_file files[] = { { .path = "app.py", .data = STR("print('\xc3\xa9 \"x\"')\n") },
				       { .path = "empty.txt", .data = STR("") },
				       { .path = "same.py", .data = STR("print('\xc3\xa9 \"x\"')\n") } };

	for (size_t i = 0; i < COUNT(files); i++)
		sha256(files[i].data.s, files[i].data.len, files[i].sha256);
	try_submit(t, "direct", NULL);
	struct lease *l = walk_to(t, t->one, "developer");
	struct stage_output o = output_of(l, "pass");
	o.files = files;
	o.file_count = COUNT(files);
	o.body = "{\"files\":[{\"path\":\"app.py\",\"sha256\":\"0\",\"size\":1},{\"path\":\"empty.txt\","
		 "\"sha256\":\"0\"},"
		 "{\"path\":\"same.py\",\"sha256\":\"0\"}]}";
	assert_true(try_send(t, t->one, &o));
	struct stage_input in;
	load_input(t, t->one, must_claim(t, t->one, "tester"), &in);
	assert_int_equal(in.file_count, 3);
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_string_equal(in.files[i].path, files[i].path);
		assert_int_equal(in.files[i].len, files[i].data.len);
		assert_memory_equal(in.files[i].data, files[i].data.s, files[i].data.len);
	}
	assert_null(strstr(json_text(t->a, in.json), "sha256"));
}

static void one_account_with_much_to_do_does_not_keep_another_waiting(void **state)
{
	struct try *t = *state;
	struct lease *l;
	struct rows *r;
	int64_t runs[6], busy = t->account;
	size_t n, mine = 0;

	for (size_t i = 0; i < 5; i++) {
		try_submit(t, "direct", NULL);
		runs[i] = t->run;
	}
	OK(t, db_one(t->db, t->a, STMT_TRY_ACCOUNT, P(p_text("small")), &r, &t->e));
	t->account = row_int(r, 0, "account_id");
	try_submit(t, "direct", NULL);
	OK(t, stage_claim(t->db, t->a, t->one, 4, 2, &l, &n, &t->e));
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		mine += l[i].run == t->run;
	assert_int_equal(mine, 1);
	for (size_t i = 0; i < 5; i++)
		OK(t, db_exec(t->db, STMT_TRY_CANCEL, P(p_int(runs[i]), p_int(busy)), &t->e));
}

static void a_workflow_file_is_stored_once(void **state)
{
	struct try *t = *state;
	bool ready;
	int64_t due_ms;

	OK(t, workflows_store(t->db, source_dir(), &t->e));
	assert_false(workflows_store(t->db, "/no-such-folder", &t->e));
	OK(t, stage_pending(t->db, &ready, &due_ms, &t->e));
	assert_false(ready);
	assert_int_equal(due_ms, -1);
	try_submit(t, "direct", NULL);
	OK(t, stage_pending(t->db, &ready, &due_ms, &t->e));
	assert_true(ready);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(a_run_goes_through_direct_and_is_done),
		TRY(an_output_is_accepted_once),
		TRY(neither_the_epoch_nor_the_owner_alone_is_enough),
		TRY(a_receipt_tells_whether_a_lost_commit_happened),
		TRY(a_dead_runners_stage_goes_to_another_and_the_dead_may_write_no_more),
		TRY(an_overdue_stage_and_one_of_a_runner_that_ended_are_rescued),
		TRY(attempts_used_up_ask_a_person_who_can_let_it_go_on),
		TRY(a_stage_that_takes_ten_runners_down_asks_a_person),
		TRY(what_is_not_the_stages_fault_uses_up_no_attempt_and_the_servers_delay_holds),
		TRY(failed_tests_go_back_once_then_to_a_person),
		TRY(unexecuted_tests_never_pass_by_themselves),
		TRY(changes_make_a_new_revision_that_knows_the_comment),
		TRY(cancelling_fences_whoever_works_and_pausing_lets_him_finish),
		TRY(one_output_that_cannot_be_stored_fails_its_batch_as_a_whole),
		TRY(files_are_stored_once_and_given_back_as_they_were),
		TRY(one_account_with_much_to_do_does_not_keep_another_waiting),
		TRY(a_workflow_file_is_stored_once),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
