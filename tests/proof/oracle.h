/* SPDX-License-Identifier: MIT */
/*
 * The engine once more, as plainly as possible: in memory, a thing at a time, from what the comments of
 * sql/functions say. The differential test does the same to both and compares what can be seen.
 *
 * Times are microseconds since the test's beginning, money is micro-dollars. Strings live in the arena or
 * for ever; NULL is SQL's null. What people or runners do returns 0 or the HTTP status of the refusal.
 */
#ifndef PROOF_ORACLE_H
#define PROOF_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "graphs.h"

enum {
	RUNS = 120, BRANCHES = 48, NODES = 12, QUESTIONS = 96, LOOPS = 16, DEAD = 48, CALLS = 2000,
	BUDGETS = 512, SERVERS = 3, MESSAGES = 2000, AGENTS = 7, RUNNERS = 400, PEOPLE = 7, VOTES = 16,
	KINDS = 8, NOBODY = -1, SECOND = 1000000
};

struct o_cap {
	int kind; /* 1 site … 4 project */
	int64_t key, need;
};

struct o_cursor {
	int parent, node, attempt, owner, lost;
	char state;
	const char *why, *came;
	int64_t rank, run_at, deadline, epoch;
};

struct o_stage {
	const char *state, *problem, *kind, *from, *comment, *concern; /* kind, from, comment: feedback */
	int revision, attempts;
};

struct o_gate {
	int branch, node, stage, revision, quorum, assignee, reminders, caps, votes;
	const char *kind, *state, *detail, *role, *decision;
	int64_t amount, expires; /* amount -1, expires 0: none */
	struct o_cap cap[4];
	struct {
		int who, revision;
	} vote[VOTES];
};

struct o_run {
	int64_t id, project, cap_key;
	const struct graph *g;
	int tenant, priority, branches, gates, loops, dead, receipts;
	const char *state, *problem;
	bool paused, unpriced, ended;
	int64_t events;
	const char *kinds[KINDS]; /* of the last events, by number */
	struct o_cursor c[BRANCHES];
	struct o_stage s[NODES];
	struct o_gate gate[QUESTIONS];
	struct {
		int node;
		const char *outcome;
		int times;
	} loop[LOOPS];
	struct {
		int branch, node, attempts;
		const char *problem, *resolution;
	} letter[DEAD];
	struct { /* of each branch, what was taken last */
		const char *outcome, *document;
		int node;
	} last[BRANCHES];
	int audits;
};

struct o_call {
	int64_t id, amount, spent, day, cost;
	int run, node, revision, no, owner, server;
	const char *state, *hash, *response, *error;
	bool held, settled, unconfirmed, limited;
};

struct o_budget {
	int kind;
	int64_t key, cap, spent, held; /* cap -1: none */
};

struct o_server {
	bool set;
	int most, per_minute, in_flight; /* 0: no limit */
	double tokens;
	int64_t refilled;
};

struct o_message {
	int run, priority;
	const char *sender, *topic, *to;
	int64_t id;
	struct {
		const char *state; /* NULL: not for this agent */
		int attempts, branch;
		int64_t run_at, epoch;
	} to_agent[AGENTS];
};

struct oracle {
	struct arena *a;
	int64_t now;
	int runs, calls, budgets, messages, runners, site_audits;
	struct o_run run[RUNS];
	struct o_call call[CALLS];
	struct o_budget budget[BUDGETS];
	struct o_server server[SERVERS];
	struct o_message message[MESSAGES];
	struct {
		int64_t expires;
		bool ended;
	} runner[RUNNERS];
};

struct person {
	const char *name, *role;
	bool disabled;
	int64_t id;
};
extern struct person people[PEOPLE];
extern const char *const agents[AGENTS];
/* Which topics an agent reads. */
bool subscribed(int agent, const char *topic);

/* A stage in somebody's hands. */
struct o_lease {
	int run, branch;
	int64_t epoch;
};

void oracle_reset(struct oracle *o);
/* How many runs are open. */
int oracle_open(const struct oracle *o);

/* oracle_step.c: how a run moves. */
void o_event(struct o_run *r, const char *kind);
void o_end(struct oracle *o, struct o_run *r, const char *state);
struct o_enter {
	int branch, node;
	const char *came, *gate, *detail;
	int64_t amount;
	int caps;
	const struct o_cap *cap;
};
void o_enter(struct oracle *o, struct o_run *r, const struct o_enter *e, int n, int keep);
void o_step(struct oracle *o, struct o_run *r, const int *branch, const char *const *outcome,
	    const char *const *detail, int n, int keep);

/* oracle_stage.c: what runners do. Which stages they get stands in leases, sorted. */
struct o_output {
	struct o_lease l;
	const char *outcome, *document, *report, *detail; /* report: what is said where detail is NULL */
	const char *topic, *to, *body;                    /* a message with it, unless body is NULL */
	bool taken;
};
bool o_live(const struct oracle *o, int runner);
void o_due(struct oracle *o);
/* What a claim takes; false when equal ranks leave it open. */
bool o_claim_plan(const struct oracle *o, int limit, int quota, struct o_lease *got, int *n);
int o_due_count(const struct oracle *o);
int o_claim(struct oracle *o, int owner, int limit, int quota, struct o_lease *got);
int o_advance(struct oracle *o, int owner, struct o_output *out, int n, bool keep, struct o_lease *kept);
const char *o_retry(struct oracle *o, int owner, struct o_lease l, int64_t delay, const char *problem, bool counts,
		    int64_t *least, int64_t *most);
const char *o_park(struct oracle *o, int owner, struct o_lease l, const char *kind, const char *detail,
		   int64_t amount, const struct o_cap *cap, int caps);
int o_rescue(struct oracle *o, struct o_lease *freed);
bool o_holds(const struct oracle *o, int owner, struct o_lease l);

/* oracle_people.c */
void o_submit(struct oracle *o, int graph, int tenant, int priority, int64_t cap, int64_t run, int64_t project);
int o_decide(struct oracle *o, int run, int gate, int revision, const char *kind, const char *comment, int who,
	     bool *open);
int o_cancel(struct oracle *o, int run);
int o_pause(struct oracle *o, int run, bool paused);
int o_run_retry(struct oracle *o, int run, const char *node, const char *comment);
int o_gate_due(struct oracle *o);

/* oracle_money.c */
struct o_ask {
	struct o_lease l;
	int server;
	const char *hash;
	int64_t amount; /* -1: not known */
	const char *verdict, *response;
	int64_t need;
	double wait_s;
	int call; /* index, or -1 */
	int caps;
	struct o_cap cap[4];
};
struct o_budget *o_find_budget(struct oracle *o, int kind, int64_t key);
void o_call_begin(struct oracle *o, int owner, struct o_ask *ask, int n);
void o_call_end(struct oracle *o, int call, const char *state, const char *response, const char *error, int64_t cost);
void o_calls_lost(struct oracle *o);
int o_budget_set(struct oracle *o, int kind, int64_t key, int64_t cap);
void o_limit_set(struct oracle *o, int server, int most, int per_minute);
int64_t o_day(const struct oracle *o);

/* oracle_message.c */
void o_post(struct oracle *o, int run, const char *sender, const char *topic, const char *to, int priority);
int o_send(struct oracle *o, int run, const char *topic, const char *to, int priority, const char *body);
/* Indices of what is held from now on, in the order of reading. */
int o_take(struct oracle *o, int owner, struct o_lease l, int *got);
void o_back(struct oracle *o, int run, int branch, int64_t epoch, bool counts);
void o_heard(struct oracle *o, int run, int branch, int64_t epoch);
int o_revive(struct oracle *o, int message, int agent);

/* oracle_dump.c: what can be seen, a line a row, sorted. */
char **oracle_lines(const struct oracle *o, struct arena *a, bool ended, int *n);

#endif
