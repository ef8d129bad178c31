/* SPDX-License-Identifier: MIT */
/* Money: held before, settled once after, never over a cap, never a silent spend. */
#include "engine.h"

static const uint8_t hash[32] = { 7 };

static enum call_verdict begin(struct try *t, const struct lease *l, const char *worst, int64_t *call,
			       const char **need)
{
	struct call_request q = { .lease = l, .provider = "openai", .model = "m", .hash = hash, .worst_usd = worst };

	OK(t, calls_begin(t->db, t->a, t->one, &q, 1, &t->e));
	*call = q.call;
	*need = q.need_usd;
	return q.verdict;
}

static void budget(struct try *t, const char *kind, int64_t key, double cap, double spent, double held)
{
	struct rows *r;

	OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text(kind), p_int(key)), &r, &t->e));
	assert_float_equal(row_real(r, 0, "cap"), cap, 1e-9);
	assert_float_equal(row_real(r, 0, "spent"), spent, 1e-9);
	assert_float_equal(row_real(r, 0, "held"), held, 1e-9);
}

static void a_hold_is_settled_once_with_what_it_came_to(void **state)
{
	struct try *t = *state;
	const char *need;
	int64_t call;

	try_submit(t, "direct", "1.00");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.60", &call, &need), CALL_GO);
	budget(t, "4-project", t->project, 1.00, 0, 0.60);
	struct call_outcome o = { .answered = true, .response = STR("{}"), .http_status = 200, .input = 10,
				  .output = 20, .cost_usd = "0.25" };
	o.call = call;
	OK(t, calls_end(t->db, &o, 1, &t->e));
	budget(t, "4-project", t->project, 1.00, 0.25, 0);
	o.cost_usd = "0.99";
	o.call = call;
	OK(t, calls_end(t->db, &o, 1, &t->e));
	budget(t, "4-project", t->project, 1.00, 0.25, 0);
	assert_string_equal(row_text(try_row(t, STMT_TRY_CALL, call), 0, "state"), "answered");
}

static void what_nobody_knows_the_cost_of_counts_in_full(void **state)
{
	struct try *t = *state;
	struct call_outcome o = { .error = "timeout: no answer", .input = -1, .output = -1 };
	const char *need;
	int64_t call;

	try_submit(t, "direct", "1.00");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.60", &call, &need), CALL_GO);
	o.call = call;
	OK(t, calls_end(t->db, &o, 1, &t->e));
	budget(t, "4-project", t->project, 1.00, 0.60, 0);
	assert_true(row_bool(try_row(t, STMT_TRY_HOLD, call), 0, "unconfirmed"));
	assert_string_equal(row_text(try_row(t, STMT_TRY_CALL, call), 0, "state"), "failed");
}

static void over_the_cap_asks_and_approving_raises_it_by_what_is_needed(void **state)
{
	struct try *t = *state;
	const char *need;
	enum moved moved;
	int64_t call;

	try_submit(t, "direct", "0.50");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.755", &call, &need), CALL_OVER);
	budget(t, "4-project", t->project, 0.50, 0, 0);
	OK(t, stage_park(t->db, t->one, l, "budget", "too dear", need, NULL, &moved, &t->e));
	assert_int_equal(moved, MOVED_ASKED);
	struct rows *g = open_gate(t);
	assert_string_equal(row_text(g, 0, "kind"), "budget");
	assert_float_equal(strtod(row_text(g, 0, "amount"), NULL), 0.255, 1e-9);
	assert_false(decide(t, "changes", "cheaper"));
	OK(t, decide(t, "approve", ""));
	budget(t, "4-project", t->project, 0.76, 0, 0);
	l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.755", &call, &need), CALL_GO);
}

static void cap(struct try *t, const char *kind, int64_t key, const char *usd)
{
	OK(t, db_exec(t->db, STMT_TRY_CAP, P(p_text(kind), p_int(key), p_text(usd), p_int(t->account)), &t->e));
}

static void the_whole_sites_cap_counts_as_well(void **state)
{
	struct try *t = *state;
	const char *need;
	int64_t call;
	struct rows *r;

	try_submit(t, "direct", NULL);
	struct lease *l = must_claim(t, t->one, "analyst");
	cap(t, "1-site", 0, "1000");
	OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text("1-site"), p_int(0)), &r, &t->e));
	double used = row_real(r, 0, "spent") + row_real(r, 0, "held");
	cap(t, "1-site", 0, arena_printf(t->a, "%.9f", used + 0.1));
	assert_int_equal(begin(t, l, "0.2", &call, &need), CALL_OVER);
	assert_int_equal(begin(t, l, "0.1", &call, &need), CALL_GO);
	cap(t, "1-site", 0, NULL);
}

static void an_unknown_price_under_a_cap_asks_and_a_person_may_allow_it(void **state)
{
	struct try *t = *state;
	const char *need;
	enum moved moved;
	int64_t call;

	try_submit(t, "direct", "5.00");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, NULL, &call, &need), CALL_PRICE_UNKNOWN);
	OK(t, stage_park(t->db, t->one, l, "price", "unknown", NULL, NULL, &moved, &t->e));
	assert_string_equal(row_text(open_gate(t), 0, "kind"), "price");
	OK(t, decide(t, "approve", ""));
	l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, NULL, &call, &need), CALL_GO);
	try_submit(t, "direct", NULL);
	assert_int_equal(begin(t, must_claim(t, t->one, "analyst"), NULL, &call, &need), CALL_GO);
}

static void a_dead_runners_hold_counts_in_full_and_its_late_answer_is_kept(void **state)
{
	struct try *t = *state;
	struct call_outcome o = { .answered = true,
				  .response = STR("{\"late\":true}"),
				  .input = 1,
				  .output = 1,
				  .cost_usd = "0.10" };
	const char *need;
	int64_t call;
	size_t n;

	try_submit(t, "direct", "1.00");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.30", &call, &need), CALL_GO);
	OK(t, runner_end(t->db, t->one, &t->e));
	OK(t, stage_rescue(t->db, 100, &n, &t->e));
	budget(t, "4-project", t->project, 1.00, 0.30, 0);
	assert_string_equal(row_text(try_row(t, STMT_TRY_CALL, call), 0, "state"), "lost");
	o.call = call;
	OK(t, calls_end(t->db, &o, 1, &t->e));
	budget(t, "4-project", t->project, 1.00, 0.30, 0);
	struct call_request q = { .lease = must_claim(t, t->two, "analyst"), .provider = "openai", .model = "m",
				  .hash = hash, .worst_usd = "0.30" };
	OK(t, calls_begin(t->db, t->a, t->two, &q, 1, &t->e));
	assert_int_equal(q.verdict, CALL_STORED);
	assert_int_equal(q.call, call);
	assert_string_equal(q.response.s, "{\"late\":true}");
	budget(t, "4-project", t->project, 1.00, 0.30, 0);
}

static enum call_verdict ask(struct try *t, const struct lease *l, const uint8_t *what)
{
	struct call_request q = { .lease = l, .provider = "openai", .model = "m", .hash = what, .worst_usd = "0.1" };

	OK(t, calls_begin(t->db, t->a, t->one, &q, 1, &t->e));
	if (q.verdict == CALL_STORED)
		assert_string_equal(q.response.s, "{}");
	return q.verdict;
}

static void a_stored_answer_is_for_the_same_request_of_the_same_revision_only(void **state)
{
	struct try *t = *state;
	struct call_outcome o = {
		.answered = true, .response = STR("{}"), .input = 1, .output = 1, .cost_usd = "0"
	};
	uint8_t other[32] = { 8 };
	const char *need;
	int64_t call;

	try_submit(t, "direct", NULL);
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(begin(t, l, "0.1", &call, &need), CALL_GO);
	assert_int_equal(ask(t, l, hash), CALL_GO);
	o.call = call;
	OK(t, calls_end(t->db, &o, 1, &t->e));
	assert_int_equal(ask(t, l, hash), CALL_STORED);
	assert_int_equal(ask(t, l, other), CALL_GO);
	OK(t, call_refuse(t->db, call, "it breaks the schema", &t->e));
	assert_int_equal(ask(t, l, hash), CALL_GO);
	o.call++; /* the second one, of the same request */
	OK(t, calls_end(t->db, &o, 1, &t->e));
	assert_int_equal(ask(t, l, hash), CALL_STORED);
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_int_equal(ask(t, l, hash), CALL_FENCED);
	assert_int_equal(ask(t, must_claim(t, t->one, "architect"), hash), CALL_GO);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(a_hold_is_settled_once_with_what_it_came_to),
		TRY(what_nobody_knows_the_cost_of_counts_in_full),
		TRY(over_the_cap_asks_and_approving_raises_it_by_what_is_needed),
		TRY(the_whole_sites_cap_counts_as_well),
		TRY(an_unknown_price_under_a_cap_asks_and_a_person_may_allow_it),
		TRY(a_dead_runners_hold_counts_in_full_and_its_late_answer_is_kept),
		TRY(a_stored_answer_is_for_the_same_request_of_the_same_revision_only),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
