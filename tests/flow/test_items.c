/* SPDX-License-Identifier: MIT */
/* Items that were approved or edited come back as they were, whatever an agent makes of them. */
#include "../unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "flow/items.h"

static int make(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int done(void **state)
{
	arena_free(*state);
	return 0;
}

static struct json_object *parse(struct arena *a, const char *text)
{
	struct err e = { 0 };
	struct json_object *j = json_parse(a, text, strlen(text), &e);

	if (!j)
		fail_msg("%s: %s", text, e.msg);
	return j;
}

static const char *kept_output(struct arena *a, const char *previous, const char *kept, const char *output)
{
	struct json_object *input = parse(a, arena_printf(a, "{\"previous\":%s,\"feedback\":{\"kept\":%s}}", previous, kept)),
			   *out = parse(a, output);
	struct demands d = demands_read(a, input);

	demands_keep(&d, out);
	return json_text(a, out);
}

#define STORIES "{\"stories\":[{\"id\":\"S1\",\"title\":\"A \\u00e9 / \\\"\"},{\"id\":\"S2\",\"n\":1.50},{\"id\":\"S3\"}]}"

static void a_kept_item_comes_back_byte_for_byte(void **state)
{
	const char *text = kept_output(*state, STORIES, "[{\"list\":\"stories\",\"key\":\"id\",\"id\":\"S2\"}]",
				       "{\"stories\":[{\"id\":\"S1\"},{\"id\":\"S2\",\"n\":9,\"more\":true}]}");

	assert_string_equal(text, "{\"stories\":[{\"id\":\"S1\"},{\"id\":\"S2\",\"n\":1.50}]}");
}

static void one_that_was_left_out_comes_back_where_it_was(void **state)
{
	const char *text = kept_output(*state, STORIES,
				       "[{\"list\":\"stories\",\"key\":\"id\",\"id\":\"S1\"},"
				       "{\"list\":\"stories\",\"key\":\"id\",\"id\":\"S3\"}]",
				       "{\"stories\":[{\"id\":\"S9\"}]}");

	assert_string_equal(text, "{\"stories\":[{\"id\":\"S1\",\"title\":\"A é / \\\"\"},{\"id\":\"S9\"},{\"id\":\"S3\"}]}");
}

static void a_member_of_the_output_can_be_kept_as_a_whole(void **state)
{
	const char *text = kept_output(*state, "{\"summary\":\"mine\"}", "[{\"list\":\"\",\"key\":\"\",\"id\":\"summary\"}]",
				       "{\"summary\":\"other\",\"n\":1}");

	assert_string_equal(text, "{\"summary\":\"mine\",\"n\":1}");
}

static void what_is_not_there_is_not_kept(void **state)
{
	const char *text = kept_output(*state, STORIES, "[{\"list\":\"stories\",\"key\":\"id\",\"id\":\"S7\"},"
				       "{\"list\":\"none\",\"key\":\"id\",\"id\":\"S1\"},7,{}]",
				       "{\"stories\":\"no list\"}");

	assert_string_equal(text, "{\"stories\":\"no list\"}");
}

static void each_comment_must_be_answered(void **state)
{
	struct json_object *input = parse(*state, "{\"feedback\":{\"comments\":[{\"number\":1},{\"number\":2},{\"number\":3}]}}");
	struct demands d = demands_read(*state, input);

	assert_string_equal(demands_unanswered(&d, *state, parse(*state, "{\"answers\":[{\"comment\":2,\"text\":\"x\"}]}")),
			    "- /answers: must answer comment 1\n- /answers: must answer comment 3");
	assert_null(demands_unanswered(&d, *state, parse(*state, "{\"answers\":[{\"comment\":3},{\"comment\":1},{\"comment\":2}]}")));
	d = demands_read(*state, parse(*state, "{\"feedback\":null}"));
	assert_null(demands_unanswered(&d, *state, parse(*state, "{}")));
}

static void an_agents_lists_of_items_must_be_whole(void **state)
{
	struct item_list *lists;
	struct err e = { 0 };
	size_t n;

	assert_true(items_read(*state, parse(*state, "{}"), &lists, &n, &e));
	assert_int_equal(n, 0);
	assert_true(items_read(*state, parse(*state, "{\"items\":[{\"list\":\"stories\",\"key\":\"id\",\"title\":\"title\","
					     "\"one\":\"story\",\"many\":\"stories\"}]}"), &lists, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(lists[0].key, "id");
	assert_false(items_read(*state, parse(*state, "{\"items\":[{\"list\":\"stories\"}]}"), &lists, &n, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_kept_item_comes_back_byte_for_byte, make, done),
		cmocka_unit_test_setup_teardown(one_that_was_left_out_comes_back_where_it_was, make, done),
		cmocka_unit_test_setup_teardown(a_member_of_the_output_can_be_kept_as_a_whole, make, done),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_not_kept, make, done),
		cmocka_unit_test_setup_teardown(each_comment_must_be_answered, make, done),
		cmocka_unit_test_setup_teardown(an_agents_lists_of_items_must_be_whole, make, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
