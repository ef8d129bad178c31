/* SPDX-License-Identifier: MIT */
/* Operations of runners on stages. */
#include "real.h"

#include <inttypes.h>
#include <string.h>

static const char *show(struct test *t, const struct o_lease *l, int n)
{
	const char *s = "";

	for (int i = 0; i < n; i++)
		s = arena_printf(t->a, "%s %" PRId64 ".%d/%" PRId64, s, t->o->run[l[i].run].id, l[i].branch, l[i].epoch);
	return s;
}

/* One at work; a new one takes the place of one that is not. */
static int somebody(struct test *t)
{
	int *at = &t->team[roll(t, TEAM)];

	if (t->o->runners < RUNNERS && (*at == NOBODY || (!o_live(t->o, *at) && chance(t, 80)))) {
		*at = t->o->runners++;
		t->o->runner[*at].expires = t->o->now + 30LL * SECOND;
		expect(t, db_exec(t->db, STMT_PROOF_RUNNER, P(runner_param(t, *at)), &t->e), 0);
	}
	return *at;
}

/* Mostly who holds something. */
static int busy(struct test *t)
{
	struct o_lease l[HANDS];
	int n = chance(t, 90) ? leases(t, NOBODY, l) : 0;

	return n > 0 ? t->o->run[l->run].c[l->branch].owner : somebody(t);
}

/* Mostly somebody's own leases; sometimes another's, or of an epoch that is over. */
static int hand(struct test *t, int owner, struct o_lease *l, int most)
{
	int n = leases(t, chance(t, 4) ? NOBODY : owner, l);

	if (n > most)
		n = most;
	for (int i = 0; i < n; i++) {
		if (chance(t, 3))
			l[i].epoch += chance(t, 50) ? 1 : -1;
	}
	return n;
}

void op_claim(struct test *t)
{
	static const int limits[] = { 1, 2, 5, 1000, 1000 };
	struct o_lease got[HANDS * 8];
	int owner = somebody(t), n, limit = limits[roll(t, 5)], quota = limits[roll(t, 5)];
	struct oracle *o = t->o;
	struct rows *r;

	/* What equal ranks leave open is not asked for. */
	if (o_due_count(o) > 0 || !o_claim_plan(o, limit, quota, got, &n))
		limit = quota = 1000;
	note(t, "claim by %d: %d, %d of a tenant", owner + 1, limit, quota);
	expect(t, db_many(t->db, t->a, STMT_PROOF_CLAIM, P(runner_param(t, owner), p_int(limit), p_int(quota)), &r,
			  &t->e), 0);
	n = o_claim(o, owner, limit, quota, got);
	if ((int)rows_count(r) != n)
		differ(t, "claimed %zu, expected %d:%s", rows_count(r), n, show(t, got, n));
	for (int i = 0; i < n; i++) {
		const struct o_run *run = &o->run[got[i].run];
		const struct o_cursor *c = &run->c[got[i].branch];
		size_t k = (size_t)i;
		if (row_int(r, k, "run_id") != run->id || row_int(r, k, "branch") != got[i].branch ||
		    row_int(r, k, "epoch") != c->epoch || row_int(r, k, "attempt") != c->attempt ||
		    row_int(r, k, "revision") != run->s[c->node].revision + 1 ||
		    !streq(row_text(r, k, "node"), run->g->nodes[c->node].name))
			differ(t, "claimed %" PRId64 ".%" PRId64 "/%" PRId64 ", expected%s", row_int(r, k, "run_id"),
			       row_int(r, k, "branch"), row_int(r, k, "epoch"), show(t, &got[i], 1));
	}
}

static void output(struct test *t, struct o_output *out, const char **json)
{
	uint64_t which = roll(t, 100);

	out->document = arena_printf(t->o->a, "output %ld of %d", t->op, out->l.branch);
	out->outcome = which < 62 ? "pass" : which < 80 ? "fail" : which < 94 ? "concern" : "unexecuted";
	*json = NULL;
	if (streq(out->outcome, "concern")) {
		out->detail = chance(t, 5) ? NULL : arena_printf(t->o->a, "doubt %d", (int)roll(t, 2));
	} else if (streq(out->outcome, "fail") && chance(t, 60)) {
		int failed = 1 + (int)roll(t, 5);
		*json = arena_printf(t->a, "{\"executed\": true, \"total\": 9, \"passed\": %d, \"failed\": %d}", 9 - failed,
				     failed);
		out->report = arena_printf(t->o->a, "%d of 9 tests failed", failed);
	} else if (streq(out->outcome, "fail")) {
		out->detail = arena_printf(t->o->a, "broke %d", (int)roll(t, 3));
	} else if (streq(out->outcome, "unexecuted")) {
		bool told = chance(t, 50);
		*json = told ? "{\"executed\": false, \"problem\": \"no walls\"}" : NULL;
		out->report = told ? "The tests were not executed: no walls" : "The tests were not executed: no sandbox";
	}
}

static void say(struct test *t, struct o_output *out, const char **json)
{
	static const char *const topics[] = { "scope", "design", "weather" };

	out->body = "hm";
	if (chance(t, 50))
		out->topic = topics[roll(t, 3)];
	else
		out->to = chance(t, 30) ? "people" : agents[roll(t, AGENTS)];
	*json = arena_printf(t->a, "[{\"%s\": \"%s\", \"body\": \"hm\"}]", out->topic ? "topic" : "to",
			     out->topic ? out->topic : out->to);
}

static void compare_advance(struct test *t, const struct o_output *out, int n, const struct o_lease *kept, int k,
			    const struct rows *r)
{
	size_t at = 0;

	for (int i = 0; i < n; i++) {
		if (!out[i].taken)
			continue;
		if (at >= rows_count(r) || row_int(r, at, "ord") != i + 1)
			differ(t, "output %d was not taken", i + 1);
		at++;
	}
	if (rows_count(r) - at != (size_t)k)
		differ(t, "kept or taken: %zu rows, expected %zu and%s", rows_count(r), at, show(t, kept, k));
	for (int i = 0; i < k; i++, at++) {
		if (!row_null(r, at, "ord") || row_int(r, at, "run_id") != t->o->run[kept[i].run].id ||
		    row_int(r, at, "branch") != kept[i].branch || row_int(r, at, "epoch") != kept[i].epoch)
			differ(t, "kept %" PRId64 ".%" PRId64 "/%" PRId64 ", expected%s", row_int(r, at, "run_id"),
			       row_int(r, at, "branch"), row_int(r, at, "epoch"), show(t, &kept[i], 1));
	}
}

/* In which order questions of one statement are asked is the database's choice. */
static void adopt_order(struct test *t, const int *before)
{
	struct rows *r;

	for (int i = 0; i < t->o->runs; i++) {
		struct o_run *run = &t->o->run[i];
		if (run->gates - before[i] < 2)
			continue;
		expect(t, db_many(t->db, t->a, STMT_PROOF_QUESTIONS, P(p_int(run->id), p_int(before[i])), &r, &t->e), 0);
		for (size_t k = 0; k < rows_count(r); k++) {
			for (int g = before[i] + (int)k; g < run->gates; g++) {
				if (run->gate[g].branch != row_int(r, k, "branch"))
					continue;
				struct o_gate first = run->gate[g];
				run->gate[g] = run->gate[before[i] + (int)k];
				run->gate[before[i] + (int)k] = first;
			}
		}
	}
}

void op_advance(struct test *t)
{
	struct o_lease l[HANDS], kept[HANDS * 4];
	struct o_output out[HANDS] = { 0 };
	const char *outcome[HANDS], *text[HANDS], *document[HANDS], *files[HANDS], *report[HANDS], *detail[HANDS],
		*said[HANDS], *provider[HANDS], *model[HANDS];
	struct str sha[HANDS];
	int owner = busy(t), n = hand(t, owner, l, 1 + (int)roll(t, 5));
	bool keep = chance(t, 50);
	struct rows *r;

	if (n == 0)
		return;
	for (int i = 0; i < n; i++) {
		out[i].l = l[i];
		output(t, &out[i], &report[i]);
		said[i] = NULL;
		outcome[i] = out[i].outcome;
		document[i] = out[i].document;
		detail[i] = out[i].detail;
		text[i] = "{}";
		files[i] = "[]";
		provider[i] = "fallback";
		model[i] = "template";
		sha[i] = STR("01234567890123456789012345678901");
	}
	if (chance(t, 30))
		say(t, &out[0], &said[0]);
	note(t, "advance by %d%s:%s %s", owner + 1, keep ? ", keeping" : "", show(t, l, n), out[0].outcome);
	struct lease_arrays la = lease_arrays(t, l, n);
	size_t k = (size_t)n;
	expect(t, db_many(t->db, t->a, STMT_PROOF_ADVANCE,
			  P(runner_param(t, owner), la.run, la.branch, la.epoch, p_text_array(outcome, k),
			    p_bytes_array(sha, k), p_text_array(text, k), p_text_array(document, k),
			    p_text_array(provider, k), p_text_array(model, k), p_text_array(files, k),
			    p_text_array(report, k), p_text_array(detail, k), p_text_array(said, k),
			    p_bool(keep)), &r, &t->e), 0);
	int before[RUNS];
	for (int i = 0; i < t->o->runs; i++)
		before[i] = t->o->run[i].gates;
	int kn = o_advance(t->o, owner, out, n, keep, kept);
	adopt_order(t, before);
	compare_advance(t, out, n, kept, kn, r);
}

void op_retry(struct test *t)
{
	struct o_lease l[HANDS];
	int owner = busy(t), n = hand(t, owner, l, 1);
	int64_t least = 0, most = 0, delay = chance(t, 70) ? 0 : 1 + (int64_t)roll(t, 30);
	bool counts = chance(t, 75), stubborn = chance(t, 60);
	struct o_lease hands[HANDS];
	const char *problem = arena_printf(t->o->a, "trouble %d", (int)roll(t, 5));
	struct rows *r;

	if (n == 0)
		return;
	for (int i = 0, all = leases(t, NOBODY, hands); i < all && stubborn; i++) {
		const struct o_cursor *c = &t->o->run[hands[i].run].c[hands[i].branch];
		if (c->attempt == 0 && !t->o->run[hands[i].run].paused)
			continue;
		*l = hands[i];
		owner = c->owner;
		counts = true;
	}
	note(t, "retry by %d:%s %s%s", owner + 1, show(t, l, 1), problem, counts ? "" : ", uncounted");
	int64_t run = t->o->run[l->run].id;
	expect(t, db_one(t->db, t->a, STMT_PROOF_RETRY,
			 P(runner_param(t, owner), p_int(run), p_int(l->branch), p_int(l->epoch), p_real((double)delay),
			   p_text(problem), p_bool(counts)), &r, &t->e), 0);
	const char *said = o_retry(t->o, owner, *l, delay * SECOND, problem, counts, &least, &most);
	if (!streq(row_text(r, 0, "state"), said))
		differ(t, "retry: %s, expected %s", row_text(r, 0, "state"), said);
	if (!streq(said, "retry"))
		return;
	expect(t, db_one(t->db, t->a, STMT_PROOF_RUN_AT, P(p_int(run), p_int(l->branch)), &r, &t->e), 0);
	int64_t at = row_int(r, 0, "run_at");
	if (at < least || at > most)
		differ(t, "retry at %" PRId64 ", expected %" PRId64 " to %" PRId64, at, least, most);
	t->o->run[l->run].c[l->branch].run_at = at;
}

void op_park(struct test *t)
{
	static const char *const kinds[] = { "budget", "budget", "price", "question", "failure" };
	static const char *const names[] = { "1-site", "2-day", "3-account", "4-project" };
	const char *kind = kinds[roll(t, 5)], *json = "", *detail = arena_printf(t->o->a, "need %d", (int)roll(t, 4));
	struct o_lease l[HANDS];
	struct o_cap cap[4];
	int owner = busy(t), n = hand(t, owner, l, 1), caps = 0;
	int64_t amount = streq(kind, "budget") ? (int64_t)roll(t, 500000) : -1;
	struct rows *r;

	if (n == 0)
		return;
	const struct o_run *run = &t->o->run[l->run];
	const int64_t keys[] = { 0, o_day(t->o), people[run->tenant].id, run->project };
	for (int i = 0; streq(kind, "budget") && i < 4; i++) {
		if (!chance(t, i == 3 ? 80 : 15))
			continue;
		cap[caps] = (struct o_cap){ i + 1, keys[i], 1 + (int64_t)roll(t, 300000) };
		json = arena_printf(t->a, "%s%s{\"kind\": \"%s\", \"key\": %" PRId64 ", \"need\": 0.%06" PRId64 "}", json,
				    caps ? ", " : "", names[i], keys[i], cap[caps].need);
		caps++;
	}
	note(t, "park by %d:%s %s %s [%s]", owner + 1, show(t, l, 1), kind, detail, json);
	expect(t, db_one(t->db, t->a, STMT_PROOF_PARK,
			 P(runner_param(t, owner), p_int(run->id), p_int(l->branch), p_int(l->epoch), p_text(kind),
			   p_text(detail), amount < 0 ? p_null() : p_int(amount),
			   caps ? p_text(arena_printf(t->a, "[%s]", json)) : p_null()), &r, &t->e), 0);
	const char *said = o_park(t->o, owner, *l, kind, detail, amount, caps ? cap : NULL, caps);
	if (!streq(row_text(r, 0, "state"), said))
		differ(t, "park: %s, expected %s", row_text(r, 0, "state"), said);
}

void op_rescue(struct test *t)
{
	struct o_lease freed[HANDS * 4];
	struct rows *r;

	note(t, "rescue");
	expect(t, db_many(t->db, t->a, STMT_PROOF_RESCUE, P(p_int(1000)), &r, &t->e), 0);
	int n = o_rescue(t->o, freed);
	if ((int)rows_count(r) != n)
		differ(t, "rescued %zu, expected %d:%s", rows_count(r), n, show(t, freed, n));
}

void op_heartbeat(struct test *t)
{
	int runner = somebody(t);

	note(t, "heartbeat of %d", runner + 1);
	expect(t, db_exec(t->db, STMT_PROOF_HEARTBEAT, P(runner_param(t, runner)), &t->e), 0);
	if ((db_changed(t->db) == 1) != o_live(t->o, runner))
		differ(t, "runner %d lives: %d", runner + 1, o_live(t->o, runner));
	if (o_live(t->o, runner))
		t->o->runner[runner].expires = t->o->now + 30LL * SECOND;
}

void op_runner_end(struct test *t)
{
	int *at = &t->team[roll(t, TEAM)];

	if (*at == NOBODY)
		return;
	note(t, "runner %d ends", *at + 1);
	expect(t, db_exec(t->db, STMT_PROOF_RUNNER_END, P(runner_param(t, *at)), &t->e), 0);
	t->o->runner[*at].ended = true;
	*at = NOBODY;
}
