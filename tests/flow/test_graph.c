/* SPDX-License-Identifier: MIT */
/* Workflows: what is read, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "flow/graph.h"

static struct graph *shipped(struct arena *a, const char *name)
{
	struct err e = { 0 };
	struct str text;
	const char *src = getenv("top_srcdir");

	assert_non_null(src);
	assert_true(file_read(a, arena_printf(a, "%s/workflows/%s.dot", src, name), GRAPH_BYTES, &text, &e));
	struct graph *g = graph_parse(a, text.s, text.len, NULL, &e);
	if (!g)
		fail_msg("%s", e.msg);
	return g;
}

static const struct graph_edge *edge(const struct graph *g, const char *from, const char *label)
{
	for (size_t i = 0; i < g->edge_count; i++)
		if (streq(g->nodes[g->edges[i].from].name, from) && streq(g->edges[i].label, label))
			return &g->edges[i];
	return NULL;
}

static void the_full_cycle_asks_after_three_stages(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = shipped(a, "sdlc");
	size_t gates = 0;

	assert_string_equal(g->name, "sdlc");
	assert_string_equal(g->start, "analyst");
	for (size_t i = 0; i < g->node_count; i++)
		gates += g->nodes[i].kind == NODE_GATE;
	assert_int_equal(gates, 3);
	assert_string_equal(g->nodes[edge(g, "gate_tester", "changes")->to].name, "developer");
	assert_int_equal(edge(g, "tester", "fail")->max, 1);
	assert_int_equal(edge(g, "tester", "pass")->max, 0);
	arena_free(a);
}

static void direct_has_the_same_agents_and_no_gate(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = shipped(a, "direct"), *full = shipped(a, "sdlc");
	size_t k = 0;

	for (size_t i = 0; i < g->node_count; i++) {
		assert_int_not_equal(g->nodes[i].kind, NODE_GATE);
		if (g->nodes[i].kind != NODE_AGENT)
			continue;
		while (full->nodes[k].kind != NODE_AGENT)
			k++;
		assert_string_equal(g->nodes[i].agent, full->nodes[k].agent);
		assert_int_equal(g->nodes[i].max_attempts, 4);
		k++;
	}
	assert_int_equal(k, 6);
	arena_free(a);
}

#define HEAD "digraph w {\n title=T\n start=a\n"
#define SOUND HEAD "a [kind=agent, agent=x]\n done [kind=exit, outcome=done]\n a -> done [label=pass]\n"

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "empty" },
	{ "digraph w {\n title=T\n a -> -> b\n}", "line 3" },
	{ "graph w { title=T start=a }", "digraph" },
	{ SOUND "} digraph more { }", "follows" },
	{ SOUND "}\nrubbish", "follows" },
	{ SOUND "} }", "follows" },
	{ "digraph { title=T start=a }", "name" },
	{ "digraph w { start=a a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "title" },
	{ "digraph w { title=T a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "start" },
	{ "digraph w { title=T start=b a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "\"b\", is not a node" },
	{ SOUND "color=red }", "\"color\"" },
	{ SOUND "a [shape=box] }", "\"shape\"" },
	{ SOUND "a -> done [weight=3] }", "\"weight\"" },
	{ SOUND "node [kind=agent] }", "not for all" },
	{ SOUND "subgraph s { a } }", "subgraph" },
	{ SOUND "b [kind=robot] a -> b [label=fail] }", "\"robot\"" },
	{ SOUND "a -> nowhere [label=fail] }", "nowhere has no kind" },
	{ SOUND "b [kind=agent] a -> b [label=fail] }", "needs \"agent\"" },
	{ SOUND "b [kind=exit, outcome=done, agent=x] a -> b [label=fail] }", "no meaning" },
	{ SOUND "b [kind=exit, outcome=happy] a -> b [label=fail] }", "outcome is done" },
	{ SOUND "g [kind=gate] a -> g [label=fail] g -> done [label=approve] }", "needs \"reviews\"" },
	{ SOUND "g [kind=gate, reviews=done] a -> g [label=fail] g -> done [label=approve] }",
	  "not an agent" },
	{ SOUND "g [kind=gate, reviews=a] a -> g [label=fail] g -> done [label=reject] }", "\"approve\"" },
	{ SOUND "b [kind=agent, agent=x] a -> b [label=fail] }", "needs an edge for \"pass\"" },
	{ SOUND "b [kind=agent, agent=x] b -> done [label=pass] }", "never reached" },
	{ SOUND "b [kind=agent, agent=x] a -> b [label=fail] b -> b [label=pass] }", "no way to an exit" },
	{ SOUND "a -> done }", "needs a label" },
	{ SOUND "a -> done [label=approve] }", "no outcome" },
	{ SOUND "a -> done [label=pass] }", "two edges" },
	{ SOUND "done -> a [label=pass] }", "no edges" },
	{ SOUND "a -> a [label=fail] }", "circle" },
	{ SOUND "a -> a [label=fail, max=0] }", "max must be" },
	{ SOUND "a -> a [label=fail, max=often] }", "max must be" },
	{ SOUND "a [max_attempts=99] }", "max_attempts must be" },
	{ SOUND "done [timeout_s=99] }", "only an agent" },
	{ SOUND "a -> done [label=fail, max=2]; title=\"\" }", "title" },
	{ "digraph w { title=T start=A A [kind=agent agent=x] d [kind=exit outcome=done] A->d [label=pass] }",
	  "\"A\"" },
	{ "digraph w { title=T start=d d [kind=exit outcome=done] }", "must be an agent" },
	{ "digraph w {\n title=\"\xff\" }", "UTF-8" },
};

static void what_is_unsound_is_refused_and_named(void **state)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		if (graph_parse(a, refused[i].text, strlen(refused[i].text), NULL, &e))
			fail_msg("accepted: %s", refused[i].text);
		if (e.class != ERR_INVALID || !strstr(e.msg, refused[i].says))
			fail_msg("case %zu: \"%s\" does not say \"%s\"", i, e.msg, refused[i].says);
		arena_free(a);
	}
}

static void a_bounded_circle_is_accepted(void **state)
{
	static const char text[] =
		SOUND "a -> a [label=fail, max=3]\n a [max_attempts=2, timeout_s=60] }\n// end\n";
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct graph *g = graph_parse(a, text, strlen(text), NULL, &e);

	if (!g)
		fail_msg("%s", e.msg);
	assert_int_equal(edge(g, "a", "fail")->max, 3);
	assert_int_equal(g->nodes[0].max_attempts, 2);
	assert_int_equal(g->nodes[0].timeout_s, 60);
	arena_free(a);
}

static void a_bad_graph_leaves_nothing_behind_for_the_next(void **state)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	for (int i = 0; i < 20; i++) {
		assert_null(graph_parse(a, "digraph w {\n\n\"unfinished", 25, NULL, &e));
		assert_non_null(graph_parse(a, SOUND "}", strlen(SOUND "}"), NULL, &e));
		assert_null(graph_parse(a, SOUND "} trailing", strlen(SOUND "} trailing"), NULL, &e));
		shipped(a, "sdlc");
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_full_cycle_asks_after_three_stages),
		cmocka_unit_test(direct_has_the_same_agents_and_no_gate),
		cmocka_unit_test(what_is_unsound_is_refused_and_named),
		cmocka_unit_test(a_bounded_circle_is_accepted),
		cmocka_unit_test(a_bad_graph_leaves_nothing_behind_for_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
