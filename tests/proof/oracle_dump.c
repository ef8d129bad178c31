/* SPDX-License-Identifier: MIT */
/* The oracle's side of what can be seen, in the very words of the statement proof_see. */
#include "oracle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct lines {
	struct arena *a;
	char **at;
	int n, room;
};

static void add(struct lines *l, char *line)
{
	if (l->n == l->room) {
		char **more = arena_array(l->a, (size_t)l->room * 2, sizeof(*more));
		memcpy(more, l->at, (size_t)l->n * sizeof(*more));
		l->at = more;
		l->room *= 2;
	}
	l->at[l->n++] = line;
}

static const char *text(struct arena *a, const char *s)
{
	char *flat = arena_strdup(a, s ? s : "");

	for (char *p = flat; *p; p++)
		*p = *p == '\n' ? '|' : *p;
	return flat;
}

/* Nothing where SQL says null. */
static const char *number(struct arena *a, bool is, int64_t n)
{
	return is ? arena_printf(a, "%" PRId64, n) : "";
}

static const char *caps(struct arena *a, const struct o_gate *g)
{
	const char *s = "";

	for (int i = 0; i < g->caps; i++)
		s = arena_printf(a, "%s%s%d:%" PRId64 ":%" PRId64, s, i ? " " : "", g->cap[i].kind, g->cap[i].key,
				 g->cap[i].need);
	return s;
}

static void dump_cursors(struct lines *l, const struct o_run *r)
{
	for (int b = 0; b < r->branches; b++) {
		const struct o_cursor *c = &r->c[b];
		bool timed = c->state == 'W' && (streq(c->why, "retry") || streq(c->why, "timer"));
		add(l, arena_printf(l->a, "cursor %" PRId64 ".%d %s %c %s attempt=%d epoch=%" PRId64
				    " owner=%s parent=%s came=%s rank=%s at=%s deadline=%s",
				    r->id, b, r->g->nodes[c->node].name, c->state, text(l->a, c->why), c->attempt,
				    c->epoch, c->state == 'L' ? arena_printf(l->a, "%d", c->owner + 1) : "",
				    number(l->a, c->parent >= 0, c->parent), text(l->a, c->came),
				    number(l->a, c->state == 'R' || c->state == 'L', c->rank),
				    number(l->a, timed, c->run_at), number(l->a, c->state == 'L', c->deadline)));
	}
}

static void dump_gates(struct lines *l, const struct o_run *r)
{
	for (int i = 0; i < r->gates; i++) {
		const struct o_gate *g = &r->gate[i];
		add(l, arena_printf(l->a, "gate %" PRId64 ".%d %d %s %s %s revision=%d %s amount=%s [%s] %s %s quorum=%d "
				    "role=%s to=%s expires=%s reminders=%d votes=%d",
				    r->id, i + 1, g->branch, r->g->nodes[g->node].name, r->g->nodes[g->stage].name,
				    g->kind, g->revision, g->state, number(l->a, g->amount >= 0, g->amount),
				    caps(l->a, g), text(l->a, g->detail), text(l->a, g->decision), g->quorum, g->role,
				    number(l->a, g->assignee >= 0, g->assignee < 0 ? 0 : people[g->assignee].id),
				    number(l->a, g->expires > 0, g->expires), g->reminders, g->votes));
	}
}

static void dump_run(struct lines *l, const struct o_run *r)
{
	const char *kinds = "";
	int revisions = 0;

	for (int64_t i = r->events > KINDS ? r->events - KINDS : 0; i < r->events; i++)
		kinds = arena_printf(l->a, "%s%s%s", kinds, *kinds ? " " : "", r->kinds[i % KINDS]);
	add(l, arena_printf(l->a, "run %" PRId64 " %s paused=%d unpriced=%d events=%" PRId64 "/%" PRId64 "/%" PRId64
			    " [%s] %s", r->id, r->state, r->paused, r->unpriced, r->events, r->events, r->events, kinds,
			    text(l->a, r->problem)));
	dump_cursors(l, r);
	for (int i = 0; i < r->g->node_count; i++) {
		const struct o_stage *s = &r->s[i];
		if (r->g->nodes[i].kind != AGENT)
			continue;
		revisions += s->revision;
		add(l, arena_printf(l->a, "stage %" PRId64 ".%s %s revision=%d attempts=%d [%s] %s:%s:%s concern=%d",
				    r->id, r->g->nodes[i].name, s->state, s->revision, s->attempts,
				    text(l->a, s->problem), text(l->a, s->kind), text(l->a, s->from),
				    text(l->a, s->comment), s->concern != NULL));
	}
	dump_gates(l, r);
	for (int i = 0; i < r->loops; i++) {
		if (r->loop[i].times > 0)
			add(l, arena_printf(l->a, "loop %" PRId64 ".%s %s %d", r->id,
					    r->g->nodes[r->loop[i].node].name, r->loop[i].outcome, r->loop[i].times));
	}
	for (int i = 0; i < r->dead; i++)
		add(l, arena_printf(l->a, "dead %" PRId64 ".%d %d %s %d %s [%s]", r->id, i + 1, r->letter[i].branch,
				    r->g->nodes[r->letter[i].node].name, r->letter[i].attempts,
				    text(l->a, r->letter[i].problem), text(l->a, r->letter[i].resolution)));
	add(l, arena_printf(l->a, "taken %" PRId64 " receipts=%d outputs=%d revisions=%d audit=%d", r->id, r->receipts,
			    r->receipts, revisions, r->audits));
}

static void dump_calls(struct lines *l, const struct oracle *o, bool ended)
{
	for (int i = 0; i < o->calls; i++) {
		const struct o_call *c = &o->call[i];
		const struct o_run *r = &o->run[c->run];
		if (!ended && (r->ended || (!streq(c->state, "intent") && (c->settled || !c->held))))
			continue;
		add(l, arena_printf(l->a, "call %" PRId64 ".%s.%d.%d server%d %s limited=%d held=%s spent=%s settled=%d "
				    "unconfirmed=%s cost=%s %s",
				    r->id, r->g->nodes[c->node].name, c->revision, c->no, c->server, c->state, c->limited,
				    number(l->a, c->held, c->amount), number(l->a, c->settled, c->spent), c->settled,
				    number(l->a, c->held, c->unconfirmed), number(l->a, c->cost >= 0, c->cost),
				    text(l->a, c->error)));
	}
}

static void dump_messages(struct lines *l, const struct oracle *o, bool ended)
{
	int *seen = arena_array(l->a, RUNS, sizeof(int));

	for (int i = 0; i < o->messages; i++) {
		const struct o_message *m = &o->message[i];
		int k = ++seen[m->run];
		for (int w = 0; w < AGENTS && (ended || !o->run[m->run].ended); w++) {
			const char *state = m->to_agent[w].state;
			bool held = streq(state, "held");
			if (!state || (!ended && streq(state, "read")))
				continue;
			add(l, arena_printf(l->a, "delivery %" PRId64 ".%d %s %s attempts=%d at=%s %s.%s",
					    o->run[m->run].id, k, agents[w], state, m->to_agent[w].attempts,
					    number(l->a, streq(state, "ready"), m->to_agent[w].run_at),
					    number(l->a, held, m->to_agent[w].branch),
					    number(l->a, held, m->to_agent[w].epoch)));
		}
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **oracle_lines(const struct oracle *o, struct arena *a, bool ended, int *n)
{
	struct lines l = { a, arena_array(a, 256, sizeof(char *)), 0, 256 };

	for (int i = 0; i < o->runs; i++) {
		if (ended || !o->run[i].ended)
			dump_run(&l, &o->run[i]);
	}
	dump_calls(&l, o, ended);
	dump_messages(&l, o, ended);
	for (int i = 0; i < o->budgets; i++) {
		const struct o_budget *b = &o->budget[i];
		bool shown = ended || b->kind != 4;
		for (int k = 0; !shown && k < o->runs; k++)
			shown = o->run[k].project == b->key && !o->run[k].ended;
		if (shown)
			add(&l, arena_printf(a, "budget %d %" PRId64 " cap=%s spent=%" PRId64 " held=%" PRId64, b->kind,
					     b->key, number(a, b->cap >= 0, b->cap), b->spent, b->held));
	}
	for (int i = 0; i < SERVERS; i++) {
		const struct o_server *p = &o->server[i];
		if (p->set)
			add(&l, arena_printf(a, "server server%d most=%s minute=%s flight=%d tokens=%s", i,
					     number(a, p->most > 0, p->most), number(a, p->per_minute > 0, p->per_minute),
					     p->in_flight,
					     number(a, p->per_minute > 0, (int64_t)(p->tokens * 1000 +
										    (p->tokens < 0 ? -0.5 : 0.5)))));
	}
	if (o->site_audits > 0)
		add(&l, arena_printf(a, "site audit=%d", o->site_audits));
	qsort(l.at, (size_t)l.n, sizeof(*l.at), compare);
	*n = l.n;
	return l.at;
}
