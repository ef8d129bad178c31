/* SPDX-License-Identifier: MIT */
/* Money: held before, settled once after, never over a cap, never a silent spend. */
#include "engine.h"

#include <time.h>

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

/* A stage of each of n new runs, with these caps for their projects. */
static void runs(struct try *t, struct lease *out, size_t n, const char *usd)
{
	for (size_t i = 0; i < n; i++) {
		struct lease *l;
		try_submit(t, "direct", usd);
		assert_int_equal(try_claim(t, t->one, &l), 1);
		out[i] = *l;
	}
}

static void begin_all(struct try *t, struct call_request *q, const struct lease *l, size_t n, const char *const *worst)
{
	for (size_t i = 0; i < n; i++)
		q[i] = (struct call_request){ .lease = &l[i], .provider = "openai", .model = "m", .hash = hash,
					      .worst_usd = worst[i] };
	OK(t, calls_begin(t->db, t->a, t->one, q, n, &t->e));
}

static void what_fits_of_a_batch_goes_and_the_rest_is_told_what_it_lacks(void **state)
{
	struct try *t = *state;
	static const char *const worst[] = { "0.50", "0.60", "0.40", "0.20", "0.10" };
	struct call_request q[COUNT(worst)];
	struct lease l[COUNT(worst)];

	runs(t, l, COUNT(worst), NULL);
	cap(t, "3-account", t->account, "1.00");
	l[4].epoch++; /* the last is fenced */
	begin_all(t, q, l, COUNT(worst), worst);
	assert_int_equal(q[0].verdict, CALL_GO);
	assert_int_equal(q[1].verdict, CALL_OVER);
	assert_int_equal(q[2].verdict, CALL_GO);
	assert_int_equal(q[3].verdict, CALL_OVER);
	assert_int_equal(q[4].verdict, CALL_FENCED);
	assert_float_equal(strtod(q[1].need_usd, NULL), 0.10, 1e-9);
	assert_float_equal(strtod(q[3].need_usd, NULL), 0.10, 1e-9);
	assert_non_null(strstr(q[1].budgets, "3-account"));
	assert_true(q[0].call > 0 && q[2].call > q[0].call);
	budget(t, "3-account", t->account, 1.00, 0, 0.90);
	cap(t, "3-account", t->account, NULL);
}

static void each_level_has_a_cap_of_its_own(void **state)
{
	struct try *t = *state;
	static const char *const kinds[] = { "1-site", "2-day", "3-account", "4-project" };
	static const char *const worst[] = { "0.30" };
	int64_t today = (int64_t)time(NULL) / 86400;
	struct call_request q;
	struct lease l;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct rows *r;
		runs(t, &l, 1, NULL);
		int64_t keys[] = { 0, today, t->account, t->project };
		int64_t key = keys[i];
		/* What was spent and held before there was a cap counts. */
		cap(t, kinds[i], i == 1 ? 0 : key, "1000");
		OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text(kinds[i]), p_int(key)), &r, &t->e));
		double used = row_real(r, 0, "spent") + row_real(r, 0, "held");
		if (i == 2) /* by the two rounds before, twice each */
			assert_float_equal(used, 4 * 0.30, 1e-9);
		cap(t, kinds[i], i == 1 ? 0 : key, arena_printf(t->a, "%.9f", used + 0.29));
		begin_all(t, &q, &l, 1, worst);
		assert_int_equal(q.verdict, CALL_OVER);
		assert_non_null(strstr(q.budgets, kinds[i]));
		assert_float_equal(strtod(q.need_usd, NULL), 0.01, 1e-9);
		cap(t, kinds[i], i == 1 ? 0 : key, arena_printf(t->a, "%.9f", used + 0.30));
		begin_all(t, &q, &l, 1, worst);
		assert_int_equal(q.verdict, CALL_GO);
		budget(t, kinds[i], key, used + 0.30, row_real(r, 0, "spent"), row_real(r, 0, "held") + 0.30);
		cap(t, kinds[i], i == 1 ? 0 : key, NULL);
		begin_all(t, &q, &l, 1, worst);
		assert_int_equal(q.verdict, CALL_GO);
	}
}

static void a_cap_for_one_day_leaves_today_as_it_is(void **state)
{
	struct try *t = *state;
	int64_t today = (int64_t)time(NULL) / 86400;
	struct rows *r;

	cap(t, "2-day", 0, "7");
	cap(t, "2-day", today + 1, "0.01");
	OK(t, db_one(t->db, t->a, STMT_TRY_BUDGET, P(p_text("2-day"), p_int(today)), &r, &t->e));
	assert_float_equal(row_real(r, 0, "cap"), 7, 1e-9);
	cap(t, "2-day", 0, NULL);
}

static void approving_raises_every_cap_in_the_way_but_only_an_operator_may_beyond_the_project(void **state)
{
	struct try *t = *state;
	static const char *const worst[] = { "0.755" };
	struct call_request q;
	struct lease l, *again;
	enum moved moved;
	bool open;

	runs(t, &l, 1, "0.50");
	cap(t, "3-account", t->account, "0.70");
	begin_all(t, &q, &l, 1, worst);
	assert_int_equal(q.verdict, CALL_OVER);
	assert_float_equal(strtod(q.need_usd, NULL), 0.255, 1e-9);
	OK(t, stage_park(t->db, t->one, &l, "budget", "too dear", q.need_usd, q.budgets, &moved, &t->e));
	assert_int_equal(moved, MOVED_ASKED);
	assert_false(decide_as(t, person(t, "approver"), "approve", "", &open));
	assert_int_equal(t->e.class, ERR_FORBIDDEN);
	budget(t, "4-project", t->project, 0.50, 0, 0);
	OK(t, decide_as(t, person(t, "operator"), "approve", "", &open));
	budget(t, "4-project", t->project, 0.76, 0, 0);
	budget(t, "3-account", t->account, 0.76, 0, 0);
	again = must_claim(t, t->one, "analyst");
	begin_all(t, &q, again, 1, worst);
	assert_int_equal(q.verdict, CALL_GO);
	cap(t, "3-account", t->account, NULL);
}

static void limit_is(struct try *t, const char *model, int64_t in_flight)
{
	struct rows *r;

	OK(t, db_one(t->db, t->a, STMT_TRY_LIMIT, P(p_text("p"), p_text(model)), &r, &t->e));
	assert_int_equal(row_int(r, 0, "in_flight"), in_flight);
}

static size_t going(struct try *t, struct lease *l, size_t n, const char *model, struct call_request *q)
{
	size_t go = 0;

	for (size_t i = 0; i < n; i++)
		q[i] = (struct call_request){ .lease = &l[i], .provider = "p", .model = model, .hash = hash,
					      .worst_usd = "0" };
	OK(t, calls_begin(t->db, t->a, t->one, q, n, &t->e));
	for (size_t i = 0; i < n; i++) {
		assert_true(q[i].verdict == CALL_GO || q[i].verdict == CALL_BUSY);
		assert_true(q[i].verdict == CALL_GO || q[i].wait_s > 0);
		go += q[i].verdict == CALL_GO;
	}
	return go;
}

static void a_server_is_asked_no_more_at_once_than_it_takes(void **state)
{
	struct try *t = *state;
	struct call_request q[5];
	struct lease l[5];

	runs(t, l, 5, NULL);
	OK(t, provider_limit_set(t->db, "p", "few", 3, 0, &t->e));
	assert_int_equal(going(t, l, 5, "few", q), 3);
	limit_is(t, "few", 3);
	/* An end twice gives back one place. */
	struct call_outcome ends[] = { { .call = q[0].call, .error = "refused", .input = -1, .output = -1, .cost_usd = "0" },
				       { .call = q[1].call, .answered = true, .response = STR("{}"), .http_status = 200,
					 .input = 1, .output = 1, .cost_usd = "0" } };
	OK(t, calls_end(t->db, ends, 2, &t->e));
	OK(t, calls_end(t->db, ends, 1, &t->e));
	limit_is(t, "few", 1);
	assert_int_equal(going(t, l + 3, 2, "few", q), 2);
	limit_is(t, "few", 3);
	/* Said again by the next runner it changes nothing; lifted, all may go. */
	OK(t, provider_limit_set(t->db, "p", "few", 3, 0, &t->e));
	limit_is(t, "few", 3);
	OK(t, provider_limit_set(t->db, "p", "few", 0, 0, &t->e));
	assert_int_equal(going(t, l + 2, 3, "few", q), 3);
}

static void a_server_is_asked_no_more_in_a_minute_than_it_takes(void **state)
{
	struct try *t = *state;
	struct call_request q[6];
	struct lease l[6];

	runs(t, l, 6, NULL);
	OK(t, provider_limit_set(t->db, "p", "slow", 0, 12, &t->e));
	assert_int_equal(going(t, l, 6, "slow", q), 2); /* a sixth of a minute's */
	for (size_t i = 0; i < 6; i++)
		if (q[i].verdict == CALL_BUSY)
			assert_true(q[i].wait_s <= 5.0 && q[i].wait_s > 3.0);
	assert_int_equal(going(t, l + 2, 4, "slow", q), 0);
}

/* How many calls there were without a limit a minute does not count when there comes to be one. */
static void a_rate_begins_without_debts(void **state)
{
	struct try *t = *state;
	struct call_request q[6];
	struct lease l[6];

	runs(t, l, 6, NULL);
	OK(t, provider_limit_set(t->db, "p", "later", 100, 0, &t->e));
	assert_int_equal(going(t, l, 6, "later", q), 6);
	OK(t, provider_limit_set(t->db, "p", "later", 100, 60, &t->e));
	assert_int_equal(going(t, l, 1, "later", q), 1);
}

static void ends_are_booked_with_the_outputs_or_not_at_all(void **state)
{
	struct try *t = *state;
	static const char *const worst[] = { "0.50", "0.50" };
	struct call_request q[2];
	struct lease l[2], *kept;
	bool accepted[2];
	size_t n;

	runs(t, l, 2, "1.00");
	begin_all(t, q, l, 2, worst);
	struct stage_output outputs[] = { output_of(&l[0], "pass"), output_of(&l[1], "pass") };
	struct call_outcome ends[] = { { .call = q[0].call, .answered = true, .response = STR("{}"), .cost_usd = "0.10" },
				       { .call = q[1].call, .answered = true, .response = STR("{}"), .cost_usd = "0.20" } };
	struct stage_batch b = { .outputs = outputs, .output_count = 2, .calls = ends, .call_count = 2, .keep = true };
	OK(t, db_exec(t->db, STMT_TRY_POISON, P_NONE, &t->e));
	outputs[0].document = "poison";
	assert_false(stage_advance(t->db, t->a, t->one, &b, accepted, &kept, &n, NULL, &t->e));
	assert_false(accepted[1]);
	budget(t, "4-project", t->project, 1.00, 0, 0.50);
	OK(t, db_exec(t->db, STMT_TRY_ANTIDOTE, P_NONE, &t->e));
	outputs[0].document = "#";
	OK(t, stage_advance(t->db, t->a, t->one, &b, accepted, &kept, &n, NULL, &t->e));
	assert_int_equal(n, 2);
	budget(t, "4-project", t->project, 1.00, 0.20, 0);
	/* Fenced outputs' calls are paid all the same. */
	begin_all(t, q, kept, 2, worst);
	kept[1].epoch++;
	outputs[1].lease = &kept[1];
	ends[0].call = q[1].call;
	ends[0].cost_usd = "0.05";
	struct stage_batch late = { .outputs = outputs + 1, .output_count = 1, .calls = ends, .call_count = 1 };
	OK(t, stage_advance(t->db, t->a, t->one, &late, accepted, &kept, &n, NULL, &t->e));
	assert_false(accepted[0]);
	budget(t, "4-project", t->project, 1.00, 0.25, 0);
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
		TRY(what_fits_of_a_batch_goes_and_the_rest_is_told_what_it_lacks),
		TRY(each_level_has_a_cap_of_its_own),
		TRY(a_cap_for_one_day_leaves_today_as_it_is),
		TRY(approving_raises_every_cap_in_the_way_but_only_an_operator_may_beyond_the_project),
		TRY(a_server_is_asked_no_more_at_once_than_it_takes),
		TRY(a_server_is_asked_no_more_in_a_minute_than_it_takes),
		TRY(a_rate_begins_without_debts),
		TRY(ends_are_booked_with_the_outputs_or_not_at_all),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
