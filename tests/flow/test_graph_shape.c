/* SPDX-License-Identifier: MIT */
/* What is computed of a workflow: positions, forks and joins, defaults, the drawing. */
#include "unit.h"

#include <json-c/json.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "flow/graph.h"
#include "flow/graph_layout.h"

#define HEAD "digraph w { title=T start=a done [kind=exit outcome=done] a [kind=agent agent=x] "

static struct graph *parse(struct arena *a, const char *text)
{
	struct err e = { 0 };
	struct graph *g = graph_parse(a, text, strlen(text), NULL, &e);

	if (!g)
		fail_msg("%s", e.msg);
	return g;
}

static const struct graph_node *node(const struct graph *g, const char *name)
{
	for (size_t i = 0; i < g->node_count; i++)
		if (streq(g->nodes[i].name, name))
			return &g->nodes[i];
	fail_msg("no node %s", name);
	return NULL;
}

static const struct graph_edge *edge(const struct graph *g, const char *from, const char *to)
{
	for (size_t i = 0; i < g->edge_count; i++)
		if (streq(g->nodes[g->edges[i].from].name, from) && streq(g->nodes[g->edges[i].to].name, to))
			return &g->edges[i];
	fail_msg("no edge %s -> %s", from, to);
	return NULL;
}

static void what_is_not_said_has_its_default(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g =
		parse(a, HEAD "g [kind=gate reviews=a] a -> g [label=pass] g -> done [label=approve] }");
	const struct graph_node *n = node(g, "a");

	assert_int_equal(n->max_attempts, 4);
	assert_int_equal(n->retry_base_s, 1);
	assert_int_equal(n->retry_max_s, 60);
	assert_int_equal(n->timeout_s, 1800);
	assert_int_equal(n->confidence, 60);
	n = node(g, "g");
	assert_int_equal(n->quorum, 1);
	assert_string_equal(n->role, "approver");
	assert_int_equal(n->expires_s, 0);
	assert_null(n->on_expiry);
	assert_null(n->expiry_to);
	arena_free(a);
}

static void what_is_said_is_read(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = parse(
		a, HEAD
		"a [max_attempts=2 retry_base_s=5 retry_max_s=50 timeout_s=60 confidence=0.75]"
		"g [kind=gate reviews=a quorum=2 role=submitter expires_s=3600 then=escalate to=admin]"
		"h [kind=gate reviews=a expires_s=60 then=delegate to=\"Ann Ode\"]"
		"i [kind=gate reviews=a expires_s=60]"
		"t [kind=timer wait_s=90] a -> g [label=pass] g -> h [label=approve] h -> i [label=approve]"
		"i -> t [label=approve] t -> done [label=pass] a -> a [label=concern max=7] }");
	const struct graph_node *n = node(g, "a");

	assert_int_equal(n->max_attempts, 2);
	assert_int_equal(n->retry_base_s, 5);
	assert_int_equal(n->retry_max_s, 50);
	assert_int_equal(n->timeout_s, 60);
	assert_int_equal(n->confidence, 75);
	assert_int_equal(edge(g, "a", "a")->max, 7);
	n = node(g, "g");
	assert_int_equal(n->quorum, 2);
	assert_string_equal(n->role, "submitter");
	assert_int_equal(n->expires_s, 3600);
	assert_string_equal(n->on_expiry, "escalate");
	assert_string_equal(n->expiry_to, "admin");
	assert_string_equal(node(g, "h")->on_expiry, "delegate");
	assert_string_equal(node(g, "h")->expiry_to, "Ann Ode");
	assert_string_equal(node(g, "i")->on_expiry, "remind");
	assert_int_equal(node(g, "t")->wait_s, 90);
	arena_free(a);
}

static void a_position_is_the_longest_way_that_does_not_go_back(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = parse(
		a, HEAD "c [kind=agent agent=x] b [kind=agent agent=x] g [kind=gate reviews=c]"
			"a -> c [label=fail] a -> b [label=pass] b -> c [label=pass] c -> g [label=pass]"
			"c -> a [label=concern max=1] g -> done [label=approve] g -> b [label=changes] }");

	assert_int_equal(node(g, "a")->position, 1);
	assert_int_equal(node(g, "b")->position, 2);
	assert_int_equal(node(g, "c")->position, 3);
	assert_int_equal(node(g, "g")->position, 4);
	assert_int_equal(node(g, "done")->position, 5);
	assert_true(edge(g, "c", "a")->back);
	assert_true(edge(g, "g", "b")->back);
	assert_false(edge(g, "a", "c")->back);
	arena_free(a);
}

/* Two forks, one after the other: the first at a gate, with branches of unequal length. */
#define FORKS \
	HEAD "g [kind=gate reviews=a] b [kind=agent agent=x] t [kind=timer wait_s=9] c [kind=agent agent=x]" \
	     "h [kind=gate reviews=b] j [kind=join] d [kind=agent agent=x] e [kind=agent agent=x] k " \
	     "[kind=join]" \
	     "a -> g [label=pass] g -> a [label=changes] g -> t [label=approve] g -> c [label=approve]" \
	     "t -> b [label=pass] b -> b [label=fail max=2] b -> h [label=pass] h -> j [label=approve]" \
	     "h -> b [label=changes] c -> j [label=pass] c -> j [label=fail]" \
	     "j -> d [label=pass] j -> e [label=pass] j -> a [label=fail max=2]" \
	     "d -> k [label=pass] e -> k [label=pass] k -> done [label=pass] }"

static void the_branches_of_a_fork_meet_in_its_join(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = parse(a, FORKS);

	assert_string_equal(edge(g, "g", "t")->meets, "j");
	assert_string_equal(edge(g, "g", "c")->meets, "j");
	assert_string_equal(edge(g, "j", "d")->meets, "k");
	assert_string_equal(edge(g, "j", "e")->meets, "k");
	for (size_t i = 0; i < g->edge_count; i++)
		if (!streq(g->nodes[g->edges[i].from].name, "g") &&
		    !streq(g->nodes[g->edges[i].from].name, "j"))
			assert_null(g->edges[i].meets);
	assert_null(edge(g, "g", "a")->meets);
	assert_null(edge(g, "j", "a")->meets);
	/* What people look at when there is a conflict: the last agent before the fork. */
	assert_string_equal(node(g, "j")->reviews, "a");
	assert_string_equal(node(g, "k")->reviews, "a");
	arena_free(a);
}

static void nodes_side_by_side_have_one_position(void **state)
{
	static const char *const inside[] = { "t", "b", "h", "c" };
	struct arena *a = arena_new(0);
	struct graph *g = parse(a, FORKS);

	for (size_t i = 0; i < COUNT(inside); i++)
		assert_int_equal(node(g, inside[i])->position, 3);
	assert_int_equal(node(g, "j")->position, 6);
	assert_int_equal(node(g, "d")->position, 7);
	assert_int_equal(node(g, "e")->position, 7);
	assert_int_equal(node(g, "k")->position, 8);
	arena_free(a);
}

static void a_fork_behind_a_timer_is_the_agents_before_it(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g =
		parse(a, HEAD "t [kind=timer wait_s=9] b [kind=agent agent=x] c [kind=agent agent=x]"
			      "j [kind=join] a -> t [label=pass] t -> b [label=pass] t -> c [label=pass]"
			      "b -> j [label=pass] c -> j [label=pass] j -> done [label=pass] }");

	assert_string_equal(node(g, "j")->reviews, "a");
	arena_free(a);
}

static double number(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	assert_non_null(v);
	return json_object_get_double(v);
}

/* Nodes lie inside, apart from one another, and edges begin and end at their nodes. */
static void a_drawing_has_room_for_all(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = parse(a, FORKS);
	struct err e = { 0 };
	const char *text = graph_layout(a, g, &e), *again = graph_layout(a, g, &e);

	assert_non_null(text);
	assert_string_equal(text, again);
	struct json_object *j = json_parse(a, text, strlen(text), &e);
	struct json_object *nodes = json_object_object_get(j, "nodes"),
			   *edges = json_object_object_get(j, "edges");
	double width = number(j, "width"), height = number(j, "height");
	size_t count = json_object_array_length(nodes);

	assert_int_equal(count, g->node_count);
	for (size_t i = 0; i < count; i++) {
		struct json_object *n = json_object_array_get_idx(nodes, i);
		assert_true(number(n, "x") - number(n, "width") / 2 > -1);
		assert_true(number(n, "x") + number(n, "width") / 2 < width + 1);
		assert_true(number(n, "y") - number(n, "height") / 2 > -1);
		assert_true(number(n, "y") + number(n, "height") / 2 < height + 1);
		for (size_t k = 0; k < i; k++) {
			struct json_object *m = json_object_array_get_idx(nodes, k);
			double x = number(m, "x") - number(n, "x"), y = number(m, "y") - number(n, "y");
			assert_true((x < 0 ? -x : x) * 2 > number(m, "width") + number(n, "width") ||
				    (y < 0 ? -y : y) * 2 > number(m, "height") + number(n, "height"));
		}
	}
	/* c leads to j for two outcomes, which are one line. */
	assert_int_equal(json_object_array_length(edges), g->edge_count - 1);
	for (size_t i = 0; i < json_object_array_length(edges); i++) {
		struct json_object *d = json_object_array_get_idx(edges, i);
		struct json_object *points = json_object_object_get(d, "points");
		size_t n = json_object_array_length(points);
		const char *ends[] = { "node", "next" };
		assert_int_equal(n % 3, 1);
		for (size_t k = 0; k < 2; k++) {
			struct json_object *p = json_object_array_get_idx(points, k ? n - 1 : 0), *at = NULL;
			for (size_t m = 0; m < count; m++) {
				at = json_object_array_get_idx(nodes, m);
				if (streq(json_get_str(at, "node", ""), json_get_str(d, ends[k], "")))
					break;
			}
			double x = json_object_get_double(json_object_array_get_idx(p, 0)) - number(at, "x");
			double y = json_object_get_double(json_object_array_get_idx(p, 1)) - number(at, "y");
			assert_true((x < 0 ? -x : x) < number(at, "width") / 2 + 2);
			assert_true((y < 0 ? -y : y) < number(at, "height") / 2 + 2);
		}
	}
	arena_free(a);
}

/* Circles leave something behind in the layout unless they are turned round before. */
static void graphs_are_read_and_drawn_in_turn(void **state)
{
	struct arena *a = arena_new(0);
	struct graph *g = parse(a, FORKS);
	struct err e = { 0 };

	for (int i = 0; i < 20; i++) {
		assert_non_null(graph_layout(a, g, &e));
		g = parse(a, FORKS);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(what_is_said_is_read),
		cmocka_unit_test(a_position_is_the_longest_way_that_does_not_go_back),
		cmocka_unit_test(the_branches_of_a_fork_meet_in_its_join),
		cmocka_unit_test(nodes_side_by_side_have_one_position),
		cmocka_unit_test(a_fork_behind_a_timer_is_the_agents_before_it),
		cmocka_unit_test(a_drawing_has_room_for_all),
		cmocka_unit_test(graphs_are_read_and_drawn_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
