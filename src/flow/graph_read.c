/* SPDX-License-Identifier: MIT */
#include "flow/graph_read.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"

enum { NAME_MAX_BYTES = 60 };

/* The default of every attribute, which no file would write. */
#define ABSENT "\001"

#define OF(kind) (1u << (kind))

/* A text's `words` are what it may be; a number's range is in hundredths for `decimal`. */
struct attribute {
	const char *name;
	unsigned kinds, needed;
	size_t offset;
	const char *const *words;
	bool number, decimal;
	int64_t min, max;
	int64_t otherwise;
};

static const char *const outcomes[] = { "done", "failed", "rejected", NULL };
static const char *const roles[] = { "submitter", "approver", "operator", "admin", NULL };
static const char *const expiries[] = { "remind", "escalate", "delegate", NULL };

#define TEXT(name, kind, need, field, words) \
	{ \
		name, OF(kind), (need) ? OF(kind) : 0, offsetof(struct graph_node, field), words, false, \
			false, 0, 0, 0 \
	}
#define NUMBER(name, kind, need, field, min, max, otherwise) \
	{ \
		name, OF(kind), (need) ? OF(kind) : 0, offsetof(struct graph_node, field), NULL, true, \
			false, min, max, otherwise \
	}

static const struct attribute of_node[] = {
	TEXT("agent", NODE_AGENT, true, agent, NULL),
	NUMBER("max_attempts", NODE_AGENT, false, max_attempts, 1, 20, 4),
	NUMBER("retry_base_s", NODE_AGENT, false, retry_base_s, 1, 3600, 1),
	NUMBER("retry_max_s", NODE_AGENT, false, retry_max_s, 1, 86400, 60),
	NUMBER("timeout_s", NODE_AGENT, false, timeout_s, 10, 86400, 1800),
	{ "confidence", OF(NODE_AGENT), 0, offsetof(struct graph_node, confidence), NULL, true, true, 0, 100,
	  60 },
	TEXT("reviews", NODE_GATE, true, reviews, NULL),
	NUMBER("quorum", NODE_GATE, false, quorum, 1, 20, 1),
	TEXT("role", NODE_GATE, false, role, roles),
	NUMBER("expires_s", NODE_GATE, false, expires_s, 60, 31536000, 0),
	TEXT("then", NODE_GATE, false, on_expiry, expiries),
	TEXT("to", NODE_GATE, false, expiry_to, NULL),
	NUMBER("wait_s", NODE_TIMER, true, wait_s, 1, 31536000, 0),
	TEXT("outcome", NODE_EXIT, true, outcome, outcomes),
};
enum { NODE_ATTRIBUTES = sizeof(of_node) / sizeof(of_node[0]) };

void graph_attributes(void)
{
	agattr(NULL, AGNODE, "kind", ABSENT);
	/* libgvc gives every node a label once it was used; the language has none. */
	agattr(NULL, AGNODE, "label", ABSENT);
	for (size_t i = 0; i < NODE_ATTRIBUTES; i++)
		agattr(NULL, AGNODE, (char *)of_node[i].name, ABSENT);
	agattr(NULL, AGEDGE, "label", ABSENT);
	agattr(NULL, AGEDGE, "max", ABSENT);
}

static bool known(int kind, const char *name)
{
	if (kind == AGRAPH)
		return streq(name, "title") || streq(name, "start");
	if (kind == AGEDGE)
		return streq(name, "label") || streq(name, "max");
	for (size_t i = 0; i < NODE_ATTRIBUTES; i++)
		if (streq(of_node[i].name, name))
			return true;
	return streq(name, "kind") || streq(name, "label");
}

bool graph_known_attributes(Agraph_t *dot, struct err *e)
{
	static const struct {
		int kind;
		const char *what;
	} parts[] = { { AGRAPH, "graph" }, { AGNODE, "node" }, { AGEDGE, "edge" } };

	for (size_t i = 0; i < 3; i++)
		for (Agsym_t *s = agnxtattr(dot, parts[i].kind, NULL); s;
		     s = agnxtattr(dot, parts[i].kind, s)) {
			/* Every graph's edges have a key, which says nothing here. */
			if (parts[i].kind == AGEDGE && streq(s->name, "key"))
				continue;
			if (!known(parts[i].kind, s->name))
				return err_set(e, ERR_INVALID,
					       "\"%.60s\" is not an attribute of a workflow's %s; remove it",
					       s->name, parts[i].what);
			if (parts[i].kind != AGRAPH && !streq(s->defval, ABSENT))
				return err_set(e, ERR_INVALID,
					       "\"%.60s\" must be set at each %s, not for all of them",
					       s->name, parts[i].what);
		}
	return true;
}

bool graph_name(const char *s, const char *more)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') || s[n] == '_' ||
	       (s[n] && strchr(more, s[n])))
		n++;
	return n > 0 && n <= NAME_MAX_BYTES && s[n] == '\0' && s[0] >= 'a' && s[0] <= 'z';
}

/* NULL where it is absent. */
static const char *attribute(struct arena *a, void *object, const char *name)
{
	char *value = agget(object, (char *)name);

	return value && !streq(value, ABSENT) ? arena_strdup(a, value) : NULL;
}

/* "a, b or c" */
static const char *choice(struct arena *a, const char *const *words)
{
	const char *s = words[0];

	for (size_t i = 1; words[i]; i++)
		s = arena_printf(a, "%s%s%s", s, words[i + 1] ? ", " : " or ", words[i]);
	return s;
}

static bool one_of(const char *const *words, const char *s)
{
	while (*words && !streq(*words, s))
		words++;
	return *words;
}

static bool read_number(struct arena *a, const struct attribute *at, const char *where, const char *text,
			int64_t *out, struct err *e)
{
	*out = at->otherwise;
	if (!text)
		return true;
	if (at->decimal ? parse_decimal(text, 2, at->max, out) : parse_i64(text, at->min, at->max, out))
		return true;
	return at->decimal ? err_set(e, ERR_INVALID,
				     "%s: %s must be from 0 to 1 with at most two digits after the point",
				     where, at->name)
			   : err_set(e, ERR_INVALID, "%s: %s must be a whole number from %lld to %lld", where,
				     at->name, (long long)at->min, (long long)at->max);
}

static bool read_attribute(struct arena *a, Agnode_t *n, const struct attribute *at, struct graph_node *out,
			   struct err *e)
{
	const char *text = attribute(a, n, at->name), *kind = node_kind_name(out->kind);
	void *field = (char *)out + at->offset;

	if (!text && (at->needed & OF(out->kind)))
		return err_set(e, ERR_INVALID, "node %s: a node of kind %s needs \"%s\"", out->name, kind,
			       at->name);
	if (text && !(at->kinds & OF(out->kind)))
		return err_set(e, ERR_INVALID, "node %s: \"%s\" has no meaning for kind %s; remove it",
			       out->name, at->name, kind);
	if (at->number)
		return read_number(a, at, out->name, text, field, e);
	if (text && !at->words && !*text)
		return err_set(e, ERR_INVALID, "node %s: %s is empty", out->name, at->name);
	if (text && at->words && !one_of(at->words, text))
		return err_set(e, ERR_INVALID, "node %s: %s must be %s, not \"%.40s\"", out->name, at->name,
			       choice(a, at->words), text);
	*(const char **)field = text;
	return true;
}

static size_t rank(const char *role)
{
	size_t i = 0;

	while (roles[i] && !streq(roles[i], role))
		i++;
	return i;
}

/* What happens to a gate that nobody decides. */
static bool read_policy(struct graph_node *n, struct err *e)
{
	bool bare = n->on_expiry == NULL;

	if (!n->role)
		n->role = "approver";
	if (n->expires_s == 0)
		return (bare && !n->expiry_to) ||
		       err_set(e, ERR_INVALID,
			       "node %s: \"%s\" needs expires_s: the seconds after which it applies", n->name,
			       bare ? "to" : "then");
	if (bare)
		n->on_expiry = "remind";
	if (streq(n->on_expiry, "remind"))
		return !n->expiry_to || err_set(e, ERR_INVALID,
						"node %s: who is reminded is not chosen; remove \"to\", or "
						"escalate or delegate",
						n->name);
	if (!n->expiry_to)
		return err_set(e, ERR_INVALID, "node %s: \"then=%s\" needs \"to\": %s", n->name, n->on_expiry,
			       streq(n->on_expiry, "escalate") ? "the role that is asked instead"
							       : "the account that is asked as well");
	if (streq(n->on_expiry, "escalate") &&
	    (!one_of(roles, n->expiry_to) || rank(n->expiry_to) <= rank(n->role)))
		return err_set(e, ERR_INVALID,
			       "node %s: to escalate is to ask a higher role than %s, not \"%.40s\"", n->name,
			       n->role, n->expiry_to);
	return true;
}

static bool read_agent(struct arena *a, const char *const *agents, const struct graph_node *n, struct err *e)
{
	if (!graph_name(n->agent, "-"))
		return err_set(e, ERR_INVALID, "node %s: \"%.60s\" is not the name of an agent", n->name,
			       n->agent);
	if (agents && !one_of(agents, n->agent))
		return err_set(e, ERR_INVALID, "node %s: there is no agent \"%s\"%s%s", n->name, n->agent,
			       agents[0] ? "; there is " : "", agents[0] ? choice(a, agents) : "");
	if (n->retry_max_s < n->retry_base_s)
		return err_set(e, ERR_INVALID,
			       "node %s: retry_max_s, %lld, must not be less than retry_base_s, %lld",
			       n->name, (long long)n->retry_max_s, (long long)n->retry_base_s);
	return true;
}

bool graph_read_node(struct arena *a, Agnode_t *n, const char *const *agents, struct graph_node *out,
		     struct err *e)
{
	static const char *const kinds[] = { "agent", "gate", "join", "timer", "exit", NULL };
	const char *kind = attribute(a, n, "kind");
	size_t k = 0;

	out->name = arena_strdup(a, agnameof(n));
	if (!graph_name(out->name, ""))
		return err_set(e, ERR_INVALID,
			       "node \"%.60s\": a name is made of a-z, 0-9 and _, and begins with a letter",
			       out->name);
	if (attribute(a, n, "label"))
		return err_set(e, ERR_INVALID,
			       "node %s: \"label\" is not an attribute of a workflow's node; remove it",
			       out->name);
	if (!kind)
		return err_set(e, ERR_INVALID,
			       "node %s has no kind: an edge leads to or from a node that is nowhere defined",
			       out->name);
	while (kinds[k] && !streq(kinds[k], kind))
		k++;
	if (!kinds[k])
		return err_set(e, ERR_INVALID, "node %s: kind must be %s, not \"%.40s\"", out->name,
			       choice(a, kinds), kind);
	out->kind = (enum node_kind)k;
	for (size_t i = 0; i < NODE_ATTRIBUTES; i++)
		if (!read_attribute(a, n, &of_node[i], out, e))
			return false;
	if (out->kind == NODE_AGENT)
		return read_agent(a, agents, out, e);
	return out->kind != NODE_GATE || read_policy(out, e);
}

static size_t place(const struct graph *g, const char *name)
{
	size_t i = 0;

	while (i < g->node_count && !streq(g->nodes[i].name, name))
		i++;
	return i;
}

bool graph_read_edge(struct arena *a, Agedge_t *edge, const struct graph *g, struct graph_edge *out,
		     struct err *e)
{
	static const struct attribute max = { .name = "max", .number = true, .min = 1, .max = 100 };
	const char *where = arena_printf(a, "edge %s -> %s", agnameof(agtail(edge)), agnameof(aghead(edge)));

	out->from = place(g, agnameof(agtail(edge)));
	out->to = place(g, agnameof(aghead(edge)));
	out->label = attribute(a, edge, "label");
	if (!out->label || !*out->label)
		return err_set(e, ERR_INVALID, "%s needs a label: the outcome that leads there", where);
	return read_number(a, &max, where, attribute(a, edge, "max"), &out->max, e);
}
