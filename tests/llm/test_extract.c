/* SPDX-License-Identifier: MIT */
/* JSON among prose: what counts as the answer, and what is said when there is none. */
#include "../unit.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "llm/bounded.h"
#include "llm/extract.h"

static int make(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int drop(void **state)
{
	arena_free(*state);
	return 0;
}

static const char *found(struct arena *a, const char *text)
{
	struct err e = { 0 };
	struct json_object *j = llm_extract(a, text, strlen(text), NULL, &e);

	return j ? json_text(a, j) : arena_strdup(a, e.msg);
}

static void the_object_is_found_wherever_it_stands(void **state)
{
	static const char *const texts[] = {
		"{\"a\":1}",
		" \n{\"a\": 1}\n",
		"\xef\xbb\xbf{\"a\":1}",
		"```json\n{\"a\":1}\n```",
		"Here it is:\n\n~~~\n{\"a\":1}\n~~~\nHope that helps!",
		"Sure! {\"a\":1} Anything else?",
		"{\"a\":1}\n\nI chose 1 because {\"a\":2} would be wrong.\n```\n{\"a\":3}\n```\n",
		"As [1] says {see below}, use {} like so: {\"a\":1}",
		"```python\nd = {}\n```\n```json\n{\"a\":1}\n```",
		"```json\n{\"a\":1}",
		"```\r\n{\"a\":1}\r\n```\r\n",
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		assert_string_equal(found(*state, texts[i]), "{\"a\":1}");
	assert_string_equal(found(*state, " {} "), "{}");
	assert_string_equal(found(*state, "x {\"a\":\"} {\\\" ```\"} y"), "{\"a\":\"} {\\\" ```\"}");
}

static void a_part_of_a_broken_answer_is_not_the_answer(void **state)
{
	assert_non_null(strstr(found(*state, "{\"stories\":[{\"id\":1},{\"id\":2},"), "unexpected end"));
	assert_non_null(strstr(found(*state, "{\"stories\":[{\"id\":1},]}"), "no JSON object: "));
	assert_non_null(strstr(found(*state, "```json\n{\"stories\":[{\"id\":1}"), "expected ',' or ']'"));
	assert_non_null(strstr(found(*state, "{\"a\":{\"b\":1}, 'c':2}"), "expected a string"));
}

static void without_an_object_the_reason_is_told(void **state)
{
	assert_non_null(strstr(found(*state, ""), "empty"));
	assert_non_null(strstr(found(*state, "I am sorry."), "has no JSON object"));
	assert_non_null(strstr(found(*state, "[1,2]"), "has no JSON object"));
	assert_non_null(strstr(found(*state, "{\"a\":1,\"a\":2}"), "twice"));
}

static void the_place_of_the_object_is_told(void **state)
{
	const char *text = "so: {\"a\":1}.";
	struct err e = { 0 };
	struct str span;

	assert_non_null(llm_extract(*state, text, strlen(text), &span, &e));
	assert_ptr_equal(span.s, text + 4);
	assert_int_equal(span.len, 7);
}

static void hostile_text_costs_little(void **state)
{
	size_t n = (size_t)4 << 20;
	char *text = malloc(n);
	struct err e = { 0 };
	int64_t start = clock_mono_ms();

	assert_non_null(text);
	memset(text, '{', n);
	assert_null(llm_extract(*state, text, n, NULL, &e));
	for (size_t i = 0; i + 1 < n; i += 2)
		memcpy(text + i, "{\"", 2);
	assert_null(llm_extract(*state, text, n, NULL, &e));
	for (size_t i = 0; i + 3 < n; i += 4)
		memcpy(text + i, "```\n", 4);
	assert_null(llm_extract(*state, text, n, NULL, &e));
	memcpy(text, "{\"a\":[", 6);
	for (size_t i = 6; i + 1 < n; i += 2)
		memcpy(text + i, "1,", 2);
	memcpy(text + n - 4, "11]}", 4);
	assert_null(llm_extract(*state, text, n, NULL, &e));
	assert_non_null(strstr(e.msg, "100000 values"));
	/* Generous, for a sanitizer on a busy machine; a square would take hours. */
	assert_true(clock_mono_ms() - start < 20000);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_object_is_found_wherever_it_stands),
		cmocka_unit_test(a_part_of_a_broken_answer_is_not_the_answer),
		cmocka_unit_test(without_an_object_the_reason_is_told),
		cmocka_unit_test(the_place_of_the_object_is_told),
		cmocka_unit_test(hostile_text_costs_little),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
