/* SPDX-License-Identifier: MIT */
/* Operations on calls, caps and limits. */
#include "real.h"

#include <inttypes.h>
#include <math.h>

static const char *dollars(struct test *t, int64_t micro)
{
	return micro < 0 ? NULL : arena_printf(t->a, "%" PRId64 ".%06" PRId64, micro / SECOND, micro % SECOND);
}

static const char *caps_text(struct test *t, const struct o_ask *q)
{
	const char *s = "";

	for (int i = 0; i < q->caps; i++)
		s = arena_printf(t->a, "%s%s%d:%" PRId64 ":%" PRId64, s, i ? " " : "", q->cap[i].kind, q->cap[i].key,
				 q->cap[i].need);
	return s;
}

static void compare_ask(struct test *t, const struct o_ask *q, const struct rows *r, size_t i)
{
	struct oracle *o = t->o;
	bool over = streq(q->verdict, "over");

	if (!streq(row_text(r, i, "verdict"), q->verdict))
		differ(t, "call %zu: %s, expected %s", i + 1, row_text(r, i, "verdict"), q->verdict);
	if (streq(q->verdict, "go"))
		o->call[q->call].id = row_int(r, i, "call_id");
	else if (q->call >= 0 && o->call[q->call].id != row_int(r, i, "call_id"))
		differ(t, "call %zu is %" PRId64, i + 1, row_int(r, i, "call_id"));
	if (!streq(row_text(r, i, "response"), q->response))
		differ(t, "call %zu answered %s, expected %s", i + 1, row_text(r, i, "response"), q->response);
	if (over && (row_int(r, i, "need") != q->need || !streq(row_text(r, i, "budgets"), caps_text(t, q))))
		differ(t, "call %zu needs %" PRId64 " (%s), expected %" PRId64 " (%s)", i + 1, row_int(r, i, "need"),
		       row_text(r, i, "budgets"), q->need, caps_text(t, q));
	if (fabs(row_real(r, i, "wait_s") - q->wait_s) > 1e-6)
		differ(t, "call %zu waits %f, expected %f", i + 1, row_real(r, i, "wait_s"), q->wait_s);
}

void op_call_begin(struct test *t)
{
	struct o_lease l[HANDS];
	struct o_ask ask[HANDS] = { 0 };
	const char *provider[HANDS], *model[HANDS], *amount[HANDS], *all = "";
	struct str hash[HANDS];
	int owner = t->team[roll(t, TEAM)];
	struct rows *r;

	if (owner == NOBODY)
		return;
	int n = leases(t, chance(t, 3) ? NOBODY : owner, l), most = 1 + (int)roll(t, 4);
	if (n > most)
		n = most;
	if (n == 0 || t->o->calls + n > CALLS)
		return;
	for (int i = 0; i < n; i++) {
		ask[i].l = l[i];
		ask[i].server = (int)roll(t, SERVERS);
		ask[i].hash = arena_printf(t->o->a, "%032d", (int)roll(t, 3));
		ask[i].amount = chance(t, 8) ? -1 : chance(t, 5) ? 0 : (int64_t)roll(t, 400) * 1000;
		hash[i] = str_from(ask[i].hash);
		provider[i] = arena_printf(t->a, "server%d", ask[i].server);
		model[i] = "m";
		amount[i] = dollars(t, ask[i].amount);
		all = arena_printf(t->a, "%s %" PRId64 ".%d for %s of %s", all, t->o->run[l[i].run].id, l[i].branch,
				   amount[i] ? amount[i] : "?", provider[i]);
	}
	note(t, "calls by %d:%s", owner + 1, all);
	struct lease_arrays la = lease_arrays(t, l, n);
	size_t k = (size_t)n;
	expect(t, db_many(t->db, t->a, STMT_PROOF_CALL_BEGIN,
			  P(runner_param(t, owner), la.run, la.branch, la.epoch, p_text_array(provider, k),
			    p_text_array(model, k), p_bytes_array(hash, k), p_text_array(amount, k)),
			  &r, &t->e), 0);
	o_call_begin(t->o, owner, ask, n);
	if (rows_count(r) != k)
		differ(t, "%zu calls decided on, expected %d", rows_count(r), n);
	for (size_t i = 0; i < k; i++)
		compare_ask(t, &ask[i], r, i);
}

/* One that has not ended, mostly. */
static int some_call(struct test *t)
{
	int call = (int)roll(t, (uint64_t)t->o->calls);

	for (int i = 0; i < 20 && !streq(t->o->call[call].state, "intent"); i++)
		call = (int)roll(t, (uint64_t)t->o->calls);
	return call;
}

void op_call_end(struct test *t)
{
	const char *state[3], *response[3], *error[3], *cost[3];
	int64_t id[3], spent[3], http[3] = { 200, 200, 200 }, tokens[3] = { 1, 2, 3 };
	int call[3];
	size_t n = 0;

	if (t->o->calls == 0)
		return;
	for (size_t i = 0; i < 1 + roll(t, 3); i++) {
		int c = some_call(t);
		if ((n > 0 && c == call[0]) || (n > 1 && c == call[1]))
			continue;
		bool well = chance(t, 70);
		call[n] = c;
		id[n] = t->o->call[c].id;
		state[n] = well ? "answered" : "failed";
		response[n] = well ? arena_printf(t->o->a, "answer %ld", t->op) : NULL;
		error[n] = well ? NULL : "bad";
		spent[n] = chance(t, 20) ? -1 : (int64_t)roll(t, 450) * 1000;
		cost[n] = dollars(t, spent[n]);
		n++;
	}
	note(t, "call %" PRId64 " and %zu more end: %s, %s", id[0], n - 1, state[0], cost[0] ? cost[0] : "?");
	expect(t, db_exec(t->db, STMT_PROOF_CALL_END,
			  P(p_int_array(id, n), p_text_array(state, n), p_text_array(response, n),
			    p_text_array(error, n), p_int_array(http, n), p_int_array(tokens, n),
			    p_int_array(tokens, n), p_text_array(cost, n)), &t->e), 0);
	for (size_t i = 0; i < n; i++)
		o_call_end(t->o, call[i], state[i], response[i], error[i], spent[i]);
}

void op_budget_set(struct test *t)
{
	static const char *const names[] = { "1-site", "2-day", "2-day", "3-account", "4-project", "4-project" };
	static const int kinds[] = { 1, 2, 2, 3, 4, 4 };
	uint64_t at = roll(t, 6);
	int64_t keys[] = { 0, 0, o_day(t->o), people[1 + roll(t, 3)].id, 999999, 999999 };
	int64_t cap = chance(t, 30) ? -1 : (int64_t)roll(t, 50) * 100000;

	keys[2] += chance(t, 10);
	if (at == 4 && t->o->runs > 0)
		keys[4] = t->o->run[roll(t, (uint64_t)t->o->runs)].project;
	if (t->o->budgets >= BUDGETS - 8)
		return;
	note(t, "cap of %s %" PRId64 ": %" PRId64, names[at], keys[at], cap);
	bool ok = db_exec(t->db, STMT_PROOF_BUDGET_SET,
			  P(p_text(names[at]), p_int(keys[at]), cap < 0 ? p_null() : p_int(cap), p_int(people[5].id)), &t->e);
	expect(t, ok, o_budget_set(t->o, kinds[at], keys[at], cap));
}

void op_limit_set(struct test *t)
{
	static const int mosts[] = { 0, 0, 1, 2, 4 }, minutes[] = { 0, 0, 30, 60, 120 };
	int server = (int)roll(t, SERVERS), most = mosts[roll(t, 5)], minute = minutes[roll(t, 5)];

	note(t, "server%d: %d at once, %d a minute", server, most, minute);
	expect(t, db_exec(t->db, STMT_PROOF_LIMIT_SET,
			  P(p_text(arena_printf(t->a, "server%d", server)), most ? p_int(most) : p_null(),
			    minute ? p_int(minute) : p_null()), &t->e), 0);
	o_limit_set(t->o, server, most, minute);
}
