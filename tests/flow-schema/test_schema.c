/* SPDX-License-Identifier: MIT */
/* Which schemas are taken, and what is said about a value that does not fit. */
#include "../unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "flow/handover.h"
#include "flow/schema.h"

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

static struct schema *compile(struct arena *a, const char *text, struct err *e)
{
	struct json_object *j = json_parse(a, text, strlen(text), e);

	assert_non_null(j);
	return schema_compile(a, j, e);
}

static struct problems problems(struct arena *a, const char *schema, const char *value)
{
	struct err e = { 0 };
	struct schema *s = compile(a, schema, &e);
	struct problems p;
	struct json_object *v = json_parse(a, value, strlen(value), &e);
	bool ok;

	if (!s)
		fail_msg("%s", e.msg);
	assert_true(v || strcmp(value, "null") == 0);
	ok = schema_validate(s, v, a, &p);
	assert_int_equal(ok, p.count == 0);
	return p;
}

static void what_is_not_supported_is_refused_with_its_place(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"properties\":{\"a\":{\"oneOf\":[]}}}", "/properties/a" },
		{ "{\"type\":\"text\"}", "type" },
		{ "{\"enum\":[]}", "enum" },
		{ "{\"items\":7}", "/items" },
		{ "{\"minItems\":-1}", "whole number" },
		{ "{\"pattern\":\"\\\\d+\"}", "escape" },
		{ "{\"pattern\":\"a**\"}", "quantifier" },
		{ "{\"pattern\":\"a+?\"}", "quantifier" },
		{ "{\"pattern\":\"(?=a)\"}", "(?" },
		{ "{\"pattern\":\"[[:alpha:]]\"}", "class" },
		{ "{\"pattern\":\"[\\\\]]\"}", "backslash" },
		{ "{\"pattern\":\"a|\"}", "empty" },
		{ "{\"pattern\":\"a{300}\"}", "repetition" },
		{ "{\"pattern\":\"(a\"}", "C library" },
		{ "{\"$ref\":\"#/$defs/no\"}", "$ref" },
		{ "{\"$ref\":\"https://example.com/x\"}", "$ref" },
		{ "{\"$ref\":\"#\"}", "without descending" },
		{ "{\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"$ref\":\"#/$defs/a\"}}}",
		  "without descending" },
		{ "{\"items\":{\"$defs\":{}}}", "top" },
		{ "{\"enum\":[1],\"const\":1}", "together" },
		{ "{\"minimum\":\"1\"}", "numbers" },
		{ "{\"required\":[1]}", "names" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = { 0 };

		assert_null(compile(*state, cases[i][0], &e));
		assert_int_equal(e.class, ERR_INVALID);
		if (!strstr(e.msg, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], e.msg);
	}
}

static void a_problem_has_a_pointer_and_a_sentence(void **state)
{
	static const struct {
		const char *schema, *value, *pointer, *sentence;
	} cases[] = {
		{ "{\"type\":\"string\"}", "3", "", "must be a string, and is a number" },
		{ "{\"type\":[\"string\",\"null\"]}", "[]", "", "must be a string or null, and is an array" },
		{ "{\"required\":[\"title\"]}", "{}", "", "lacks the required member \"title\"" },
		{ "{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"b/c~\":1}", "/b~1c~0",
		  "is not a member that may be here; allowed are: a" },
		{ "{\"items\":{\"maximum\":13}}", "[1,40]", "/1", "must be at most 13, and is 40" },
		{ "{\"minItems\":3}", "[1]", "", "must have at least 3 items, and has 1" },
		{ "{\"maxItems\":0}", "[1]", "", "must have at most 0 items, and has 1" },
		{ "{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},3,{\"b\":2.0,\"a\":1}]", "",
		  "must have items that all differ; items 0 and 2 are equal" },
		{ "{\"enum\":[\"high\",\"low\"]}", "\"urgent\"", "",
			"must be one of \"high\", \"low\"; it is \"urgent\"" },
		{ "{\"const\":1}", "2", "", "must be 1, and is 2" },
		{ "{\"minLength\":2}", "\"\xc3\xa4\"", "", "must have at least 2 characters, and has 1" },
		{ "{\"pattern\":\"^a$\"}", "\"b\"", "", "must match the pattern ^a$; it is \"b\"" },
		{ "false", "1", "", "may not be here" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct problems p;
		struct err e = { 0 };
		struct json_object *holder;
		char text[400];
		struct schema *s;
		struct json_object *v;

		snprintf(text, sizeof(text), "[%s,%s]", cases[i].schema, cases[i].value);
		holder = json_parse(*state, text, strlen(text), &e);
		s = schema_compile(*state, json_object_array_get_idx(holder, 0), &e);
		v = json_object_array_get_idx(holder, 1);
		assert_non_null(s);
		assert_false(schema_validate(s, v, *state, &p));
		assert_int_equal(p.count, 1);
		assert_string_equal(p.list[0].pointer, cases[i].pointer);
		assert_string_equal(p.list[0].sentence, cases[i].sentence);
	}
}

static void the_nearest_form_of_several_is_told(void **state)
{
	struct problems p = problems(*state, "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\","
				     "\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}]}",
				     "{\"n\":\"x\"}");
	const char *text = problems_text(*state, &p);

	assert_non_null(strstr(text, "(the whole): fits none of the 2 forms"));
	assert_non_null(strstr(text, "- /n: must be a whole number, and is a string\n"));
	assert_null(strstr(text, "must be a string,"));
}

static void many_problems_are_cut_with_a_word(void **state)
{
	char value[2000] = "[";
	struct problems p;

	for (int i = 0; i < 200; i++)
		strcat(value, i ? ",1" : "1");
	strcat(value, "]");
	p = problems(*state, "{\"items\":{\"type\":\"string\"}}", value);
	assert_int_equal(p.count, SCHEMA_PROBLEMS_MAX);
	assert_true(p.more);
	assert_non_null(strstr(problems_text(*state, &p), "and more"));
}

static void hostile_values_cost_little(void **state)
{
	static const char tree[] =
		"{\"$defs\":{\"t\":{\"anyOf\":["
		"{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"}},"
		"{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"}}]}},\"$ref\":\"#/$defs/t\"}";
	size_t n = 400000;
	char *big = malloc(n + 3);
	char deep[130] = "";

	/* Two ways at each of 60 levels. */
	memset(deep, '[', 60);
	memset(deep + 60, ']', 60);
	deep[30] = '[';
	assert_true(problems(*state, tree, deep).count == 0);
	deep[59] = '1';
	deep[60] = ' ';
	assert_true(problems(*state, tree, deep).count > 0);

	big[0] = '"';
	memset(big + 1, 'a', n);
	big[n + 1] = '"';
	big[n + 2] = '\0';
	assert_true(problems(*state, "{\"pattern\":\"^(a|aa)+$\"}", big).count == 1);
	big[0] = '[';
	for (size_t i = 1; i < n; i += 2) {
		big[i] = '1';
		big[i + 1] = ',';
	}
	big[n] = '2';
	big[n + 1] = ']';
	assert_true(problems(*state, "{\"uniqueItems\":true}", big).count == 1);
	free(big);
}

static void the_agents_own_schemas_compile(void **state)
{
	const char *top = getenv("top_srcdir"), *dir = arena_printf(*state, "%s/agents", top ? top : ".");
	struct json_object *source;
	struct err e = { 0 };
	const char **names;
	size_t count, compiled = 0;

	assert_true(dir_list(*state, dir, &names, &count, &e));
	for (size_t i = 0; i < count; i++) {
		const char *path = arena_printf(*state, "%s/%s/output.schema.json", dir, names[i]);

		if (!file_exists(path))
			continue;
		if (!handover_schema(*state, dir, names[i], &source, &e))
			fail_msg("%s", e.msg);
		compiled++;
	}
	assert_true(compiled >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_supported_is_refused_with_its_place),
		cmocka_unit_test(a_problem_has_a_pointer_and_a_sentence),
		cmocka_unit_test(the_nearest_form_of_several_is_told),
		cmocka_unit_test(many_problems_are_cut_with_a_word),
		cmocka_unit_test(hostile_values_cost_little),
		cmocka_unit_test(the_agents_own_schemas_compile),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
