/* SPDX-License-Identifier: MIT */
/* Words, sentences, phrases, plurals and hours. */
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
#include "fallback/design.h"
#include "fallback/hours.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"
#include "fallback/text.h"
#include "fallback/understand.h"

static struct arena *a;
static struct lexicon *l;

static int setup(void **state)
{
	struct err e = { 0 };
	const char *top = getenv("top_srcdir");

	a = arena_new(0);
	l = lexicon_load(a, path_join(a, top ? top : ".", "agents/analyst/fallback/words"), &e);
	(void)state;
	return l ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct text read_text(const char *s)
{
	struct text t = { 0 };
	text_add(&t, a, l, s);
	return t;
}

static void plurals_follow_english(void **state)
{
	static const char *const pairs[][2] = {
		{ "tool", "tools" },	 { "category", "categories" }, { "box", "boxes" },
		{ "child", "children" }, { "shelf", "shelves" },       { "day", "days" },
		{ "class", "classes" },	 { "person", "people" },       { "line item", "line items" },
		{ "dish", "dishes" },	 { "bus", "buses" },	       { "species", "species" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_string_equal(noun_plural(l, a, pairs[i][0]), pairs[i][1]);
		assert_string_equal(noun_singular(l, a, pairs[i][1]), pairs[i][0]);
		assert_string_equal(noun_singular(l, a, pairs[i][0]), pairs[i][0]);
	}
}

static void names_are_safe(void **state)
{
	(void)state;
	assert_string_equal(make_name(a, "Follow-up date"), "follow_up_date");
	assert_string_equal(make_name(a, "class"), "class_");
	assert_string_equal(make_name(a, "Owner's pet"), "owners_pet");
	assert_string_equal(make_name(a, "3 wishes"), "wishes");
	assert_string_equal(make_name(a, "'; DROP"), "drop");
	assert_string_equal(make_name(a, "名前"), "");
	assert_true(strlen(make_name(a, "a very long name that goes on and on and on and on")) <= 41);
}

static void labels_hold_nothing_that_quotes(void **state)
{
	(void)state;
	assert_string_equal(make_label(a, "{{x}} \"y\" \\z"), "X y z");
	assert_string_equal(make_label(a, "owner's"), "Owner\xe2\x80\x99s");
	assert_string_equal(make_label(a, "<b>"), "B");
	assert_int_equal(strcspn(make_label(a, "a\nb\"c'd\\e{f}g"), "\"'\\{}\n"),
			 strlen(make_label(a, "a\nb\"c'd\\e{f}g")));
}

static void bullets_and_wrapped_lines_are_sentences(void **state)
{
	(void)state;
	struct text t = read_text(
	    "# Title\n\nOne goes\non here. Two at 8:30, e.g. this.\n- a bullet\n* another; and a clause\n");
	static const char *const wanted[] = { "Title",	  "One goes on here", "Two at 8:30, e.g. this",
					      "a bullet", "another",	      "and a clause" };
	assert_int_equal(t.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(t.sentences[i].text, wanted[i]);
	assert_true(t.sentences[0].is_heading);
	assert_string_equal(t.title, "Title");
	assert_string_equal(t.sentences[3].heading, "Title");
}

static enum tag tag_of(const char *sentence, const char *word)
{
	struct text t = read_text(sentence);
	for (size_t i = 0; i < t.sentences[0].n; i++)
		if (strcmp(t.sentences[0].tokens[i].word, word) == 0)
			return t.sentences[0].tokens[i].tag;
	return T_PUNCT;
}

static void neighbours_decide_between_noun_and_verb(void **state)
{
	(void)state;
	assert_int_equal(tag_of("Book a room", "book"), T_VERB);
	assert_int_equal(tag_of("Books have a title", "books"), T_NOUN);
	assert_int_equal(tag_of("Each book has a title", "book"), T_NOUN);
	assert_int_equal(tag_of("Employees book a room", "book"), T_VERB);
	assert_int_equal(tag_of("Members can search and browse tools", "browse"), T_VERB);
	assert_int_equal(tag_of("Plants with planting date and harvest date", "harvest"), T_NOUN);
	assert_int_equal(tag_of("One shopping list that adds up the prices", "list"), T_NOUN);
	assert_int_equal(tag_of("A record of the visit", "record"), T_NOUN);
}

static void numbers_in_words_and_digits_are_read(void **state)
{
	(void)state;
	struct text t = read_text("no more than three tools, 5,000 pets, 20% and a dozen");
	int seen[4], n = 0;
	for (size_t i = 0; i < t.sentences[0].n; i++)
		if (t.sentences[0].tokens[i].number >= 0 && n < 4)
			seen[n++] = t.sentences[0].tokens[i].number;
	assert_int_equal(n, 4);
	assert_int_equal(seen[0], 3);
	assert_int_equal(seen[1], 5000);
	assert_int_equal(seen[2], 20);
	assert_int_equal(seen[3], 12);
}

static void limits_are_recognised(void **state)
{
	static const struct { const char *text; int number;
	} cases[] = {
		{ "A member may not hold more than three tools", 3 },
		{ "at most 5 loans", 5 },
		{ "no more than 2 at once", 2 },
		{ "Limit to two tools", 2 },
		{ "for up to 14 days", 14 },
		{ "a maximum of 12 people", 12 },
		{ "We have three vets", -1 },
		{ "more than 60 members", -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = read_text(cases[i].text);
		assert_int_equal(limit_in(&t.sentences[0], NULL), cases[i].number);
	}
}

static void lists_end_where_they_end(void **state)
{
	struct design d = { .a = a, .l = l };
	struct phrase items[MAX_ITEMS];
	size_t end;
	(void)state;
	struct text t = read_text("with a name, a category, its condition and where it is kept");
	assert_int_equal(phrase_list(&d, &t.sentences[0], 1, items, &end), 4);
	assert_string_equal(items[0].text, "name");
	assert_string_equal(items[2].text, "condition");
	assert_string_equal(items[3].text, "location");
	assert_int_equal(end, t.sentences[0].n);
	t = read_text("species, breed, date of birth, weight");
	assert_int_equal(phrase_list(&d, &t.sentences[0], 0, items, &end), 4);
	assert_string_equal(items[2].text, "date of birth");
	t = read_text("reason, prescriptions with dose and days, and a follow-up date");
	assert_int_equal(phrase_list(&d, &t.sentences[0], 0, items, &end), 3);
	assert_true(items[1].nested > 0);
	assert_string_equal(items[2].text, "follow-up date");
}

static void opening_hours_are_read(void **state)
{
	const char *days[7];
	int day;
	char opens[6], closes[6];
	(void)state;
	assert_int_equal(hours_in(a, "(mon-fri 8:30-18:00, sat 9-12)", days, 7), 6);
	assert_string_equal(days[0], "0 08:30 18:00");
	assert_string_equal(days[5], "5 09:00 12:00");
	assert_int_equal(hours_in(a, "open monday to friday from 8am to 5 pm", days, 7), 5);
	assert_string_equal(days[4], "4 08:00 17:00");
	assert_int_equal(hours_in(a, "weekdays 14:00\xe2\x80\x93" "18:00", days, 7), 5);
	assert_int_equal(hours_in(a, "monthly on saturdays", days, 7), 0);
	assert_int_equal(hours_in(a, "sunday 25-99 or 9-8", days, 7), 0);
	assert_true(hours_read("6 00:00 23:59", &day, opens, closes));
	assert_false(hours_read("7 08:00 09:00", &day, opens, closes));
	assert_false(hours_read("1 09:00 08:00", &day, opens, closes));
	assert_false(hours_read("1 09:00 10:00x", &day, opens, closes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plurals_follow_english),
		cmocka_unit_test(names_are_safe),
		cmocka_unit_test(labels_hold_nothing_that_quotes),
		cmocka_unit_test(bullets_and_wrapped_lines_are_sentences),
		cmocka_unit_test(neighbours_decide_between_noun_and_verb),
		cmocka_unit_test(numbers_in_words_and_digits_are_read),
		cmocka_unit_test(limits_are_recognised),
		cmocka_unit_test(lists_end_where_they_end),
		cmocka_unit_test(opening_hours_are_read),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
