/* SPDX-License-Identifier: MIT */
/* Places in HTML where escaping cannot protect are refused when a template is read. */
#include "../unit.h"

#include "base/err.h"
#include "base/mustache.h"

static bool compiles(const char *text, struct err *e)
{
	struct templates *set = templates_new();
	bool ok = templates_add(set, "t", MT_HTML, text, strlen(text), e);

	templates_free(set);
	return ok;
}

static void ordinary_markup_is_allowed(void **state)
{
	static const char *const texts[] = {
		"<!DOCTYPE html><p class=\"a {{b}}\" id='{{c}}'>{{d}}</p>",
		"<option value=\"{{v}}\"{{#s}} selected{{/s}}>{{n}}</option>",
		"<option {{#s}}selected {{/s}}value='1'>",
		"<a class=\"x{{#on}} on{{/on}}\" href=\"{{u}}\">{{t}}</a>",
		"<input disabled {{#c}}checked{{/c}}>",
		"<input {{#c}}checked{{/c}} {{^c}}hidden{{/c}}>",
		"<script src=\"{{u}}\" defer></script><p>{{x}}</p>",
		"<script>var a = '<b>{';</script>{{x}}",
		"<style>a{b:c}</style>{{x}}",
		"<!-- {{x}} --> {{{y}}}",
		"<!-->{{x}}-->",
		"a < b {{x}} <3 {{y}}",
		"<br/>{{x}}",
		"{{#l}}<li>{{.}}</li>{{/l}}",
		"<p onclick=\"f()\">{{x}}</p>",
		"<p style='a:b'>{{x}}</p>",
		"{{>head}}<p>{{$b}}x{{/b}}</p>{{<q}}{{$r}}<i>{{/r}}{{/q}}",
		"<a href=/x>{{y}}</a>",
		"<script>{{! a comment }}</script>",
		"<p\nclass='x'\n>{{x}}",
		"<p data-onx='{{x}}'>",
		"<SCRIPT>x</ScRiPt>{{x}}",
		"<a title=\"{{#x}}{{y}}{{/x}}\">",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct err e = { 0 };

		if (!compiles(texts[i], &e))
			fail_msg("%s: %s", texts[i], e.msg);
	}
}

static void assert_refused(const char *const *texts, size_t count, const char *why)
{
	for (size_t i = 0; i < count; i++) {
		struct err e = { 0 };

		if (compiles(texts[i], &e))
			fail_msg("allowed: %s", texts[i]);
		assert_int_equal(e.class, ERR_INVALID);
		if (!strstr(e.msg, why))
			fail_msg("%s: %s", texts[i], e.msg);
	}
}

#define REFUSED(why, ...)                                                         \
	do {                                                                      \
		static const char *const texts[] = { __VA_ARGS__ };               \
		assert_refused(texts, COUNT(texts), why);                         \
	} while (0)

static void no_tag_in_script_or_style(void **state)
{
	REFUSED("inside <script>", "<script>{{x}}</script>", "<script>{{#x}}{{/x}}</script>",
		"<SCRIPT type=a>{{{x}}}", "<script>a</scrip{{x}}", "<script/>{{x}}");
	REFUSED("inside <style>", "<style>{{x}}</style>", "<style>a</styl e>{{x}}");
}

static void no_tag_in_event_style_or_srcdoc_attributes(void **state)
{
	REFUSED("on*, style or srcdoc", "<p onclick=\"{{x}}\">", "<p ONCLICK='f({{x}})'>",
		"<p style=\"a:{{x}}\">", "<iframe srcdoc='{{x}}'>", "<p onveryveryverylongname='{{x}}'>",
		"<p class='a'onclick='{{x}}'>", "<p onclick = '{{x}}'>", "<p onclick=\"{{#x}}a{{/x}}\">",
		"<p/onclick='{{x}}'>");
}

static void no_tag_without_quotes(void **state)
{
	REFUSED("without quotes", "<p class={{x}}>", "<p class=a{{x}}>", "<a href={{x}}>", "<a href= {{x}}>");
}

static void no_tag_in_a_name(void **state)
{
	REFUSED("behind '<'", "<{{x}}>", "</{{x}}>", "<{{#x}}p{{/x}}>");
	REFUSED("in the name", "<p{{x}}>", "<p {{x}}>", "<p {{x}}='1'>", "<p a{{x}}>", "<p a {{{x}}}>",
		"</p {{x}}>");
	REFUSED("splits the name", "<p on{{#x}}{{/x}}click='a'>", "<scr{{#x}}{{/x}}ipt>",
		"<p {{#x}}on{{/x}}click='a'>", "<p {{#x}}a{{/x}}='b'>", "<p {{#x}}a{{/x}}{{^x}}b{{/x}}>");
	REFUSED("inside a declaration", "<!doctype {{x}}>", "<!-{{x}}");
	REFUSED("no attribute inside", "<p \"{{x}}\">", "<p {{#x}} {{/x}}='b'>");
}

static void nothing_raw_in_attributes_or_comments(void **state)
{
	REFUSED("raw tag in an attribute", "<p class=\"{{{x}}}\">", "<a href='{{&x}}'>");
	REFUSED("raw tag in a comment", "<!-- {{{x}}} -->");
}

static void a_section_ends_where_it_began(void **state)
{
	REFUSED("end where it began", "{{#x}}<p {{/x}}>", "<p {{#x}}>{{/x}}", "<p class=\"{{#x}}\"{{/x}}>",
		"{{#x}}<!--{{/x}}-->", "<a href=\"{{#x}}\" class=\"{{/x}}\">", "<p a=\"{{#x}}\" b='{{/x}}'>");
	REFUSED("inside <script>", "{{#x}}<script>{{/x}}</script>");
}

static void partials_and_blocks_stand_in_text(void **state)
{
	REFUSED("in text", "<p {{>x}}>", "<script>{{>x}}</script>", "<p class='{{>x}}'>",
		"<p class='{{$x}}{{/x}}'>", "{{$x}}<p {{/x}}>", "{{<q}}{{$x}}<p {{/x}}{{/q}}",
		"<p {{<q}}{{/q}}>");
	REFUSED("ends inside markup", "<p", "<p class='a", "<!-- ", "<script>", "{{x}}<");
}

static void the_line_is_named(void **state)
{
	struct err e = { 0 };

	assert_false(compiles("<p>\n<script>\n{{x}}</script>", &e));
	assert_string_equal(e.msg, "t:3: a tag inside <script>; hand data over in a data- attribute");
}

static void other_types_are_not_linted(void **state)
{
	struct templates *set = templates_new();
	const char *text = "<script>{{x}} <p {{{y}}}";

	assert_true(templates_add(set, "t", MT_TEXT, text, strlen(text), NULL));
	templates_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_markup_is_allowed),
		cmocka_unit_test(no_tag_in_script_or_style),
		cmocka_unit_test(no_tag_in_event_style_or_srcdoc_attributes),
		cmocka_unit_test(no_tag_without_quotes),
		cmocka_unit_test(no_tag_in_a_name),
		cmocka_unit_test(nothing_raw_in_attributes_or_comments),
		cmocka_unit_test(a_section_ends_where_it_began),
		cmocka_unit_test(partials_and_blocks_stand_in_text),
		cmocka_unit_test(the_line_is_named),
		cmocka_unit_test(other_types_are_not_linted),
	};

	return cmocka_run_group_tests_name("mustache_lint", tests, NULL, NULL);
}
