/* SPDX-License-Identifier: MIT */
/* From DOT text to the struct; what makes a workflow sound is in graph_check.c. */
#include "flow/graph.h"

#include <pthread.h>
#include <string.h>

#include <graphviz/cgraph.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph_check.h"

enum { NAME_MAX_BYTES = 60, TITLE_MAX_BYTES = 200 };

/* libcgraph's scanner, errors and reader are process-wide. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char complaint[256];

struct reader {
	const char *at;
	size_t left;
};

/* A line at a time: what follows the graph stays ours to look at. */
static int feed(void *channel, char *buf, int size)
{
	struct reader *r = channel;
	size_t n = 0;

	while (n < r->left && n < (size_t)size && (n == 0 || r->at[n - 1] != '\n'))
		n++;
	memcpy(buf, r->at, n);
	r->at += n;
	r->left -= n;
	return (int)n;
}

static int complain(char *text)
{
	size_t have = strlen(complaint), n = strcspn(text, "\n");

	if (n > sizeof(complaint) - 1 - have)
		n = sizeof(complaint) - 1 - have;
	memcpy(complaint + have, text, n);
	complaint[have + n] = '\0';
	return 0;
}

static bool plain_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n <= NAME_MAX_BYTES && s[n] == '\0' && s[0] >= 'a' && s[0] <= 'z';
}

static bool known_attributes(Agraph_t *g, int kind, const char *const *allowed, const char *what,
			     struct err *e)
{
	for (Agsym_t *s = agnxtattr(g, kind, NULL); s; s = agnxtattr(g, kind, s)) {
		size_t i = 0;
		/* Every graph's edges have a key, which says nothing here. */
		if (kind == AGEDGE && streq(s->name, "key"))
			continue;
		while (allowed[i] && !streq(allowed[i], s->name))
			i++;
		if (!allowed[i])
			return err_set(e, ERR_INVALID, "\"%.60s\" is not an attribute of a workflow's %s", s->name,
				       what);
		if (*s->defval && kind != AGRAPH)
			return err_set(e, ERR_INVALID,
				       "\"%.60s\" must be set at each %s, not for all of them", s->name,
				       what);
	}
	return true;
}

/* NULL where it is absent or empty. */
static const char *attribute(struct arena *a, void *object, const char *name)
{
	char *value = agget(object, (char *)name);

	return value && *value ? arena_strdup(a, value) : NULL;
}

static bool number(struct arena *a, void *object, const char *name, int64_t min, int64_t max,
		   int64_t otherwise, int64_t *out, const char *where, struct err *e)
{
	const char *text = attribute(a, object, name);

	*out = otherwise;
	if (text && !parse_i64(text, min, max, out))
		return err_set(e, ERR_INVALID, "%s: %s must be a whole number from %lld to %lld", where, name,
			       (long long)min, (long long)max);
	return true;
}

static bool read_node(struct arena *a, Agnode_t *n, struct graph_node *out, struct err *e)
{
	const char *kind = attribute(a, n, "kind");
	const char *set[] = { attribute(a, n, "agent"), attribute(a, n, "reviews"),
			      attribute(a, n, "outcome") };
	static const char *const own[] = { "agent", "reviews", "outcome" };
	size_t k = 0;

	out->name = arena_strdup(a, agnameof(n));
	if (!plain_name(out->name))
		return err_set(e, ERR_INVALID,
			       "node \"%.60s\": a name is made of a-z, 0-9 and _, and begins with a letter",
			       out->name);
	if (!kind)
		return err_set(e, ERR_INVALID,
			       "node %s has no kind: an edge leads to or from a node that is nowhere defined",
			       out->name);
	while (k < 3 && !streq(kind, node_kind_name((enum node_kind)k)))
		k++;
	if (k == 3)
		return err_set(e, ERR_INVALID, "node %s: kind must be agent, gate or exit, not \"%.40s\"",
			       out->name, kind);
	out->kind = (enum node_kind)k;
	for (size_t i = 0; i < 3; i++) {
		if (i == k && !set[i])
			return err_set(e, ERR_INVALID, "node %s: a node of kind %s needs \"%s\"", out->name,
				       kind, own[i]);
		if (i != k && set[i])
			return err_set(e, ERR_INVALID, "node %s: \"%s\" has no meaning for kind %s",
				       out->name, own[i], kind);
	}
	out->agent = set[0];
	out->reviews = set[1];
	out->outcome = set[2];
	if (out->kind == NODE_AGENT && !plain_name(out->agent))
		return err_set(e, ERR_INVALID, "node %s: \"%.60s\" is not the name of an agent", out->name,
			       out->agent);
	if (out->kind != NODE_AGENT && (attribute(a, n, "max_attempts") || attribute(a, n, "timeout_s")))
		return err_set(e, ERR_INVALID, "node %s: only an agent has max_attempts and timeout_s",
			       out->name);
	return number(a, n, "max_attempts", 1, 20, 4, &out->max_attempts, out->name, e) &&
	       number(a, n, "timeout_s", 10, 86400, 1800, &out->timeout_s, out->name, e);
}

static size_t place(const struct graph *g, const char *name)
{
	size_t i = 0;

	while (i < g->node_count && !streq(g->nodes[i].name, name))
		i++;
	return i;
}

static bool read_edge(struct arena *a, Agedge_t *edge, struct graph *g, struct err *e)
{
	struct graph_edge *out = &g->edges[g->edge_count++];
	const char *where = arena_printf(a, "edge %s -> %s", agnameof(agtail(edge)), agnameof(aghead(edge)));

	out->from = place(g, agnameof(agtail(edge)));
	out->to = place(g, agnameof(aghead(edge)));
	out->label = attribute(a, edge, "label");
	if (!out->label)
		return err_set(e, ERR_INVALID, "%s needs a label: the outcome that leads there", where);
	return number(a, edge, "max", 1, 100, 0, &out->max, where, e);
}

static bool read_graph(struct arena *a, Agraph_t *dot, struct graph *g, struct err *e)
{
	static const char *const of_graph[] = { "title", "start", NULL };
	static const char *const of_node[] = { "kind",	       "agent",	    "reviews", "outcome",
					       "max_attempts", "timeout_s", NULL };
	static const char *const of_edge[] = { "label", "max", NULL };

	g->name = arena_strdup(a, agnameof(dot) ? agnameof(dot) : "");
	if (!agisdirected(dot))
		return err_set(e, ERR_INVALID, "a workflow is a digraph");
	if (!plain_name(g->name))
		return err_set(e, ERR_INVALID,
			       "the digraph's name is made of a-z, 0-9 and _, and begins with a letter");
	if (agfstsubg(dot))
		return err_set(e, ERR_INVALID, "a workflow has no subgraphs");
	if (!known_attributes(dot, AGRAPH, of_graph, "graph", e) ||
	    !known_attributes(dot, AGNODE, of_node, "node", e) ||
	    !known_attributes(dot, AGEDGE, of_edge, "edge", e))
		return false;
	if (agnnodes(dot) > GRAPH_NODES || agnedges(dot) > GRAPH_EDGES)
		return err_set(e, ERR_INVALID, "a workflow has at most %d nodes and %d edges", GRAPH_NODES,
			       GRAPH_EDGES);
	g->title = attribute(a, dot, "title");
	g->start = attribute(a, dot, "start");
	if (!g->title || strlen(g->title) > TITLE_MAX_BYTES || utf8_invalid(g->title, strlen(g->title)) >= 0)
		return err_set(e, ERR_INVALID, "the graph needs a title of at most %d bytes of UTF-8",
			       TITLE_MAX_BYTES);
	if (!g->start)
		return err_set(e, ERR_INVALID, "the graph needs a start: the node at which a run begins");

	g->nodes = arena_array(a, (size_t)agnnodes(dot), sizeof(*g->nodes));
	g->edges = arena_array(a, (size_t)agnedges(dot), sizeof(*g->edges));
	for (Agnode_t *n = agfstnode(dot); n; n = agnxtnode(dot, n))
		if (!read_node(a, n, &g->nodes[g->node_count++], e))
			return false;
	for (Agnode_t *n = agfstnode(dot); n; n = agnxtnode(dot, n))
		for (Agedge_t *edge = agfstout(dot, n); edge; edge = agnxtout(dot, edge))
			if (!read_edge(a, edge, g, e))
				return false;
	return true;
}

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = { "agent", "gate", "exit" };

	return names[kind];
}

struct graph *graph_parse(struct arena *a, const char *text, size_t n, struct err *e)
{
	Agiodisc_t io = { feed, NULL, NULL };
	Agdisc_t disc = { NULL, &AgIdDisc, &io };
	struct reader r = { text, n };
	struct graph *g = arena_alloc(a, sizeof(*g));
	ptrdiff_t bad = utf8_invalid(text, n);
	bool ok = false;

	if (n > GRAPH_BYTES || bad >= 0) {
		err_set(e, ERR_INVALID, "a workflow is at most %zu bytes of UTF-8 text", GRAPH_BYTES);
		return NULL;
	}
	pthread_mutex_lock(&turn);
	agusererrf before = agseterrf(complain);
	complaint[0] = '\0';
	agreadline(1);
	Agraph_t *dot = agread(&r, &disc);
	if (!dot || complaint[0]) {
		err_set(e, ERR_INVALID, "this is not a graph in DOT: %s",
			complaint[0] ? complaint : "it is empty");
	} else {
		Agraph_t *second = agread(&r, &disc);
		if (second || complaint[0])
			err_set(e, ERR_INVALID, "something follows the graph's closing brace; remove it");
		else
			ok = read_graph(a, dot, g, e);
		if (second)
			agclose(second);
	}
	if (dot)
		agclose(dot);
	agseterrf(before);
	pthread_mutex_unlock(&turn);
	return ok && graph_check(a, g, e) ? g : NULL;
}
