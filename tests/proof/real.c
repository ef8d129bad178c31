/* SPDX-License-Identifier: MIT */
#include "real.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(struct test *t, bool ok)
{
	if (!ok)
		differ(t, "the database said: %s", t->e.msg);
}

uint64_t roll(struct test *t, uint64_t n)
{
	uint64_t z = t->dice += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % n;
}

bool chance(struct test *t, int percent)
{
	return roll(t, 100) < (uint64_t)percent;
}

void note(struct test *t, const char *fmt, ...)
{
	char *line = t->tail[t->notes++ % TAIL];
	int at = snprintf(line, LINE, "%ld (%.2f s) ", t->op, (double)t->o->now / SECOND);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + at, (size_t)(LINE - at), fmt, ap);
	va_end(ap);
}

_Noreturn void differ(struct test *t, const char *fmt, ...)
{
	va_list ap;

	printf("not ok 1 - the database and the oracle agree (seed %ld)\n# operations up to there:\n", t->seed);
	for (long i = t->notes > TAIL ? t->notes - TAIL : 0; i < t->notes; i++)
		printf("#   %s\n", t->tail[i % TAIL]);
	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n1..1\n");
	fflush(stdout);
	_Exit(1);
}

void expect(struct test *t, bool ok, int status)
{
	int got = ok ? 0 : err_status(t->e.class);

	if (got != status)
		differ(t, "expected status %d, but the database gave %d: %s", status, got, ok ? "accepted" : t->e.msg);
	err_clear(&t->e);
}

static struct param text_of(const char *s)
{
	return s ? p_text(s) : p_null();
}

static void store_graph(struct test *t, const struct graph *g)
{
	static const char *const kinds[] = { "agent", "gate", "join", "timer", "exit" };
	struct rows *r;

	must(t, db_one(t->db, t->a, STMT_PROOF_WORKFLOW, P(p_text(g->name)), &r, &t->e));
	int64_t id = row_int(r, 0, "graph_id");
	for (int i = 0; i < g->node_count; i++) {
		const struct g_node *n = &g->nodes[i];
		must(t, db_exec(t->db, STMT_PROOF_NODE,
				P(p_int(id), p_text(n->name), p_text(kinds[n->kind]), p_int(n->position),
				  text_of(n->agent), text_of(n->reviews), text_of(n->outcome), p_int(n->wait_s),
				  p_int(n->quorum), p_int(n->expires_s), p_text(n->role), text_of(n->on_expiry),
				  text_of(n->expiry_to), p_int(n->max_attempts), p_int(n->base_s), p_int(n->max_s),
				  p_int(n->timeout_s)), &t->e));
	}
	for (int i = 0; i < g->edge_count; i++) {
		const struct g_edge *e = &g->edges[i];
		must(t, db_exec(t->db, STMT_PROOF_EDGE,
				P(p_int(id), p_text(e->node), p_text(e->outcome), p_text(e->next), p_int(e->max),
				  text_of(e->meets)), &t->e));
	}
}

void real_begin(struct test *t)
{
	static const char *const topics[] = { "scope", "design" };
	struct rows *r;

	must(t, db_exec(t->db, STMT_PROOF_CLOCK_TABLE, P_NONE, &t->e));
	must(t, db_exec(t->db, STMT_PROOF_CLOCK_ROW, P_NONE, &t->e));
	must(t, db_exec(t->db, STMT_PROOF_CLOCK_FUNCTION, P_NONE, &t->e));
	for (int i = 0; i < PEOPLE; i++) {
		must(t, db_one(t->db, t->a, STMT_PROOF_ACCOUNT,
			       P(p_text(people[i].name), p_text(people[i].role), p_bool(people[i].disabled)), &r, &t->e));
		people[i].id = row_int(r, 0, "account_id");
	}
	for (int i = 0; i < AGENTS; i++) {
		for (int k = 0; k < 2; k++) {
			if (subscribed(i, topics[k]))
				must(t, db_exec(t->db, STMT_PROOF_SUBSCRIBE, P(p_text(agents[i]), p_text(topics[k])),
						&t->e));
		}
	}
	for (int i = 0; i < GRAPHS; i++)
		store_graph(t, &graphs[i]);
}

void real_clock(struct test *t)
{
	must(t, db_exec(t->db, STMT_PROOF_CLOCK, P(p_int(t->o->now)), &t->e));
}

const char *runner_id(struct test *t, int runner)
{
	return arena_printf(t->a, "00000000-0000-0000-0000-%012d", runner + 1);
}

struct param runner_param(struct test *t, int runner)
{
	return p_text(runner_id(t, runner));
}

void real_empty(struct test *t)
{
	must(t, db_exec(t->db, STMT_PROOF_EMPTY, P_NONE, &t->e));
	oracle_reset(t->o);
	real_clock(t);
	for (int i = 0; i < TEAM; i++)
		t->team[i] = NOBODY;
	note(t, "everything is emptied");
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void real_compare(struct test *t, bool ended)
{
	struct rows *r;
	int n;

	must(t, db_many(t->db, t->a, STMT_PROOF_SEE, P(p_bool(ended)), &r, &t->e));
	char **want = oracle_lines(t->o, t->a, ended, &n);
	int have = (int)rows_count(r);
	const char **got = arena_array(t->a, (size_t)have + 1, sizeof(*got));
	for (int i = 0; i < have; i++)
		got[i] = row_text(r, (size_t)i, "line");
	qsort(got, (size_t)have, sizeof(*got), compare_lines);
	for (int i = 0; i < n || i < have; i++) {
		const char *g = i < have ? got[i] : "(nothing)", *w = i < n ? want[i] : "(nothing)";
		if (strcmp(g, w) != 0)
			differ(t, "first difference\n#   database: %s\n#   oracle:   %s", g, w);
	}
}

int leases(struct test *t, int owner, struct o_lease *l)
{
	int n = 0;

	for (int i = 0; i < t->o->runs; i++) {
		for (int b = 0; b < t->o->run[i].branches && n < HANDS; b++) {
			const struct o_cursor *c = &t->o->run[i].c[b];
			if (c->state == 'L' && (owner == NOBODY || c->owner == owner))
				l[n++] = (struct o_lease){ i, b, c->epoch };
		}
	}
	for (int i = n - 1; i > 0; i--) {
		int k = (int)roll(t, (uint64_t)i + 1);
		struct o_lease x = l[i];
		l[i] = l[k];
		l[k] = x;
	}
	return n;
}

struct lease_arrays lease_arrays(struct test *t, const struct o_lease *l, int n)
{
	int64_t *run = arena_array(t->a, HANDS, sizeof(*run)), *branch = arena_array(t->a, HANDS, sizeof(*branch)),
		*epoch = arena_array(t->a, HANDS, sizeof(*epoch));

	for (int i = 0; i < n; i++) {
		run[i] = t->o->run[l[i].run].id;
		branch[i] = l[i].branch;
		epoch[i] = l[i].epoch;
	}
	return (struct lease_arrays){ p_int_array(run, (size_t)n), p_int_array(branch, (size_t)n),
				      p_int_array(epoch, (size_t)n) };
}
