/* SPDX-License-Identifier: MIT */
/* Escaping, and Markdown from those who mean harm. */
#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/html.h"
#include "base/str.h"
#include "base/value.h"

static struct arena *a;

static int setup(void **state)
{
	a = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	arena_free(a);
	return 0;
}

static const char *markdown(const char *s)
{
	struct value *v = markdown_html(a, s, strlen(s));

	assert_int_equal(v->kind, V_HTML);
	return value_str(v);
}

static void html_and_urls_are_escaped(void **state)
{
	struct buf b;

	buf_init(&b, 1000);
	html_escape(&b, "<a href=\"x\" b='y'>&\xc3\xa9", 22);
	assert_string_equal(buf_str(&b), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\xc3\xa9");
	buf_clear(&b);
	url_escape(&b, "aZ9-._~/ ?&=%\xc3\xa9", 15);
	assert_string_equal(buf_str(&b), "aZ9-._~%2F%20%3F%26%3D%25%C3%A9");
	buf_release(&b);
}

static void markdown_becomes_html_two_headings_lower(void **state)
{
	assert_string_equal(markdown("# A\n\n##### B\n"), "<h3>A</h3>\n<h6>B</h6>\n");
	assert_string_equal(markdown("a *b* ~~c~~ `d<`\n"),
			    "<p>a <em>b</em> <del>c</del> <code>d&lt;</code></p>\n");
	assert_non_null(strstr(markdown("|a|\n|-|\n|b|\n"), "<td>b</td>"));
	assert_string_equal(markdown(""), "");
}

static void raw_html_does_not_pass(void **state)
{
	static const char *const texts[] = {
		"<script>alert(1)</script>",
		"a <img src=x onerror=alert(1)> b",
		"<div onclick=\"x\">\n\ny\n\n</div>",
		"<svg/onload=alert(1)>",
		"</p><iframe src=x>",
		"<!--><script>alert(1)</script>-->",
		"|a|\n|-|\n|<script>|\n",
		"# <b onclick=x>t</b>",
		"[<img src=x>](y)",
		"![<script>](y)",
		"<a href='javascript:x'>y</a>",
		"~~<script>~~",
		"- [ ] <script>",
	};
	static const char *const never[] = { "<script", "<img",	    "<div", "<svg",
					     "<iframe", "onclick=", "<b",   "<a href='" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		for (size_t k = 0; k < COUNT(never); k++) {
			if (strstr(markdown(texts[i]), never[k]))
				fail_msg("%s gives %s", texts[i], markdown(texts[i]));
		}
	}
}

static void links_are_harmless(void **state)
{
	static const char *const bad[] = {
		"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",	   "[x](data:text/html,y)",
		"[x](vbscript:y)",	    "[x](file:///etc/passwd)",	   "[x](java&#115;cript:y)",
		"[x](<java\tscript:y>)",    "[x]( javascript:y)",	   "[x](&#x6a;avascript:y)",
		"<javascript:y>",	    "[x][y]\n\n[y]: javascript:z", "![x](javascript:y)",
		"[x](&Tab;javascript:y)",   "[x](\x01javascript:y)",
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		if (strstr(markdown(bad[i]), "href=\"javascript") ||
		    strstr(markdown(bad[i]), "href=\"data") || strstr(markdown(bad[i]), "href=\"vb") ||
		    strstr(markdown(bad[i]), "href=\"file") || strstr(markdown(bad[i]), "href=\"java"))
			fail_msg("%s gives %s", bad[i], markdown(bad[i]));
	}
	assert_string_equal(
		markdown("[x](http://h/?a=1&b=\"%3C)"),
		"<p><a href=\"http://h/?a=1&amp;b=%22%3C\" rel=\"nofollow noopener\">x</a></p>\n");
	assert_string_equal(markdown("<mailto:a@b.c>"),
			    "<p><a href=\"mailto:a@b.c\" rel=\"nofollow noopener\">mailto:a@b.c</a></p>\n");
	assert_string_equal(markdown("[x](/y#z)"),
			    "<p><a href=\"/y#z\" rel=\"nofollow noopener\">x</a></p>\n");
}

static void an_image_is_a_link(void **state)
{
	assert_string_equal(markdown("![a *b*](http://h/i.png)"),
			    "<p><a href=\"http://h/i.png\" rel=\"nofollow noopener\">a <em>b</em></a></p>\n");
	assert_string_equal(markdown("![](i.png)"),
			    "<p><a href=\"i.png\" rel=\"nofollow noopener\">image</a></p>\n");
	assert_string_equal(markdown("[![a](i)](http://h)"),
			    "<p><a href=\"http://h\" rel=\"nofollow noopener\">a</a></p>\n");
}

static void broken_utf8_is_mended(void **state)
{
	struct value *v = markdown_html(a, "a\xff" "b\0c", 5);

	assert_int_equal(utf8_invalid(v->u.text.s, v->u.text.len), -1);
	assert_int_equal(v->u.text.s[v->u.text.len], 0);
}

static char *repeated(const char *unit, size_t n)
{
	char *s = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		s[i] = unit[i % strlen(unit)];
	return s;
}

static void very_long_text_is_shown_plain(void **state)
{
	const char *s = repeated("# <b>\n", (512 << 10) + 1);

	assert_memory_equal(markdown(s), "<pre># &lt;b&gt;\n", 16);
	assert_memory_equal(markdown(repeated("![x](y) ", 8 * 4001)), "<pre>", 5);
}

static void wide_tables_stay_text(void **state)
{
	const char *s = repeated("|a|b|c|d|\n", 100000);

	assert_null(strstr(markdown(s), "<table"));
}

static void no_input_takes_long(void **state)
{
	static const char *const units[] = {
		"[",	  "![",	  "[a](", ">",	  "- ",		"*a_",	  "**a ", "``a` ", "<",
		"|",	  "~~a ", "a@b.", "[^a]", "[a]: b\n",	"* * * ", "1. ",  "&",	   "_a__",
		"![[]()", "<!--", "[a][", "<?",	  "|a|\n|-|\n", "www.a",  "> - ",
	};

	for (size_t i = 0; i < COUNT(units); i++) {
		const char *s = repeated(units[i], 100000);
		int64_t start = clock_mono_ms();

		markdown(s);
		if (clock_mono_ms() - start > 5000)
			fail_msg("\"%s\" takes %d ms", units[i], (int)(clock_mono_ms() - start));
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(html_and_urls_are_escaped),
		CASE(markdown_becomes_html_two_headings_lower),
		CASE(raw_html_does_not_pass),
		CASE(links_are_harmless),
		CASE(an_image_is_a_link),
		CASE(broken_utf8_is_mended),
		CASE(very_long_text_is_shown_plain),
		CASE(wide_tables_stay_text),
		CASE(no_input_takes_long),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
