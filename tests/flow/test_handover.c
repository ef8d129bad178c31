/* SPDX-License-Identifier: MIT */
/* What becomes of an agent's output, and what of it is not taken. */
#include "../unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "flow/handover.h"
#include "flow/prompt.h"
#include "flow/schema.h"

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
		fail_msg("%s", e.msg);
	return j;
}

static struct handover read_text(struct arena *a, const char *text, bool reviews)
{
	return handover_read(a, parse(a, text), 0.6, reviews);
}

#define CONCERN "\"concerns\":[{\"about\":\"analyst\",\"text\":\"S1 and S2\\ncontradict.\"}]"

static void concerns_count_only_below_the_threshold(void **state)
{
	struct handover h = read_text(*state, "{\"confidence\":0.59," CONCERN "}", false);

	assert_int_equal(h.outcome, HANDOVER_CONCERN);
	assert_string_equal(handover_outcome_name(h.outcome), "concern");
	assert_string_equal(h.detail, "- **analyst**: S1 and S2\n  contradict.");
	h = read_text(*state, "{\"confidence\":0.6," CONCERN "}", false);
	assert_int_equal(h.outcome, HANDOVER_PASS);
	assert_null(h.detail);
	h = read_text(*state, "{\"confidence\":0," CONCERN "}", false);
	assert_int_equal(h.outcome, HANDOVER_CONCERN);
	h = read_text(*state, "{\"confidence\":1," CONCERN "}", false);
	assert_int_equal(h.outcome, HANDOVER_PASS);
	h = read_text(*state, "{\"confidence\":0.1,\"concerns\":[]}", false);
	assert_int_equal(h.outcome, HANDOVER_PASS);
}

static void a_question_comes_before_all_else(void **state)
{
	struct handover h = read_text(*state,
				      "{\"confidence\":0.1,\"verdict\":\"fail\",\"questions\":[\"Which "
				      "VAT?\",\" \",\"For whom?\"]," CONCERN "}",
				      true);

	assert_int_equal(h.outcome, HANDOVER_QUESTION);
	assert_string_equal(h.detail, "- Which VAT?\n- For whom?");
	assert_string_equal(h.dropped, "The question no. 2 is not taken: it is empty.");
	assert_string_equal(handover_outcome_name(h.outcome), "");
}

static void a_reviewers_verdict_is_the_outcome(void **state)
{
	static const char found[] =
		"{\"verdict\":\"fail\",\"confidence\":0.9,\"findings\":[{\"severity\":\"high\",\"file\":"
		"\"app.py\","
		"\"line\":7,\"title\":\"Shell\",\"problem\":\"It runs a shell.\",\"advice\":\"Do not.\"}]}";
	struct handover h = read_text(*state, found, true);

	assert_int_equal(h.outcome, HANDOVER_FAIL);
	assert_string_equal(handover_outcome_name(h.outcome), "fail");
	assert_string_equal(h.detail, "- **high** `app.py` line 7: Shell. It runs a shell.\n  Do not.");
	assert_int_equal(read_text(*state, found, false).outcome, HANDOVER_PASS);
	assert_int_equal(
		read_text(*state, "{\"verdict\":\"pass\",\"confidence\":0.1," CONCERN "}", true).outcome,
		HANDOVER_PASS);
	assert_int_equal(read_text(*state, "{\"verdict\":\"perhaps\"}", true).outcome, HANDOVER_FAIL);
	assert_int_equal(read_text(*state, "{}", true).outcome, HANDOVER_FAIL);
}

static void messages_come_in_the_form_that_the_engine_takes(void **state)
{
	struct handover h = read_text(*state,
				      "{\"messages\":[{\"to\":\"people\",\"topic\":\"\",\"priority\":3,"
				      "\"body\":\"a \\\"b\\\"\\n\"},"
				      "{\"to\":\"\",\"topic\":\"design\",\"priority\":-10,\"body\":\"c\"}]}",
				      false);

	assert_string_equal(h.messages, "[{\"to\":\"people\",\"priority\":3,\"body\":\"a \\\"b\\\"\\n\"},"
					"{\"topic\":\"design\",\"priority\":-10,\"body\":\"c\"}]");
	assert_null(h.dropped);
	assert_int_equal(h.outcome, HANDOVER_PASS);
	assert_null(read_text(*state, "{\"messages\":[]}", false).messages);
}

static void what_is_not_sensible_is_dropped_with_its_reason(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"to\":\"\",\"topic\":\"\",\"priority\":0,\"body\":\"x\"}", "to nobody" },
		{ "{\"to\":\"tester\",\"topic\":\"design\",\"priority\":0,\"body\":\"x\"}", "both" },
		{ "{\"to\":\"The Boss\",\"topic\":\"\",\"priority\":0,\"body\":\"x\"}", "no agent's name" },
		{ "{\"to\":\"\",\"topic\":\"9\",\"priority\":0,\"body\":\"x\"}", "short word" },
		{ "{\"to\":\"tester\",\"topic\":\"\",\"priority\":0,\"body\":\" \\n\"}", "empty" },
		{ "{\"to\":\"tester\",\"topic\":\"\",\"priority\":11,\"body\":\"x\"}", "priority" },
		{ "7", "to nobody" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct handover h = read_text(*state,
					      arena_printf(*state,
							   "{\"messages\":[%s,{\"to\":\"people\",\"topic\":"
							   "\"\",\"priority\":0,\"body\":\"kept\"}]}",
							   cases[i][0]),
					      false);
		assert_non_null(h.dropped);
		if (!strstr(h.dropped, cases[i][1]) || !strstr(h.dropped, "message no. 1"))
			fail_msg("%s: %s", cases[i][0], h.dropped);
		assert_string_equal(h.messages, "[{\"to\":\"people\",\"priority\":0,\"body\":\"kept\"}]");
	}
	struct handover h = read_text(*state,
				      "{\"confidence\":0,\"concerns\":[{\"about\":\"analyst\",\"text\":\" "
				      "\"},{\"about\":\"\",\"text\":\"x\"}]}",
				      false);
	assert_int_equal(h.outcome, HANDOVER_PASS);
	assert_string_equal(h.dropped, "The concern no. 1 is not taken: it says nothing.\n"
				       "The concern no. 2 is not taken: it names no earlier agent.");
}

static void the_shared_form_goes_into_each_schema_once(void **state)
{
	struct err e = { 0 };
	struct json_object *shared = parse(
		*state,
		"{\"properties\":{\"confidence\":{\"type\":\"number\"}},\"required\":[\"confidence\"]}");
	struct json_object *own = parse(*state, "{\"properties\":{\"a\":{}},\"required\":[\"a\"]}");

	assert_true(handover_merge(own, shared, &e));
	assert_string_equal(json_text(*state, own),
			    "{\"properties\":{\"a\":{},\"confidence\":{\"type\":\"number\"}},"
			    "\"required\":[\"a\",\"confidence\"]}");
	assert_false(handover_merge(own, shared, &e));
	assert_non_null(strstr(e.msg, "confidence"));
	assert_false(handover_merge(parse(*state, "{\"type\":\"object\"}"), shared, &e));
}

static void every_agent_has_to_hand_over_in_the_shared_form(void **state)
{
	static const char *const names[] = { "analyst", "architect",	     "developer",
					     "tester",	"security-reviewer", "usability-reviewer" };
	static const char *const wanted[] = { "confidence", "concerns", "messages", "questions",
						"answers" };
	const char *top = getenv("top_srcdir"), *dir = arena_printf(*state, "%s/agents", top ? top : ".");

	for (size_t i = 0; i < COUNT(names); i++) {
		struct err e = { 0 };
		struct json_object *source = NULL;
		struct problems p;
		struct schema *s = handover_schema(*state, dir, names[i], &source, &e);
		if (!s)
			fail_msg("%s", e.msg);
		assert_non_null(source);
		assert_false(schema_validate(s, parse(*state, "{}"), *state, &p));
		const char *text = problems_text(*state, &p);
		for (size_t k = 0; k < COUNT(wanted); k++)
			assert_non_null(strstr(text, wanted[k]));
	}
}

static void every_agent_is_told_how_to_hand_over_and_reads_its_messages(void **state)
{
	static const char *const names[] = { "analyst", "architect", "developer", "tester",
					     "security-reviewer", "usability-reviewer" };
	static const char input[] =
		"{\"project\":{\"name\":\"N\",\"brief\":\"B\"},\"revision\":2,"
		"\"messages\":[{\"from\":\"ada\",\"topic\":null,\"body\":\"Mind the gap.\"},"
		"{\"from\":\"architect\",\"topic\":\"design\",\"body\":\"Limit is two.\"}],"
		"\"feedback\":{\"kind\":\"answer\",\"question\":\"Which VAT?\",\"comment\":\"Twenty.\"}}";
	const char *top = getenv("top_srcdir"), *dir = arena_printf(*state, "%s/agents", top ? top : ".");
	struct err e = { 0 };
	struct templates *t = templates_load(dir, &e);

	if (!t)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct str system, user;
		if (!prompt_make(*state, t, names[i], parse(*state, input), &system, &user, &e))
			fail_msg("%s", e.msg);
		assert_non_null(memmem(system.s, system.len, "`confidence`", 12));
		assert_null(memmem(system.s, system.len, "Mind the gap.", 13));
		assert_non_null(strstr(user.s, "message from ada ===\nMind the gap.\n"));
		assert_non_null(strstr(user.s, "message from architect on design ===\nLimit is two.\n"));
		assert_non_null(strstr(user.s, "Your question: Which VAT?\nThe answer:\nTwenty.\n"));
	}
	templates_free(t);
}

static void an_agent_without_a_schema_is_refused_by_its_file(void **state)
{
	struct err e = { 0 };
	struct json_object *source = NULL;

	assert_null(handover_schema(*state, "/nonexistent", "nobody", &source, &e));
	assert_non_null(strstr(e.msg, "nobody/output.schema.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(concerns_count_only_below_the_threshold, make, done),
		cmocka_unit_test_setup_teardown(a_question_comes_before_all_else, make, done),
		cmocka_unit_test_setup_teardown(a_reviewers_verdict_is_the_outcome, make, done),
		cmocka_unit_test_setup_teardown(messages_come_in_the_form_that_the_engine_takes, make, done),
		cmocka_unit_test_setup_teardown(what_is_not_sensible_is_dropped_with_its_reason, make, done),
		cmocka_unit_test_setup_teardown(the_shared_form_goes_into_each_schema_once, make, done),
		cmocka_unit_test_setup_teardown(every_agent_has_to_hand_over_in_the_shared_form, make, done),
		cmocka_unit_test_setup_teardown(every_agent_is_told_how_to_hand_over_and_reads_its_messages, make,
						done),
		cmocka_unit_test_setup_teardown(an_agent_without_a_schema_is_refused_by_its_file, make, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
