/* SPDX-License-Identifier: MIT */
/* The view: what is put in comes out, and as JSON. */
#include "../unit.h"

#include "sheet.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
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

static void assert_json(const struct value *v, const char *expected)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	value_write_json(v, &b);
	assert_true(buf_ok(&b));
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

static void an_object_keeps_order_and_replaces_keys(void **state)
{
	struct value *o = value_object(a);

	set_text(a, o, "b", "x");
	set_int(a, o, "a", 5);
	set_bool(a, o, "c", true);
	set_text(a, o, "b", "y");
	value_set(a, o, "n", NULL);
	assert_json(o, "{\"b\":\"y\",\"a\":5,\"c\":true,\"n\":null}");
	assert_string_equal(value_str(value_get(o, "b")), "y");
	assert_null(value_get(o, "none"));
	assert_null(value_get(value_get(o, "a"), "x"));
	assert_null(value_get(NULL, "x"));
}

static void lists_count_and_write_all_kinds(void **state)
{
	struct value *l = value_list(a);

	value_add(a, l, value_null(a));
	value_add(a, l, value_bool(a, false));
	value_add(a, l, value_int(a, INT64_MIN));
	value_add(a, l, value_number(a, "1.50"));
	value_add(a, l, value_textn(a, "a\"bc", 3));
	value_add(a, l, value_html(a, "<b>", 3));
	value_add(a, l, value_object(a));
	value_add(a, l, value_list(a));
	value_add(a, l, NULL);
	assert_int_equal(value_count(l), 9);
	assert_json(l, "[null,false,-9223372036854775808,1.50,\"a\\\"b\",\"<b>\",{},[],null]");
	assert_int_equal(value_count(value_int(a, 3)), 0);
	assert_int_equal(value_count(NULL), 0);
	assert_json(NULL, "null");
}

static void missing_text_is_null(void **state)
{
	assert_int_equal(value_text(a, NULL)->kind, V_NULL);
	assert_int_equal(value_number(a, NULL)->kind, V_NULL);
	assert_string_equal(value_str(NULL), "");
	assert_string_equal(value_str(value_int(a, 1)), "");
}

static void keys_for_pages_stay_out_of_json(void **state)
{
	struct value *o = value_object(a);

	set_text(a, o, "_csrf", "secret");
	set_int(a, o, "id", 1);
	assert_json(o, "{\"id\":1}");
}

static void only_safe_urls_pass(void **state)
{
	static const char *const good[] = { "/", "/a/b?c=d#e", "http://h", "https://h:8/x", "HTTPS://h/" };
	static const char *const bad[] = { "",
					   "javascript:alert(1)",
					   "//evil",
					   "/\\evil",
					   "/\t/evil",
					   "\\\\evil",
					   " /x",
					   "data:text/html,x",
					   "http://",
					   "https:///x",
					   "http:/x",
					   "x/y",
					   "https://h/\n",
					   "vbscript:x",
					   "http://@h" };

	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(value_url(a, good[i])->kind, V_URL);
		assert_string_equal(value_str(value_url(a, good[i])), good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_string_equal(value_str(value_url(a, bad[i])), "");
	assert_string_equal(value_str(value_url(a, NULL)), "");
}

static void rows_are_written_from_where_they_are(void **state)
{
	const char *cells[2][ROW_COLUMNS] = {
		{ "1", "a\"b", "t", "2.50", "[1]", "hidden" },
		{ "2", NULL, "f", NULL, "{}", "hidden" },
	};
	struct sheet t = { 2, { "id", "name", "on", "cost", "data", "_page" },
			   { V_INT, V_TEXT, V_BOOL, V_NUMBER, V_JSON, V_TEXT }, .texts = cells };
	struct value *rows = value_rows(a, sheet_table(&t));

	assert_int_equal(value_count(rows), 2);
	assert_json(rows, "[{\"id\":1,\"name\":\"a\\\"b\",\"on\":true,\"cost\":2.50,\"data\":[1]},"
			  "{\"id\":2,\"name\":null,\"on\":false,\"cost\":null,\"data\":{}}]");
	assert_int_equal(value_get(value_at(a, rows, 1), "id")->u.i, 2);
	rows->kind = V_ROW;
	rows->u.rows.row = t.cells + ROW_COLUMNS;
	assert_json(rows, "{\"id\":2,\"name\":null,\"on\":false,\"cost\":null,\"data\":{}}");
	t.table.count = 0;
	assert_json(value_rows(a, &t.table), "[]");
}

static void a_json_tree_is_copied_deeply(void **state)
{
	const char *text = "{\"s\":\"x\",\"i\":-3,\"d\":1.25,\"b\":true,\"n\":null,\"l\":[1,[\"y\"],{}]}";
	struct arena *other = arena_new(0);
	struct value *v = value_from_json(a, json_parse(other, text, strlen(text), NULL));

	arena_free(other);
	assert_json(v, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_keeps_order_and_replaces_keys),
		cmocka_unit_test(lists_count_and_write_all_kinds),
		cmocka_unit_test(missing_text_is_null),
		cmocka_unit_test(keys_for_pages_stay_out_of_json),
		cmocka_unit_test(only_safe_urls_pass),
		cmocka_unit_test(rows_are_written_from_where_they_are),
		cmocka_unit_test(a_json_tree_is_copied_deeply),
	};

	return cmocka_run_group_tests_name("value", tests, setup, teardown);
}
