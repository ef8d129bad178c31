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

static void in_reviewed_two_look_at_the_code_at_the_same_time(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = shipped(a, "reviewed");
	const char *agents[2] = { NULL, NULL };
	size_t n = 0;

	for (size_t i = 0; i < g->edge_count; i++)
		if (g->edges[i].meets) {
			assert_string_equal(g->nodes[g->edges[i].from].name, "developer");
			assert_string_equal(g->edges[i].meets, "reviews");
			assert_true(n < 2);
			agents[n++] = g->nodes[g->edges[i].to].agent;
		}
	assert_int_equal(n, 2);
	assert_string_equal(agents[0], "security-reviewer");
	assert_string_equal(agents[1], "usability-reviewer");
	assert_string_equal(g->nodes[edge(g, "reviews", "fail")->to].name, "developer");
	assert_int_equal(edge(g, "reviews", "fail")->max, 2);
	assert_string_equal(g->nodes[edge(g, "reviews", "pass")->to].name, "tester");
	arena_free(a);
}

static void design_only_builds_nothing(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = shipped(a, "design-only");
	size_t agents = 0;

	for (size_t i = 0; i < g->node_count; i++)
		agents += g->nodes[i].kind == NODE_AGENT;
	assert_int_equal(agents, 2);
	assert_string_equal(g->nodes[edge(g, "gate_architect", "approve")->to].outcome, "done");
	arena_free(a);
}

#define HEAD "digraph w {\n title=T\n start=a\n"
#define SOUND HEAD "a [kind=agent, agent=x]\n done [kind=exit, outcome=done]\n a -> done [label=pass]\n"
#define GATE(attributes) \
	SOUND "g [kind=gate, reviews=a" attributes "] a -> g [label=fail] g -> done [label=approve] }"
#define AGENT(attributes) SOUND "a [" attributes "] }"
/* a parts into b and c, which meet in j. */
#define FORK                                                                                       \
	HEAD "a [kind=agent agent=x] b [kind=agent agent=x] c [kind=agent agent=x] j [kind=join]"  \
	     "done [kind=exit outcome=done] a -> b [label=pass] a -> c [label=pass] b -> j [label=pass]" \
	     "c -> j [label=pass] j -> done [label=pass] "

static const struct {
	const char *text, *says;
} refused[] = {
	/* what is no graph, or not one alone */
	{ "", "empty" },
	{ "digraph w {\n title=T\n a -> -> b\n}", "line 3" },
	{ "graph w { title=T start=a }", "digraph" },
	{ "strict digraph w { title=T start=a }", "remove \"strict\"" },
	{ SOUND "} digraph more { }", "follows" },
	{ SOUND "}\nrubbish", "follows" },
	{ SOUND "} }", "follows" },
	{ "digraph w {\n title=\"\xff\" }", "UTF-8" },
	/* the graph */
	{ "digraph { title=T start=a }", "name" },
	{ "digraph w { start=a a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "title" },
	{ SOUND "a -> done [label=fail, max=2]; title=\"\" }", "title" },
	{ "digraph w { title=T a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "start" },
	{ "digraph w { title=T start=b a [kind=agent agent=x] d [kind=exit outcome=done] a->d [label=pass] }",
	  "\"b\", is not a node" },
	{ "digraph w { title=T start=d d [kind=exit outcome=done] }", "must be an agent" },
	{ SOUND "subgraph s { a } }", "subgraph" },
	{ SOUND "color=red }", "\"color\"" },
	{ SOUND "a [shape=box] }", "\"shape\"" },
	{ SOUND "a [label=box] }", "\"label\"" },
	{ SOUND "a -> done [weight=3] }", "\"weight\"" },
	{ SOUND "node [kind=agent] }", "not for all" },
	{ SOUND "edge [max=\"\"] }", "not for all" },
	/* nodes */
	{ "digraph w { title=T start=A A [kind=agent agent=x] d [kind=exit outcome=done] A->d [label=pass] }",
	  "\"A\"" },
	{ SOUND "b [kind=robot] a -> b [label=fail] }", "\"robot\"" },
	{ SOUND "a -> nowhere [label=fail] }", "nowhere has no kind" },
	{ SOUND "b [kind=agent] a -> b [label=fail] }", "needs \"agent\"" },
	{ AGENT("agent=\"Big Boss\""), "not the name of an agent" },
	{ AGENT("agent=\"\""), "agent is empty" },
	{ SOUND "b [kind=exit, outcome=done, agent=x] a -> b [label=fail] }", "no meaning" },
	{ SOUND "b [kind=exit, outcome=happy] a -> b [label=fail] }", "outcome must be done" },
	{ SOUND "done [timeout_s=99] }", "no meaning for kind exit" },
	{ SOUND "t [kind=timer] a -> t [label=fail] t -> done [label=pass] }", "needs \"wait_s\"" },
	{ SOUND "t [kind=timer wait_s=0] a -> t [label=fail] t -> done [label=pass] }", "wait_s must be" },
	/* numbers */
	{ AGENT("max_attempts=99"), "max_attempts must be a whole number from 1 to 20" },
	{ AGENT("max_attempts=\"\""), "max_attempts must be" },
	{ AGENT("timeout_s=9"), "timeout_s must be" },
	{ AGENT("retry_base_s=0"), "retry_base_s must be" },
	{ AGENT("retry_max_s=86401"), "retry_max_s must be" },
	{ AGENT("retry_base_s=61"), "must not be less than retry_base_s, 61" },
	{ AGENT("confidence=1.01"), "confidence must be" },
	{ AGENT("confidence=0.555"), "confidence must be" },
	{ AGENT("confidence=high"), "confidence must be" },
	/* gates */
	{ SOUND "g [kind=gate] a -> g [label=fail] g -> done [label=approve] }", "needs \"reviews\"" },
	{ SOUND "g [kind=gate, reviews=done] a -> g [label=fail] g -> done [label=approve] }",
	  "not an agent" },
	{ SOUND "g [kind=gate, reviews=a] a -> g [label=fail] g -> done [label=reject] }", "\"approve\"" },
	{ SOUND "g [kind=gate reviews=b] b [kind=agent agent=x] a -> g [label=fail] g -> b [label=approve]"
		" b -> done [label=pass] }",
	  "g reviews b, which comes after it" },
	{ GATE(" quorum=0"), "quorum must be" },
	{ GATE(" quorum=21"), "quorum must be" },
	{ GATE(" role=viewer"), "role must be submitter" },
	{ GATE(" role=\"\""), "role must be submitter" },
	{ GATE(" expires_s=59"), "expires_s must be" },
	{ GATE(" then=remind"), "\"then\" needs expires_s" },
	{ GATE(" to=ann"), "\"to\" needs expires_s" },
	{ GATE(" expires_s=60 then=approve"), "then must be remind" },
	{ GATE(" expires_s=60 then=escalate"), "needs \"to\": the role" },
	{ GATE(" expires_s=60 then=delegate"), "needs \"to\": the account" },
	{ GATE(" expires_s=60 then=escalate to=ann"), "a higher role than approver, not \"ann\"" },
	{ GATE(" role=operator expires_s=60 then=escalate to=approver"), "higher role than operator" },
	{ GATE(" expires_s=60 to=ann"), "remove \"to\"" },
	/* edges */
	{ SOUND "a -> done }", "needs a label" },
	{ SOUND "a -> done [label=\"\"] }", "needs a label" },
	{ SOUND "a -> done [label=approve] }", "no outcome" },
	{ SOUND "a -> done [label=pass] }", "is there twice" },
	{ SOUND "b [kind=exit outcome=failed] a -> b [label=fail] a -> done [label=fail] }", "two edges" },
	{ SOUND "done -> a [label=pass] }", "no edges" },
	{ SOUND "a -> a [label=fail, max=0] }", "max must be" },
	{ SOUND "a -> a [label=fail, max=often] }", "max must be" },
	{ SOUND "a -> a [label=concern, max=101] }", "max must be" },
	{ SOUND "g [kind=gate reviews=a] a -> g [label=fail] g -> done [label=approve max=2] }",
	  "a gate's edge has no max" },
	{ SOUND "t [kind=timer wait_s=5] a -> t [label=fail] t -> a [label=pass max=2] }",
	  "a timer's edge has no max" },
	{ SOUND "g [kind=gate reviews=a] a -> g [label=fail] g -> done [label=approve] g -> done"
		" [label=changes] }",
	  "done is none" },
	/* ways */
	{ SOUND "b [kind=agent, agent=x] a -> b [label=fail] }", "needs an edge for \"pass\"" },
	{ SOUND "b [kind=agent, agent=x] b -> done [label=pass] }", "b is never reached" },
	{ SOUND "b [kind=agent, agent=x] a -> b [label=fail] b -> b [label=pass] }",
	  "b has no way to an exit" },
	{ SOUND "a -> a [label=fail] }", "circle a -> a has no bound" },
	{ SOUND "b [kind=agent agent=x] a -> b [label=fail] b -> a [label=pass] b -> done [label=fail"
		" max=2] }",
	  "circle b -> a -> b has no bound" },
	{ SOUND "t [kind=timer wait_s=5] a -> t [label=fail] t -> a [label=pass] }",
	  "t -> a -> t has no bound" },
	{ FORK "j -> a [label=fail] }", "has no bound" },
	/* forks and joins */
	{ SOUND "j [kind=join] a -> j [label=fail] j -> done [label=pass] }",
	  "j joins what no fork has parted" },
	{ FORK "d [kind=exit outcome=failed] b -> d [label=fail] }",
	  "edge b -> d: a branch that begins at a" },
	{ FORK "b -> a [label=concern max=2] }", "edge b -> a leads out of a branch" },
	{ FORK "a -> c [label=fail] }", "edge a -> c leads from outside" },
	{ FORK "j -> c [label=fail max=1] }", "edge j -> c leads from outside" },
	{ FORK "a -> j [label=fail] }", "edge a -> j comes to a join from outside" },
	{ FORK "b -> c [label=fail] }", "node c is in two branches" },
	{ FORK "a -> j [label=pass] }", "edge a -> j: a branch needs a node" },
	{ FORK "k [kind=join] c -> k [label=fail] k -> done [label=pass] }", "come to j and k" },
	{ FORK "d [kind=agent agent=x] b -> d [label=pass] d -> j [label=pass] }", "forks are not nested" },
	{ FORK "a -> a [label=fail max=1] d [kind=agent agent=x] a -> d [label=pass max=2] d -> j"
		" [label=pass] }",
	  "give all the same max" },
	{ FORK "g [kind=gate reviews=c] b -> g [label=fail] g -> j [label=approve] }",
	  "is in another branch" },
	{ FORK "g [kind=gate reviews=b] b -> g [label=fail] g -> j [label=approve] g -> j [label=reject] }",
	  "what was rejected" },
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

static void an_agent_must_be_one_that_there_is(void **state)
{
	static const char *const agents[] = { "x", "y", NULL }, *const others[] = { "y", "z", NULL },
				 *const none[] = { NULL };
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	assert_non_null(graph_parse(a, SOUND "}", strlen(SOUND "}"), agents, &e));
	assert_null(graph_parse(a, SOUND "}", strlen(SOUND "}"), others, &e));
	assert_string_equal(e.msg, "node a: there is no agent \"x\"; there is y or z");
	assert_null(graph_parse(a, SOUND "}", strlen(SOUND "}"), none, &e));
	assert_string_equal(e.msg, "node a: there is no agent \"x\"");
	arena_free(a);
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
		cmocka_unit_test(in_reviewed_two_look_at_the_code_at_the_same_time),
		cmocka_unit_test(design_only_builds_nothing),
		cmocka_unit_test(what_is_unsound_is_refused_and_named),
		cmocka_unit_test(an_agent_must_be_one_that_there_is),
		cmocka_unit_test(a_bounded_circle_is_accepted),
		cmocka_unit_test(a_bad_graph_leaves_nothing_behind_for_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
