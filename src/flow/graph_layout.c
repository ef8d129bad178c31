/* SPDX-License-Identifier: MIT */
#include "flow/graph_layout.h"

#include <string.h>

#include <graphviz/gvc.h>
#include <graphviz/gvplugin.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/graph.h"
#include "flow/graph_lib.h"

#define PX_PER_INCH 72.0
enum { LAYOUT_BYTES = 4 << 20, LABEL_PX = 11 };

extern gvplugin_library_t gvplugin_dot_layout_LTX_library;

struct drawing {
	struct arena *a;
	const struct graph *g;
	Agraph_t *dot;
	Agnode_t **nodes;
	Agedge_t **edges;
};

/* "security_reviewer" → "Security Reviewer" */
static const char *words(struct arena *a, const char *name)
{
	char *s = arena_strdup(a, name);

	for (size_t i = 0; s[i]; i++) {
		if (s[i] == '_')
			s[i] = ' ';
		else if ((i == 0 || s[i - 1] == ' ') && s[i] >= 'a' && s[i] <= 'z')
			s[i] = (char)(s[i] - 'a' + 'A');
	}
	return s;
}

static const char *time_words(struct arena *a, int64_t s)
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;

	while (s % units[i].s != 0)
		i++;
	return arena_printf(a, "Wait %lld %s", (long long)(s / units[i].s), units[i].unit);
}

static const char *node_text(struct arena *a, const struct graph_node *n)
{
	switch (n->kind) {
	case NODE_AGENT:
		return words(a, n->name);
	case NODE_GATE:
		return n->quorum > 1 ? arena_printf(a, "Review ×%lld", (long long)n->quorum) : "Review";
	case NODE_TIMER:
		return time_words(a, n->wait_s);
	case NODE_EXIT:
		return words(a, n->outcome);
	case NODE_JOIN:
		break;
	}
	return "Join";
}

static void set_inches(Agnode_t *n, const char *name, double px)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", px / PX_PER_INCH);
	agsafeset(n, (char *)name, text, "");
}

/* Edges between the same two nodes are drawn as the first of them. */
static size_t drawn_as(const struct graph *g, size_t i)
{
	size_t j = 0;

	while (g->edges[j].from != g->edges[i].from || g->edges[j].to != g->edges[i].to)
		j++;
	return j;
}

/* What is written at a drawn edge; NULL where one of its outcomes goes on as it should. */
static const char *edge_text(const struct drawing *w, size_t i)
{
	const struct graph *g = w->g;
	const char *text = NULL;

	for (size_t j = i; j < g->edge_count; j++) {
		const struct graph_edge *d = &g->edges[j];
		if (drawn_as(g, j) != i)
			continue;
		if (!d->back && (streq(d->label, "pass") || streq(d->label, "approve")))
			return NULL;
		text = text ? arena_printf(w->a, "%s, %s", text, d->label) : d->label;
	}
	return text;
}

/* Room for the text, and for the icon before an agent's. */
static void put_node(struct drawing *w, size_t i)
{
	const struct graph_node *n = &w->g->nodes[i];
	const char *text = node_text(w->a, n);
	bool agent = n->kind == NODE_AGENT;
	double room = (agent ? 8.1 : 7.2) * (double)utf8_length(text, strlen(text));

	w->nodes[i] = agnode(w->dot, (char *)n->name, 1);
	set_inches(w->nodes[i], "width", agent ? room + 40 : room + 22);
	set_inches(w->nodes[i], "height", agent ? 40 : 30);
}

/* An edge that goes back is laid out the other way round, so that no circle is left. */
static void put_edge(struct drawing *w, size_t i)
{
	const struct graph_edge *d = &w->g->edges[i];
	size_t tail = d->back ? d->to : d->from, head = d->back ? d->from : d->to;
	const char *text = edge_text(w, i);

	w->edges[i] = agedge(w->dot, w->nodes[tail], w->nodes[head], NULL, 1);
	if (text)
		agsafeset(w->edges[i], "label", (char *)text, "");
	else
		agsafeset(w->edges[i], "weight", "50", "1");
}

static void put_graph(struct drawing *w)
{
	static const char *const settings[][3] = {
		{ "g", "rankdir", "LR" },     { "g", "nodesep", "0.2" }, { "g", "ranksep", "0.3" },
		{ "n", "shape", "box" },      { "n", "label", "" },	 { "n", "fixedsize", "true" },
		{ "n", "width", "1" },	      { "n", "height", "0.5" },	 { "e", "label", "" },
		{ "e", "arrowhead", "none" }, { "e", "weight", "1" },	 { "e", "fontname", "Helvetica" },
		{ "e", "fontsize", "11" },
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *const *s = settings[i];
		int kind = *s[0] == 'g' ? AGRAPH : *s[0] == 'n' ? AGNODE : AGEDGE;
		agattr(w->dot, kind, (char *)s[1], (char *)s[2]);
	}
	for (size_t i = 0; i < w->g->node_count; i++)
		put_node(w, i);
	for (size_t i = 0; i < w->g->edge_count; i++)
		if (drawn_as(w->g, i) == i)
			put_edge(w, i);
}

static double flip(const struct drawing *w, double y)
{
	return GD_bb(w->dot).UR.y - y;
}

static void write_text(struct buf *b, const char *key, const char *text)
{
	/* Names, outcomes and our own words: nothing in them needs escaping. */
	buf_addf(b, "\"%s\":\"%s\"", key, text);
}

static void write_node(const struct drawing *w, size_t i, struct buf *b)
{
	Agnode_t *n = w->nodes[i];

	buf_adds(b, i ? ",{" : "{");
	write_text(b, "node", w->g->nodes[i].name);
	buf_addc(b, ',');
	write_text(b, "text", node_text(w->a, &w->g->nodes[i]));
	buf_addf(b, ",\"x\":%.1f,\"y\":%.1f,\"width\":%.1f,\"height\":%.1f}", ND_coord(n).x,
		 flip(w, ND_coord(n).y), ND_width(n) * PX_PER_INCH, ND_height(n) * PX_PER_INCH);
}

static bool write_edge(const struct drawing *w, size_t i, struct buf *b)
{
	const struct graph_edge *d = &w->g->edges[i];
	const splines *s = ED_spl(w->edges[i]);
	const textlabel_t *label = ED_label(w->edges[i]);
	const char *text = edge_text(w, i);

	if (!s || s->size != 1 || s->list[0].size < 4)
		return false;
	const bezier *c = &s->list[0];
	buf_adds(b, i ? ",{" : "{");
	write_text(b, "node", w->g->nodes[d->from].name);
	buf_addc(b, ',');
	write_text(b, "next", w->g->nodes[d->to].name);
	buf_addf(b, ",\"back\":%s", d->back ? "true" : "false");
	if (label && text) {
		buf_addc(b, ',');
		write_text(b, "text", text);
		buf_addf(b, ",\"x\":%.1f,\"y\":%.1f", label->pos.x, flip(w, label->pos.y));
	}
	buf_adds(b, ",\"points\":[");
	for (size_t k = 0; k < (size_t)c->size; k++) {
		/* An edge to its own node has no other way round. */
		pointf p = c->list[d->back && d->from != d->to ? (size_t)c->size - 1 - k : k];
		buf_addf(b, "%s[%.1f,%.1f]", k ? "," : "", p.x, flip(w, p.y));
	}
	buf_adds(b, "]}");
	return true;
}

static const char *write_all(const struct drawing *w)
{
	struct buf b;
	bool ok = true;

	buf_init(&b, LAYOUT_BYTES);
	buf_addf(&b, "{\"width\":%.1f,\"height\":%.1f,\"nodes\":[", GD_bb(w->dot).UR.x, GD_bb(w->dot).UR.y);
	for (size_t i = 0; i < w->g->node_count; i++)
		write_node(w, i, &b);
	buf_adds(&b, "],\"edges\":[");
	for (size_t i = 0; ok && i < w->g->edge_count; i++)
		if (drawn_as(w->g, i) == i)
			ok = write_edge(w, i, &b);
	buf_adds(&b, "]}");
	const char *text = ok && buf_ok(&b) ? arena_strdup(w->a, buf_str(&b)) : NULL;
	buf_release(&b);
	return text;
}

const char *graph_layout(struct arena *a, const struct graph *g, struct err *e)
{
	lt_symlist_t layouts[] = { { "gvplugin_dot_layout_LTX_library", &gvplugin_dot_layout_LTX_library },
				   { NULL, NULL } };
	struct drawing w = { a, g, NULL, arena_array(a, g->node_count, sizeof(Agnode_t *)),
			     arena_array(a, g->edge_count, sizeof(Agedge_t *)) };
	const char *text = NULL;

	graph_lib_begin();
	GVC_t *gvc = gvContextPlugins(layouts, 0);
	w.dot = agopen("workflow", Agdirected, NULL);
	put_graph(&w);
	if (gvLayout(gvc, w.dot, "dot") == 0) {
		text = write_all(&w);
		gvFreeLayout(gvc, w.dot);
	}
	if (!text)
		err_set(e, ERR_INTERNAL, "the drawing of workflow %s could not be laid out: %.200s", g->name,
			graph_lib_complaint());
	agclose(w.dot);
	gvFreeContext(gvc);
	graph_lib_end();
	return text;
}
