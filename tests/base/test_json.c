/* SPDX-License-Identifier: MIT */
/* Strictness in, well-formedness out. */
#include "../unit.h"

#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"

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

static void valid_documents_are_read(void **state)
{
	static const char *const pairs[][2] = {
		{ "{}", "{}" },
		{ " [ ] \n", "[]" },
		{ "\"\"", "\"\"" },
		{ "0", "0" },
		{ "-0.5e-3", "-0.5e-3" },
		{ "9223372036854775807", "9223372036854775807" },
		{ "1e308", "1e308" },
		{ "true", "true" },
		{ "[null,false]", "[null,false]" },
		{ "{\"b\":1,\"a\":{\"b\":2}}", "{\"b\":1,\"a\":{\"b\":2}}" },
		{ "\"\\u00e9\\ud83d\\ude00\\n\\/\"", "\"\xc3\xa9\xf0\x9f\x98\x80\\n/\"" },
		{ "{\"\":1}", "{\"\":1}" },
		{ "[1 ,\t2\r\n]", "[1,2]" },
		{ "123456789012345678901234567890", "123456789012345678901234567890" },
	};

	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct err e = { 0 };
		struct json_object *j = json_parse(a, pairs[i][0], strlen(pairs[i][0]), &e);

		assert_string_equal(e.msg, "");
		assert_string_equal(json_text(a, j), pairs[i][1]);
	}
}

static void refused(const char *s, size_t n, size_t at)
{
	struct err e = { 0 };
	const char *where = arena_printf(a, " at byte %zu", at);

	assert_null(json_parse(a, s, n, &e));
	assert_int_equal(e.class, ERR_MALFORMED);
	if (!strstr(e.msg, where))
		fail_msg("%s: expected%s", e.msg, where);
}

static void what_rfc_8259_forbids_is_refused_with_its_offset(void **state)
{
	static const struct {
		const char *s;
		size_t at;
	} cases[] = {
		{ "", 0 },
		{ "  ", 2 },
		{ "null", 0 },
		{ "nul", 0 },
		{ "True", 0 },
		{ "NaN", 0 },
		{ "-Infinity", 0 },
		{ "{\"a\":1,}", 7 },
		{ "[1,]", 3 },
		{ "[1 2]", 3 },
		{ "{'a':1}", 1 },
		{ "{a:1}", 1 },
		{ "{\"a\" 1}", 5 },
		{ "{\"a\":}", 5 },
		{ "[", 1 },
		{ "{", 1 },
		{ "{\"a\":1", 6 },
		{ "\"abc", 4 },
		{ "\"a\nb\"", 2 },
		{ "\"\\x\"", 1 },
		{ "\"\\u12g4\"", 1 },
		{ "\"\\u0000\"", 1 },
		{ "\"\\ud800\"", 1 },
		{ "\"\\ud800\\u0041\"", 1 },
		{ "\"\\udc00\"", 1 },
		{ "01", 0 },
		{ "-", 0 },
		{ "1.", 0 },
		{ ".5", 0 },
		{ "+1", 0 },
		{ "1e", 0 },
		{ "1e999", 0 },
		{ "0x10", 1 },
		{ "1 2", 2 },
		{ "{} x", 3 },
		{ "// c\n1", 0 },
		{ "{\"a\":1,\"\\u0061\":2}", 7 },
		{ "[\"\xff\"]", 2 },
		{ "\xef\xbb\xbf{}", 0 },
		{ "\"\xed\xa0\x80\"", 1 },
		{ "\"\\", 2 },
		{ "{\"a\":[{\"b\":x}]}", 11 },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		refused(cases[i].s, strlen(cases[i].s), cases[i].at);
	refused("[1\0]", 4, 2);
}

static void nesting_ends_at_64(void **state)
{
	char text[200];

	for (int depth = 64; depth <= 65; depth++) {
		memset(text, '[', (size_t)depth);
		memcpy(text + depth, "1", 1);
		memset(text + depth + 1, ']', (size_t)depth);
		assert_int_equal(json_parse(a, text, (size_t)(2 * depth + 1), NULL) != NULL, depth == 64);
	}
	memset(text, '[', sizeof(text));
	refused(text, sizeof(text), 64);
}

static void members_are_read_by_type(void **state)
{
	const char *text = "{\"s\":\"x\",\"i\":7,\"b\":true,\"l\":[1],\"n\":null,\"d\":1.5}";
	struct json_object *j = json_parse(a, text, strlen(text), NULL);

	assert_string_equal(json_get_str(j, "s", "o"), "x");
	assert_string_equal(json_get_str(j, "i", "o"), "o");
	assert_string_equal(json_get_str(j, "none", "o"), "o");
	assert_int_equal(json_get_int(j, "i", 1), 7);
	assert_int_equal(json_get_int(j, "d", 9), 9);
	assert_int_equal(json_get_int(j, "s", 1), 1);
	assert_true(json_get_bool(j, "b", false));
	assert_true(json_get_bool(j, "n", true));
	assert_non_null(json_get_array(j, "l"));
	assert_null(json_get_array(j, "s"));
	assert_null(json_get(j, "n"));
	assert_null(json_get(json_get(j, "l"), "x"));
	assert_null(json_get(NULL, "x"));
}

static void strings_are_written_safely(void **state)
{
	struct buf b;

	buf_init(&b, 1000);
	json_write_str(&b, "a\"\\/\b\f\n\r\t\x01\x7f\xc3\xa9", 13);
	assert_string_equal(buf_str(&b), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\xc3\xa9\"");
	buf_clear(&b);
	json_write_str(&b, "a\0b\xff\xc3" "c\xed\xa0\x80", 9);
	assert_string_equal(buf_str(&b), "\"a\\u0000b\xef\xbf\xbd\xef\xbf\xbd"
					 "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	buf_clear(&b);
	json_write_str(&b, "", 0);
	assert_string_equal(buf_str(&b), "\"\"");
	buf_release(&b);
}

static void a_file_s_errors_name_it(void **state)
{
	char path[] = "/tmp/test_json_XXXXXX";
	struct err e = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_true(file_write(path, "{\"a\":1}", 7, 0600, &e));
	assert_int_equal(json_get_int(json_load(a, path, 100, &e), "a", 0), 1);
	assert_null(json_load(a, path, 6, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_true(file_write(path, "{", 1, 0600, &e));
	assert_null(json_load(a, path, 100, &e));
	assert_memory_equal(e.msg, path, strlen(path));
	unlink(path);
	assert_null(json_load(a, path, 100, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_documents_are_read),
		cmocka_unit_test(what_rfc_8259_forbids_is_refused_with_its_offset),
		cmocka_unit_test(nesting_ends_at_64),
		cmocka_unit_test(members_are_read_by_type),
		cmocka_unit_test(strings_are_written_safely),
		cmocka_unit_test(a_file_s_errors_name_it),
	};

	return cmocka_run_group_tests_name("json", tests, setup, teardown);
}
