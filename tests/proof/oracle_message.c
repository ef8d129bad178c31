/* SPDX-License-Identifier: MIT */
/* Messages: held by a stage that works, read when its output is taken, given back when it fails. */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

const char *const agents[AGENTS] = { "analyst", "developer", "tester", "security", "usability", "writer", "nobody" };

bool subscribed(int agent, const char *topic)
{
	static const struct {
		int agent;
		const char *topic;
	} all[] = { { 0, "scope" }, { 1, "scope" }, { 1, "design" }, { 2, "design" }, { 3, "design" }, { 4, "scope" } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (all[i].agent == agent && streq(all[i].topic, topic))
			return true;
	}
	return false;
}

static bool works_in(const struct o_run *r, const char *agent)
{
	for (int i = 0; i < r->g->node_count; i++) {
		if (streq(r->g->nodes[i].agent, agent))
			return true;
	}
	return false;
}

void o_post(struct oracle *o, int run, const char *sender, const char *topic, const char *to, int priority)
{
	if (o->messages == MESSAGES)
		abort();
	struct o_message *m = &o->message[o->messages++];
	*m = (struct o_message){ .run = run, .priority = priority, .sender = sender, .topic = topic, .to = to };
	for (int i = 0; i < AGENTS; i++) {
		bool hears = streq(agents[i], to) || (!streq(agents[i], sender) && subscribed(i, topic));
		if (!hears || !works_in(&o->run[run], agents[i]))
			continue;
		m->to_agent[i].state = "ready";
		m->to_agent[i].run_at = o->now;
	}
}

int o_send(struct oracle *o, int run, const char *topic, const char *to, int priority, const char *body)
{
	if (*body == '\0' || (to && !streq(to, "people") && !works_in(&o->run[run], to)))
		return 422;
	o_post(o, run, NULL, topic, to, priority);
	o_event(&o->run[run], "message");
	return 0;
}

static int agent_at(const struct oracle *o, struct o_lease l)
{
	const struct o_run *r = &o->run[l.run];
	int agent = 0;

	while (!streq(agents[agent], r->g->nodes[r->c[l.branch].node].agent))
		agent++;
	return agent;
}

/* Ready and due, or held by nobody who works any more, or by this very lease. */
static bool free_for(const struct oracle *o, const struct o_message *m, int agent, struct o_lease l)
{
	if (streq(m->to_agent[agent].state, "ready"))
		return m->to_agent[agent].run_at <= o->now;
	if (!streq(m->to_agent[agent].state, "held"))
		return false;
	int branch = m->to_agent[agent].branch;
	int64_t epoch = m->to_agent[agent].epoch;
	const struct o_cursor *c = &o->run[l.run].c[branch];
	return c->state != 'L' || c->epoch != epoch || (branch == l.branch && epoch == l.epoch);
}

int o_take(struct oracle *o, int owner, struct o_lease l, int *got)
{
	int n = 0, found = 0;

	if (!o_holds(o, owner, l))
		return 0;
	int agent = agent_at(o, l);
	for (int priority = 10; priority >= -10; priority--) {
		for (int i = 0; i < o->messages && n < 20; i++) {
			struct o_message *m = &o->message[i];
			if (m->run == l.run && m->priority == priority && free_for(o, m, agent, l))
				got[n++] = i;
		}
	}
	for (found = 0; found < n; found++) {
		o->message[got[found]].to_agent[agent].state = "held";
		o->message[got[found]].to_agent[agent].branch = l.branch;
		o->message[got[found]].to_agent[agent].epoch = l.epoch;
	}
	return n;
}

/* What a lease that ended without an output held. */
void o_back(struct oracle *o, int run, int branch, int64_t epoch, bool counts)
{
	for (int i = 0; i < o->messages; i++) {
		struct o_message *m = &o->message[i];
		for (int k = 0; m->run == run && k < AGENTS; k++) {
			if (!streq(m->to_agent[k].state, "held") || m->to_agent[k].branch != branch ||
			    m->to_agent[k].epoch != epoch)
				continue;
			m->to_agent[k].state = counts && m->to_agent[k].attempts >= 4 ? "dead" : "ready";
			if (counts)
				m->to_agent[k].run_at = o->now + (10LL << m->to_agent[k].attempts) * SECOND;
			m->to_agent[k].attempts += counts;
		}
	}
}

void o_heard(struct oracle *o, int run, int branch, int64_t epoch)
{
	int agent = agent_at(o, (struct o_lease){ run, branch, epoch });

	for (int i = 0; i < o->messages; i++) {
		struct o_message *m = &o->message[i];
		if (m->run == run && streq(m->to_agent[agent].state, "held") && m->to_agent[agent].branch == branch &&
		    m->to_agent[agent].epoch == epoch)
			m->to_agent[agent].state = "read";
	}
}

int o_revive(struct oracle *o, int message, int agent)
{
	struct o_message *m = &o->message[message];

	if (!streq(m->to_agent[agent].state, "dead"))
		return 409;
	m->to_agent[agent].state = "ready";
	m->to_agent[agent].attempts = 0;
	m->to_agent[agent].run_at = o->now;
	return 0;
}
