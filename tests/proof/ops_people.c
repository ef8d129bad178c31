/* SPDX-License-Identifier: MIT */
/* Operations of people, and what they and agents say to one another. */
#include "real.h"

#include <inttypes.h>

static struct param person(int who)
{
	return p_int(people[who].id);
}

void op_submit(struct test *t)
{
	int graph = (int)roll(t, GRAPHS), tenant = 1 + (int)roll(t, 3), priority = chance(t, 70) ? 0 : (int)roll(t, 21) - 10;
	int64_t cap = chance(t, 40) ? -1 : (int64_t)roll(t, 30) * 100000;
	struct oracle *o = t->o;
	struct rows *r;

	if (o->runs == RUNS || oracle_open(o) >= CROWD)
		return;
	const char *key = arena_printf(t->a, "key %ld", t->op);
	note(t, "submit %s for %s, priority %d, cap %" PRId64, graphs[graph].name, people[tenant].name, priority, cap);
	for (int again = 0; again < 1 + chance(t, 10); again++) {
		expect(t, db_one(t->db, t->a, STMT_PROOF_SUBMIT,
				 P(person(tenant), p_text(graphs[graph].name), cap < 0 ? p_null() : p_int(cap), p_text(key),
				   p_int(priority)), &r, &t->e), 0);
		if (row_bool(r, 0, "created") != !again)
			differ(t, "submitted twice");
		if (!again)
			o_submit(o, graph, tenant, priority, cap, row_int(r, 0, "run_id"), row_int(r, 0, "project_id"));
	}
}

/* A question that is open, mostly. */
static bool question(struct test *t, int *run, int *gate)
{
	int n = 0;

	for (int i = 0; i < t->o->runs; i++) {
		for (int k = 0; k < t->o->run[i].gates; k++) {
			bool open = streq(t->o->run[i].gate[k].state, "open");
			n += open;
			if (open && roll(t, (uint64_t)n) == 0) {
				*run = i;
				*gate = k;
			}
		}
	}
	if (t->o->runs > 0 && chance(t, 6)) {
		*run = (int)roll(t, (uint64_t)t->o->runs);
		*gate = (int)roll(t, (uint64_t)t->o->run[*run].gates + 1);
		return true;
	}
	return n > 0;
}

void op_decide(struct test *t)
{
	static const char *const kinds[] = { "approve", "approve", "approve", "changes", "changes",
					     "reject",	"skip",	   "skip",    "answer",	 "answer" };
	static const int deciders[] = { 0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5, 6 };
	const char *kind = kinds[roll(t, 10)], *comment = chance(t, 8) ? "" : "please";
	int run, gate, who = deciders[roll(t, 12)];
	bool open;
	struct rows *r;

	if (!question(t, &run, &gate))
		return;
	const struct o_run *at = &t->o->run[run];
	int revision = gate < at->gates ? at->gate[gate].revision : 0;
	if (gate < at->gates && chance(t, 60))
		kind = streq(at->gate[gate].kind, "question") ? "answer" : "approve";
	if (*comment)
		comment = arena_printf(t->o->a, "please %d", (int)roll(t, 50));
	revision += chance(t, 4);
	note(t, "decide %" PRId64 ", gate %d (%s), revision %d: %s by %s", at->id, gate + 1,
	     gate < at->gates ? at->gate[gate].kind : "none", revision, kind, people[who].name);
	bool ok = db_one(t->db, t->a, STMT_PROOF_DECIDE,
			 P(p_int(at->id), p_int(gate), p_int(revision), p_text(kind), p_text(comment), person(who)), &r,
			 &t->e);
	expect(t, ok, o_decide(t->o, run, gate, revision, kind, comment, who, &open));
	if (ok && row_bool(r, 0, "open") != open)
		differ(t, "open: %d, expected %d", row_bool(r, 0, "open"), open);
}

static int some_run(struct test *t)
{
	int run = (int)roll(t, (uint64_t)t->o->runs);

	for (int i = 0; i < 8 && t->o->run[run].ended; i++)
		run = (int)roll(t, (uint64_t)t->o->runs);
	return run;
}

void op_cancel_run(struct test *t, int run)
{
	note(t, "cancel %" PRId64, t->o->run[run].id);
	bool ok = db_exec(t->db, STMT_PROOF_CANCEL, P(p_int(t->o->run[run].id), person(5)), &t->e);
	expect(t, ok, o_cancel(t->o, run));
}

void op_cancel(struct test *t)
{
	if (t->o->runs > 0)
		op_cancel_run(t, some_run(t));
}

void op_pause(struct test *t)
{
	if (t->o->runs == 0)
		return;
	int run = some_run(t);
	bool paused = chance(t, 45);
	for (int i = 0; !paused && i < t->o->runs; i++) {
		if (t->o->run[i].paused && !t->o->run[i].ended && chance(t, 70))
			run = i;
	}
	note(t, "%s %" PRId64, paused ? "pause" : "resume", t->o->run[run].id);
	bool ok = db_exec(t->db, STMT_PROOF_PAUSE, P(p_int(t->o->run[run].id), person(5), p_bool(paused)), &t->e);
	expect(t, ok, o_pause(t->o, run, paused));
}

void op_run_retry(struct test *t)
{
	if (t->o->runs == 0)
		return;
	int run = chance(t, 70) ? some_run(t) : (int)roll(t, (uint64_t)t->o->runs);
	const struct o_run *r = &t->o->run[run];
	const char *node = r->g->nodes[roll(t, (uint64_t)r->g->node_count)].name, *comment = chance(t, 50) ? "" : "again";
	if (r->gates > QUESTIONS - 16 || r->branches > BRANCHES - 16 || (r->ended && oracle_open(t->o) >= CROWD))
		return;
	note(t, "back to %s in %" PRId64, node, r->id);
	bool ok = db_exec(t->db, STMT_PROOF_RUN_RETRY, P(p_int(r->id), p_text(node), p_text(comment), person(4)), &t->e);
	expect(t, ok, o_run_retry(t->o, run, node, comment));
}

void op_gate_due(struct test *t)
{
	struct rows *r;

	note(t, "gates that are due");
	expect(t, db_one(t->db, t->a, STMT_PROOF_GATE_DUE, P(p_int(1000)), &r, &t->e), 0);
	int n = o_gate_due(t->o);
	if (row_int(r, 0, "n") != n)
		differ(t, "%" PRId64 " gates were due, expected %d", row_int(r, 0, "n"), n);
}

void op_send(struct test *t)
{
	static const char *const topics[] = { "scope", "design", "weather" };
	bool direct = chance(t, 60);
	const char *topic = direct ? NULL : topics[roll(t, 3)];
	const char *to = !direct ? NULL : chance(t, 10) ? "people" : agents[roll(t, AGENTS)];
	const char *body = chance(t, 5) ? "" : "look";
	int priority = (int)roll(t, 21) - 10;
	struct rows *r;

	if (t->o->runs == 0)
		return;
	int run = some_run(t);
	const struct graph *g = t->o->run[run].g;
	const char *worker = g->nodes[roll(t, (uint64_t)g->node_count)].agent;
	if (direct && worker && chance(t, 80))
		to = worker;
	note(t, "say to %s in %" PRId64, direct ? to : topic, t->o->run[run].id);
	bool ok = db_one(t->db, t->a, STMT_PROOF_SEND,
			 P(p_int(t->o->run[run].id), person(5), p_text(topic), p_text(to), p_int(priority), p_text(body)),
			 &r, &t->e);
	expect(t, ok, o_send(t->o, run, topic, to, priority, body));
}

static int number_of(const struct oracle *o, int message)
{
	int n = 0;

	for (int i = 0; i <= message; i++)
		n += o->message[i].run == o->message[message].run;
	return n;
}

void op_take(struct test *t)
{
	struct o_lease l[HANDS];
	int got[MESSAGES], n = leases(t, NOBODY, l);
	struct rows *r;

	if (n == 0)
		return;
	int owner = chance(t, 96) ? t->o->run[l->run].c[l->branch].owner : (int)roll(t, (uint64_t)t->o->runners);
	if (chance(t, 5))
		l->epoch--;
	note(t, "messages for %d: %" PRId64 ".%d/%" PRId64, owner + 1, t->o->run[l->run].id, l->branch, l->epoch);
	struct lease_arrays la = lease_arrays(t, l, 1);
	expect(t, db_many(t->db, t->a, STMT_PROOF_TAKE, P(runner_param(t, owner), la.run, la.branch, la.epoch), &r, &t->e),
	       0);
	n = o_take(t->o, owner, *l, got);
	if ((int)rows_count(r) != n)
		differ(t, "read %zu messages, expected %d", rows_count(r), n);
	for (int i = 0; i < n; i++) {
		if (row_int(r, (size_t)i, "number") != number_of(t->o, got[i]))
			differ(t, "message %d is number %" PRId64 ", expected %d", i + 1, row_int(r, (size_t)i, "number"),
			       number_of(t->o, got[i]));
	}
}

void op_revive(struct test *t)
{
	struct oracle *o = t->o;

	if (o->messages == 0)
		return;
	int message = (int)roll(t, (uint64_t)o->messages), agent = (int)roll(t, AGENTS);
	for (int i = 0; i < o->messages; i++) {
		for (int k = 0; k < AGENTS; k++) {
			if (streq(o->message[i].to_agent[k].state, "dead") && chance(t, 50)) {
				message = i;
				agent = k;
			}
		}
	}
	int64_t run = o->run[o->message[message].run].id;
	note(t, "message %d of %" PRId64 " again for %s", number_of(o, message), run, agents[agent]);
	bool ok = db_exec(t->db, STMT_PROOF_REVIVE,
			  P(p_int(run), p_int(number_of(o, message) - 1), p_text(agents[agent]), person(5)), &t->e);
	expect(t, ok, o_revive(o, message, agent));
}
