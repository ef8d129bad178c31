/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "model/diff.h"

static struct diff *diff_of(struct arena *a, const char *old_text, const char *new_text)
{
	struct err e = { 0 };
	struct diff *d = diff_texts(a, str_from(old_text), str_from(new_text), &e);

	assert_non_null(d);
	return d;
}

/* The diff as one writes it, with \ after a line that ends without a newline. */
static const char *flat(struct arena *a, const struct diff *d)
{
	struct buf b;
	char *out;

	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < d->count; i++) {
		buf_addf(&b, "%s|", d->hunks[i].header);
		for (size_t k = 0; k < d->hunks[i].count; k++) {
			const struct diff_line *l = &d->hunks[i].lines[k];
			buf_addf(&b, "%c%d,%d:%.*s%s|", l->kind, l->old_line, l->new_line,
				 (int)l->text.len, l->text.s, l->no_newline ? "\\" : "");
		}
	}
	out = arena_strndup(a, buf_str(&b), b.len);
	buf_release(&b);
	return out;
}

static void hunks_have_three_lines_around(void **state)
{
	struct arena *a = arena_new(0);
	struct diff *d = diff_of(a, "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");

	assert_string_equal(flat(a, d),
		"@@ -2,7 +2,7 @@| 2,2:2| 3,3:3| 4,4:4|-5,0:5|+0,5:five| 6,6:6| 7,7:7| 8,8:8|");
	assert_int_equal(d->added, 1);
	assert_int_equal(d->removed, 1);
	assert_int_equal(d->hunks[0].old_start, 2);
	assert_int_equal(d->hunks[0].new_count, 7);
	assert_false(d->same || d->binary || d->too_large || d->cut);
	arena_free(a);
}

static void header_holds_nothing_of_the_text(void **state)
{
	struct arena *a = arena_new(0);
	struct diff *d = diff_of(a, "f\xc3\xbcnction\n\n\n\nx\n", "f\xc3\xbcnction\n\n\n\ny\n");

	assert_string_equal(d->hunks[0].header, "@@ -2,4 +2,4 @@");
	arena_free(a);
}

static void far_changes_make_two_hunks(void **state)
{
	struct arena *a = arena_new(0);
	struct diff *d = diff_of(a, "a\n1\n2\n3\n4\n5\n6\n7\n8\nz\n", "A\n1\n2\n3\n4\n5\n6\n7\n8\nZ\n");

	assert_int_equal(d->count, 2);
	assert_int_equal(d->hunks[1].old_start, 7);
	arena_free(a);
}

static void end_without_newline_is_marked(void **state)
{
	struct arena *a = arena_new(0);

	assert_string_equal(flat(a, diff_of(a, "a\nb\n", "a\nb")), "@@ -1,2 +1,2 @@| 1,1:a|-2,0:b|+0,2:b\\|");
	assert_string_equal(flat(a, diff_of(a, "a\nb", "a\nb\n")), "@@ -1,2 +1,2 @@| 1,1:a|-2,0:b\\|+0,2:b|");
	assert_string_equal(flat(a, diff_of(a, "x\nb", "y\nb")), "@@ -1,2 +1,2 @@|-1,0:x|+0,1:y| 2,2:b\\|");
	arena_free(a);
}

static void carriage_returns_count(void **state)
{
	struct arena *a = arena_new(0);

	assert_string_equal(flat(a, diff_of(a, "a\r\n", "a\n")), "@@ -1 +1 @@|-1,0:a\r|+0,1:a|");
	assert_string_equal(flat(a, diff_of(a, "a\r\nb\r\n", "a\r\nc\r\n")),
			    "@@ -1,2 +1,2 @@| 1,1:a\r|-2,0:b\r|+0,2:c\r|");
	arena_free(a);
}

static void identical_texts_have_nothing(void **state)
{
	struct arena *a = arena_new(0);
	struct diff *d = diff_of(a, "a\n", "a\n");

	assert_true(d->same);
	assert_int_equal(d->count, 0);
	assert_true(diff_of(a, "", "")->same);
	assert_true(diff_of(a, NULL, "")->same);
	arena_free(a);
}

static void empty_sides_are_all_added_or_removed(void **state)
{
	struct arena *a = arena_new(0);

	assert_string_equal(flat(a, diff_of(a, "", "a\nb\n")), "@@ -0,0 +1,2 @@|+0,1:a|+0,2:b|");
	assert_string_equal(flat(a, diff_of(a, "a\nb\n", NULL)), "@@ -1,2 +0,0 @@|-1,0:a|-2,0:b|");
	arena_free(a);
}

static void bytes_that_are_no_text_are_binary(void **state)
{
	struct arena *a = arena_new(0);
	static const struct { const char *s; size_t n; } bad[] = {
		{ "a\0b", 3 }, { "\xff\n", 2 }, { "\xed\xa0\x80", 3 }, { "text\n\xc3", 6 },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str s = { bad[i].s, bad[i].n };
		struct diff *d = diff_texts(a, s, STR("x\n"), &e);
		assert_true(d->binary);
		assert_int_equal(d->count, 0);
		assert_true(diff_texts(a, STR("x\n"), s, &e)->binary);
	}
	arena_free(a);
}

static void huge_lines_are_cut_at_a_character(void **state)
{
	struct arena *a = arena_new(0);
	size_t n = 1 << 20;
	char *old_text = arena_alloc(a, n + 2), *new_text;
	struct diff *d;

	memset(old_text, 'x', n);
	new_text = arena_strdup(a, old_text);
	new_text[n - 1] = 'y';
	memcpy(new_text + DIFF_LINE_BYTES - 1, "\xe2\x82\xac", 3);
	d = diff_of(a, old_text, new_text);
	assert_int_equal(d->hunks[0].count, 2);
	assert_true(d->hunks[0].lines[0].cut);
	assert_int_equal(d->hunks[0].lines[0].text.len, DIFF_LINE_BYTES);
	assert_int_equal(d->hunks[0].lines[1].text.len, DIFF_LINE_BYTES - 1);
	assert_true(d->hunks[0].lines[0].no_newline);
	arena_free(a);
}

static void too_large_texts_are_not_compared(void **state)
{
	struct arena *a = arena_new(0);
	char *big = arena_alloc(a, DIFF_BYTES + 2);
	struct diff *d;

	memset(big, 'x', DIFF_BYTES + 1);
	assert_true(diff_of(a, big, "y")->too_large);
	assert_true(diff_of(a, "y", big)->too_large);
	big[DIFF_BYTES] = '\0';
	assert_false(diff_of(a, big, "y")->too_large);
	memset(big, '\n', DIFF_LINES + 1);
	big[DIFF_LINES + 1] = '\0';
	d = diff_of(a, big, "y");
	assert_true(d->too_large);
	assert_int_equal(d->count, 0);
	arena_free(a);
}

static void long_diffs_are_cut_but_counted(void **state)
{
	struct arena *a = arena_new(0);
	size_t lines = 3 * DIFF_SHOWN;
	char *text = arena_alloc(a, lines * 8 + 1), *at = text;
	struct diff *d;
	size_t shown = 0;

	for (size_t i = 0; i < lines; i++, at += 7)
		memcpy(at, i % 20 == 0 ? "change\n" : "same..\n", 7);
	d = diff_of(a, "", text);
	assert_true(d->cut);
	assert_int_equal(d->added, (int)lines);
	assert_int_equal(d->hunks[0].count, DIFF_SHOWN);
	/* Many small hunks instead of one large. */
	at = arena_strdup(a, text);
	for (size_t i = 0; i < lines; i += 20)
		at[i * 7] = 'C';
	d = diff_of(a, text, at);
	assert_true(d->cut);
	for (size_t i = 0; i < d->count; i++)
		shown += d->hunks[i].count;
	assert_int_equal(shown, DIFF_SHOWN);
	assert_int_equal(d->added, (int)lines / 20);
	arena_free(a);
}

static void value_is_what_pages_read(void **state)
{
	struct arena *a = arena_new(0);
	struct buf b;

	buf_init(&b, 4096);
	value_write_json(diff_value(a, diff_of(a, "a\n<b>", "a\nc\n")), &b);
	assert_string_equal(buf_str(&b),
		"{\"same\":false,\"binary\":false,\"too_large\":false,\"cut\":false,"
		"\"added\":1,\"removed\":1,"
		"\"hunks\":[{\"header\":\"@@ -1,2 +1,2 @@\",\"lines\":["
		"{\"kind\":\"same\",\"sign\":\" \",\"old\":1,\"new\":1,\"text\":\"a\",\"cut\":false,"
		"\"no_newline\":false},"
		"{\"kind\":\"removed\",\"sign\":\"-\",\"old\":2,\"new\":null,\"text\":\"<b>\",\"cut\":false,"
		"\"no_newline\":true},"
		"{\"kind\":\"added\",\"sign\":\"+\",\"old\":null,\"new\":2,\"text\":\"c\",\"cut\":false,"
		"\"no_newline\":false}]}]}");
	buf_release(&b);
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_have_three_lines_around),
		cmocka_unit_test(header_holds_nothing_of_the_text),
		cmocka_unit_test(far_changes_make_two_hunks),
		cmocka_unit_test(end_without_newline_is_marked),
		cmocka_unit_test(carriage_returns_count),
		cmocka_unit_test(identical_texts_have_nothing),
		cmocka_unit_test(empty_sides_are_all_added_or_removed),
		cmocka_unit_test(bytes_that_are_no_text_are_binary),
		cmocka_unit_test(huge_lines_are_cut_at_a_character),
		cmocka_unit_test(too_large_texts_are_not_compared),
		cmocka_unit_test(long_diffs_are_cut_but_counted),
		cmocka_unit_test(value_is_what_pages_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
