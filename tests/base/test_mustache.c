/* SPDX-License-Identifier: MIT */
/* Rendering beyond the specification: types, rows, limits, indentation. */
#include "../unit.h"

#include "sheet.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mustache.h"
#include "base/value.h"

static struct arena *a;
static struct templates *set;
static struct value *view;
static struct buf out;
static struct err e;

static int setup(void **state)
{
	a = arena_new(0);
	set = templates_new();
	view = value_object(a);
	buf_init(&out, 1 << 20);
	err_clear(&e);
	return 0;
}

static int teardown(void **state)
{
	buf_release(&out);
	templates_free(set);
	arena_free(a);
	return 0;
}

static void add(const char *name, enum mustache_type type, const char *text)
{
	if (!templates_add(set, name, type, text, strlen(text), &e))
		fail_msg("%s", e.msg);
}

static void assert_renders(enum mustache_type type, const char *text, const char *expected)
{
	static int serial;
	const char *name = arena_printf(a, "t%d", serial++);

	add(name, type, text);
	buf_clear(&out);
	if (!templates_render(set, name, view, &out, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&out), expected);
}

static void each_type_escapes_for_itself(void **state)
{
	set_text(a, view, "x", "a'b\"c\\d\n<&>?\x01");
	assert_renders(MT_HTML, "{{x}}", "a&#39;b&quot;c\\d\n&lt;&amp;&gt;?\x01");
	assert_renders(MT_TEXT, "{{x}}", "a'b\"c\\d\n<&>?\x01");
	assert_renders(MT_PYTHON, "'{{x}}'", "'a\\'b\\\"c\\\\d\\x0a<&>?\\x01'");
	assert_renders(MT_C, "\"{{x}}\"", "\"a\\'b\\\"c\\\\d\\012<&>\\?\\001\"");
	assert_renders(MT_JSON, "\"{{x}}\"", "\"a'b\\\"c\\\\d\\n<&>?\\u0001\"");
	assert_renders(MT_SQL, "'{{x}}'", "'a''b\"c\\d\n<&>?\x01'");
	assert_renders(MT_SHELL, "echo {{x}}", "echo 'a'\\''b\"c\\d\n<&>?\x01'");
	assert_renders(MT_SHELL, "echo {{none}}", "echo ''");
	assert_renders(MT_PYTHON, "{{{x}}}", "a'b\"c\\d\n<&>?\x01");
}

static void html_lets_only_our_own_html_through_raw(void **state)
{
	set_text(a, view, "text", "<i>");
	value_set(a, view, "html", value_html(a, "<b>", 3));
	assert_renders(MT_HTML, "{{{text}}} {{&text}} {{{html}}} {{&html}} {{html}}",
		       "&lt;i&gt; &lt;i&gt; <b> <b> &lt;b&gt;");
}

static void url_attributes_take_only_checked_urls(void **state)
{
	set_text(a, view, "text", "javascript:x");
	set_url(a, view, "url", "/a?b=1&c='");
	set_url(a, view, "bad", "javascript:x");
	set_text(a, view, "part", "a/b c?\"");
	assert_renders(MT_HTML, "<a href=\"{{url}}\">", "<a href=\"/a?b=1&amp;c=&#39;\">");
	assert_renders(MT_HTML, "<a href='{{text}}'><img SRC='{{bad}}'>", "<a href=''><img SRC=''>");
	assert_renders(MT_HTML, "<a href=\"/x/{{part}}/{{url}}\">",
		       "<a href=\"/x/a%2Fb%20c%3F%22/%2Fa%3Fb%3D1%26c%3D%27\">");
	assert_renders(MT_HTML, "<a href=\"{{url}}{{part}}\">",
		       "<a href=\"/a?b=1&amp;c=&#39;a%2Fb%20c%3F%22\">");
	assert_renders(MT_HTML, "<a title=\"{{part}}\">", "<a title=\"a/b c?&quot;\">");
	assert_renders(MT_HTML, "<a href=\"{{#url}}{{url}}{{/url}}{{^url}}{{text}}{{/url}}\">",
		       "<a href=\"/a?b=1&amp;c=&#39;\">");
}

static void rows_are_contexts_straight_from_their_table(void **state)
{
	const char *cells[2][ROW_COLUMNS] = { { "1", "a<b", "t", "0", NULL, "z" },
					      { "2", "", "f", "1.5", "x", "z" } };
	struct sheet t = { 2, { "id", "name", "on", "n", "o", "p" },
			   { V_INT, V_TEXT, V_BOOL, V_NUMBER, V_TEXT, V_TEXT }, .texts = cells };

	value_set(a, view, "rows", value_rows(a, sheet_table(&t)));
	set_text(a, view, "outer", "!");
	set_text(a, view, "o", "hidden by a NULL column");
	assert_renders(MT_HTML,
		       "{{#rows}}{{id}}:{{name}}{{#on}}+{{/on}}{{^on}}-{{/on}}{{#n}}n={{n}}{{/"
		       "n}}{{o}}{{outer}};{{/rows}}",
		       "1:a&lt;b+!;2:-n=1.5x!;");
	assert_renders(MT_HTML, "{{#rows}}{{#name}}[{{.}}]{{/name}}{{/rows}}{{^rows}}none{{/rows}}",
		       "[a&lt;b]");
	t.table.count = 0;
	assert_renders(MT_HTML, "{{#rows}}x{{/rows}}{{^rows}}none{{/rows}}", "none");
	t.table.count = 2;
	assert_renders(MT_HTML, "{{rows}}{{rows.name}}", "");
}

/* Where a name was found is remembered; each context must have its own. */
static void a_name_means_what_its_context_says_each_time(void **state)
{
	const char *few[2][ROW_COLUMNS] = { { "1", "a", "t", NULL, NULL, NULL }, { "2", "b", "f", NULL, NULL, NULL } };
	const char *other[1][ROW_COLUMNS] = { { "c", "x", NULL, NULL, NULL, NULL } };
	struct sheet t = { 2, { "id", "name", "on", "n", "o", "p" },
			   { V_INT, V_TEXT, V_BOOL, V_TEXT, V_TEXT, V_TEXT }, .texts = few };
	struct sheet u = { 1, { "name", "mark", "q", "r", "s", "w" },
			   { V_TEXT, V_TEXT, V_TEXT, V_TEXT, V_TEXT, V_TEXT }, .texts = other };
	struct value *groups = value_list(a), *first = value_object(a), *second = value_object(a);

	value_set(a, first, "rows", value_rows(a, sheet_table(&t)));
	set_text(a, first, "name", "one");
	value_set(a, second, "rows", value_rows(a, sheet_table(&u)));
	set_text(a, second, "name", "two");
	set_text(a, second, "id", "9");
	value_add(a, groups, first);
	value_add(a, groups, second);
	value_add(a, groups, value_text(a, "none"));
	value_set(a, view, "groups", groups);
	value_set(a, view, "more", value_rows(a, sheet_table(&u)));
	set_text(a, view, "mark", "top");
	assert_renders(MT_TEXT, "{{#groups}}{{name}}:{{#rows}}{{name}}{{id}}{{mark}},{{/rows}};{{/groups}}",
		       "one:a1top,b2top,;two:c9x,;:;");
	assert_renders(MT_TEXT, "{{#groups}}{{#rows}}{{#more}}{{name}}{{id}}{{#mark}}({{.}}{{id}}){{/mark}}{{/more}}"
		       "{{name}} {{/rows}}{{/groups}}", "c1(x1)a c2(x2)b c9(x9)c ");
}

static void falsehood_is_null_false_zero_and_emptiness(void **state)
{
	set_int(a, view, "zero", 0);
	set_int(a, view, "one", 1);
	set_text(a, view, "empty", "");
	set_text(a, view, "text", "0");
	value_set(a, view, "null", value_null(a));
	value_set(a, view, "list", value_list(a));
	value_set(a, view, "object", value_object(a));
	assert_renders(MT_TEXT,
		       "{{#zero}}0{{/zero}}{{#one}}1{{/one}}{{#empty}}e{{/empty}}{{#text}}t{{/text}}"
		       "{{#null}}n{{/null}}{{#list}}l{{/list}}{{#object}}o{{/object}}{{#none}}x{{/none}}",
		       "1to");
}

static void values_without_a_text_print_nothing(void **state)
{
	value_set(a, view, "list", value_list(a));
	value_set(a, view, "object", value_object(a));
	set_bool(a, view, "yes", true);
	set_int(a, view, "min", INT64_MIN);
	assert_renders(MT_TEXT, "[{{list}}{{object}}{{none}}]{{yes}} {{min}}", "[]true -9223372036854775808");
}

static void errors_name_template_and_line(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "a\n\n{{x", "t:3: a tag without its end" },
		{ "{{{x}}", "t:1: a tag without its end" },
		{ "\n{{#a}}\n{{/b}}", "t:3: {{/b}} ends {{a}} of line 2" },
		{ "{{/a}}", "t:1: a section ends that was not begun" },
		{ "{{#a}}\n", "t:1: {{a}} has no end" },
		{ "{{}}", "t:1: a tag's name must be one word of 1 to 200 bytes" },
		{ "{{a b}}", "t:1: a tag's name must be one word of 1 to 200 bytes" },
		{ "\n{{=<% =}}", "t:2: a change of delimiters must read {{=open close=}}" },
		{ "{{=<%=}}", "t:1: a change of delimiters must read {{=open close=}}" },
		{ "{{! two\nlines }}\n{{#x}}", "t:3: {{x}} has no end" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_false(templates_add(set, "t", MT_TEXT, cases[i].text, strlen(cases[i].text), &e));
		assert_int_equal(e.class, ERR_INVALID);
		assert_string_equal(e.msg, cases[i].message);
	}
	assert_false(templates_has(set, "t"));
}

static void limits_end_in_errors(void **state)
{
	char deep[65 * 6 + 1] = "";

	add("loop", MT_TEXT, "x{{>loop}}");
	assert_false(templates_render(set, "loop", view, &out, &e));
	assert_string_equal(e.msg, "template loop: partials nest deeper than 64");
	add("self", MT_TEXT, "{{<base}}{{$a}}{{$a}}{{/a}}{{/a}}{{/base}}");
	add("base", MT_TEXT, "{{$a}}{{/a}}");
	assert_false(templates_render(set, "self", view, &out, &e));
	assert_false(templates_render(set, "none", view, &out, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	buf_release(&out);
	buf_init(&out, 3);
	add("long", MT_TEXT, "abcd");
	assert_false(templates_render(set, "long", view, &out, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_false(templates_add(set, "long", MT_TEXT, "", 0, &e));
	assert_int_equal(e.class, ERR_CONFLICT);
	for (int i = 0; i < 65; i++)
		strcat(deep, "{{#a}}");
	assert_false(templates_add(set, "deep", MT_TEXT, deep, strlen(deep), &e));
	assert_string_equal(e.msg, "deep:1: sections are nested deeper than 64");
}

static void indentation_reaches_every_line_of_nested_partials(void **state)
{
	set_text(a, view, "x", "1\n2");
	set_bool(a, view, "yes", true);
	add("inner", MT_TEXT, "a\n\n{{x}}\n{{#yes}}\nb\n{{/yes}}\n{{#yes}}c{{/yes}}\n{{! c }}d\n");
	add("outer", MT_TEXT, "o\n  {{>inner}}\np\n");
	assert_renders(MT_TEXT, " {{>outer}}\nend\n", " o\n   a\n\n   1\n2\n   b\n   c\n   d\n p\nend\n");
}

static void names_are_bytes_and_templates_are_found_in_any_order(void **state)
{
	for (int i = 99; i >= 0; i--)
		add(arena_printf(a, "p%d", i), MT_TEXT, arena_printf(a, "%d,", i));
	assert_renders(MT_TEXT, "{{>p0}}{{>p99}}{{>p10}}{{>p1}}{{>none}}", "0,99,10,1,");
	assert_true(templates_has(set, "p42"));
	assert_false(templates_has(set, "p"));
}

static void a_null_view_is_allowed(void **state)
{
	add("n", MT_HTML, "<p>{{x}}{{.}}</p>");
	assert_true(templates_render(set, "n", NULL, &out, &e));
	assert_string_equal(buf_str(&out), "<p></p>");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_type_escapes_for_itself),
		CASE(html_lets_only_our_own_html_through_raw),
		CASE(url_attributes_take_only_checked_urls),
		CASE(rows_are_contexts_straight_from_their_table), CASE(a_name_means_what_its_context_says_each_time),
		CASE(falsehood_is_null_false_zero_and_emptiness),
		CASE(values_without_a_text_print_nothing),
		CASE(errors_name_template_and_line),
		CASE(limits_end_in_errors),
		CASE(indentation_reaches_every_line_of_nested_partials),
		CASE(names_are_bytes_and_templates_are_found_in_any_order),
		CASE(a_null_view_is_allowed),
	};

	return cmocka_run_group_tests_name("mustache", tests, NULL, NULL);
}
