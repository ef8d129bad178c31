/* SPDX-License-Identifier: MIT */
/* Forms and JSON bodies are read by one specification; mistakes stand beside their fields. */
#include "unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/value.h"
#include "http/form.h"
#include "feed.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

struct order {
	const char *name, *note, *kind, *secret;
	int64_t count, cap;
	bool urgent;
};
static const char *const kinds[] = { "big", "small", NULL };
static const struct field fields[] = {
	FIELD_TEXT("name", struct order, name, 2, 5, REQUIRED, "Name"),
	FIELD_TEXT("note", struct order, note, 0, 100, MULTILINE, "Note"),
	FIELD_ENUM("kind", struct order, kind, kinds, 0, "Kind"),
	FIELD_INT("count", struct order, count, 1, 10, 0, "Count"),
	FIELD_MONEY("cap", struct order, cap, INT64_C(5000000), 0, "Cap"),
	FIELD_BOOL("urgent", struct order, urgent, "Urgent"),
	FIELD_TEXT("secret", struct order, secret, 0, 20, SECRET, "Secret"),
};

struct result {
	bool ok;
	struct order out;
	struct value *problems;
	struct err e;
};

static int setup(void **state)
{
	struct feed *f = malloc(sizeof(*f));
	feed_init(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	feed_free(*state);
	free(*state);
	return 0;
}

static struct result submit(struct feed *f, const char *type, const char *body)
{
	struct result r = { 0 };
	feed_post(f, "/orders", type, body);
	r.ok = form_read(&f->x, fields, COUNT(fields), &r.out, &r.problems, &r.e);
	assert_true(r.ok == (r.e.class == ERR_NONE));
	assert_non_null(r.problems);
	return r;
}

static const char *problem(const struct result *r, const char *field)
{
	return value_str(value_get(value_get(r->problems, "error"), field));
}

static void assert_problem(const struct result *r, const char *field, const char *text)
{
	assert_false(r->ok);
	assert_int_equal(r->e.class, ERR_INVALID);
	if (!strstr(problem(r, field), text))
		fail_msg("the problem with %s is \"%s\"", field, problem(r, field));
}

static void fills_in_every_kind(void **state)
{
	struct result r = submit(*state, FORM, "name=+Anna+&note=a%0D%0A%09b&kind=big&count=7&cap=1.25&urgent=on&secret=+x+&_csrf=t");
	assert_true(r.ok);
	assert_string_equal(r.out.name, "Anna");
	assert_string_equal(r.out.note, "a\n\tb");
	assert_string_equal(r.out.kind, "big");
	assert_int_equal(r.out.count, 7);
	assert_int_equal(r.out.cap, 1250000);
	assert_true(r.out.urgent);
	assert_string_equal(r.out.secret, " x ");
}

static void reads_the_same_from_json(void **state)
{
	struct result r = submit(*state, JSON, "{\"name\":\"Anna\",\"note\":\"a\\r\\nb\",\"kind\":\"big\",\"count\":7,"
					       "\"cap\":1.25,\"urgent\":true,\"secret\":null}");
	assert_true(r.ok);
	assert_string_equal(r.out.name, "Anna");
	assert_string_equal(r.out.note, "a\nb");
	assert_int_equal(r.out.cap, 1250000);
	assert_int_equal(r.out.count, 7);
	assert_true(r.out.urgent);
	assert_null(r.out.secret);
}

static void knows_absent_from_given(void **state)
{
	struct result r = submit(*state, FORM, "name=Anna&count=&cap=+&kind=");
	assert_true(r.ok);
	assert_null(r.out.note);
	assert_null(r.out.kind);
	assert_int_equal(r.out.cap, -1);
	assert_int_equal(r.out.count, 0);
}

static void counts_characters_not_bytes(void **state)
{
	assert_true(submit(*state, FORM, "name=%C3%A4%C3%B6%C3%BC%C3%9F%E2%82%AC").ok);
	struct result r = submit(*state, FORM, "name=abcdef");
	assert_problem(&r, "name", "6 of at most 5");
	r = submit(*state, FORM, "name=a");
	assert_problem(&r, "name", "too short");
}

static void names_what_is_wrong_with_each_field(void **state)
{
	struct result r = submit(*state, FORM, "name=++&note=a%01b&kind=huge&count=11&cap=5.01&urgent=maybe");
	assert_problem(&r, "name", "Name is needed");
	assert_problem(&r, "note", "control character");
	assert_problem(&r, "kind", "big, small");
	assert_problem(&r, "count", "from 1 to 10");
	assert_problem(&r, "cap", "at most 5");
	assert_problem(&r, "urgent", "true or false");
	assert_int_equal(value_count(value_get(r.problems, "errors")), 6);
	assert_string_equal(r.e.msg, "6 fields need another value.");
}

static void keeps_what_was_typed_but_no_secret(void **state)
{
	struct result r = submit(*state, FORM, "note=%3Cb%3E&count=x&secret=hunter2");
	struct value *typed = value_get(r.problems, "typed");
	assert_false(r.ok);
	assert_string_equal(value_str(value_get(typed, "note")), "<b>");
	assert_string_equal(value_str(value_get(typed, "count")), "x");
	assert_null(value_get(typed, "secret"));
}

static void points_into_the_body(void **state)
{
	struct buf b;
	struct result r = submit(*state, JSON, "{}");
	buf_init(&b, 10000);
	value_write_json(value_get(r.problems, "errors"), &b);
	assert_string_equal(buf_str(&b), "[{\"detail\":\"Name is needed.\",\"pointer\":\"/name\",\"field\":\"name\"}]");
	buf_release(&b);
}

static void refuses_other_types_in_json(void **state)
{
	struct result r = submit(*state, JSON, "{\"name\":5,\"count\":\"7\",\"cap\":\"1\",\"urgent\":1,\"kind\":[]}");
	assert_problem(&r, "name", "must be a text");
	assert_problem(&r, "count", "must be a number");
	assert_problem(&r, "cap", "must be a number");
	assert_problem(&r, "urgent", "true or false");
	assert_problem(&r, "kind", "one of");
	r = submit(*state, JSON, "{\"name\":\"Anna\",\"count\":1.5,\"cap\":-1}");
	assert_problem(&r, "count", "number");
	assert_problem(&r, "cap", "amount");
	r = submit(*state, JSON, "[1]");
	assert_false(r.ok);
	assert_int_equal(r.e.class, ERR_INVALID);
}

static void refuses_unknown_and_repeated_fields(void **state)
{
	struct result r = submit(*state, FORM, "name=Anna&nmae=x");
	assert_problem(&r, "nmae", "no such field");
	r = submit(*state, JSON, "{\"name\":\"Anna\",\"_csrf\":\"t\"}");
	assert_problem(&r, "_csrf", "no such field");
	r = submit(*state, FORM, "name=Anna&name=Bert");
	assert_problem(&r, "name", "sent twice");
}

static void refuses_a_line_break_in_one_line(void **state)
{
	struct result r = submit(*state, FORM, "name=a%0Ab");
	assert_problem(&r, "name", "single line");
	r = submit(*state, JSON, "{\"name\":\"a\\u0001b\"}");
	assert_problem(&r, "name", "control character");
}

static void takes_problems_found_elsewhere(void **state)
{
	struct feed *f = *state;
	struct result r = submit(f, FORM, "name=Anna");
	assert_true(r.ok);
	form_problem(&f->x, &r.problems, "name", "Name is taken.");
	assert_string_equal(problem(&r, "name"), "Name is taken.");
	assert_string_equal(value_str(value_get(value_get(r.problems, "typed"), "name")), "Anna");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(fills_in_every_kind), CASE(reads_the_same_from_json), CASE(knows_absent_from_given),
		CASE(counts_characters_not_bytes), CASE(names_what_is_wrong_with_each_field),
		CASE(keeps_what_was_typed_but_no_secret), CASE(points_into_the_body), CASE(refuses_other_types_in_json),
		CASE(refuses_unknown_and_repeated_fields), CASE(refuses_a_line_break_in_one_line),
		CASE(takes_problems_found_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
