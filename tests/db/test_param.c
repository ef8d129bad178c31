/* SPDX-License-Identifier: MIT */
/* What goes in as a parameter comes back as it was, whatever is in it. */
#include "try.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void every_kind_comes_back(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_text("it's \"quoted\" \\ and ünï ✓ $1"), p_int(INT64_MIN), p_real(0.1), p_bool(true),
		       p_bytes("\0\x01\xff'\\", 5)), &r, &t->e));
	assert_int_equal(rows_count(r), 1);
	assert_string_equal(row_text(r, 0, "text"), "it's \"quoted\" \\ and ünï ✓ $1");
	assert_true(row_int(r, 0, "int") == INT64_MIN);
	assert_true(row_real(r, 0, "real") == 0.1);
	assert_true(row_bool(r, 0, "bool"));
	struct str bytes = row_bytes(r, 0, "bytes");
	assert_int_equal(bytes.len, 5);
	assert_memory_equal(bytes.s, "\0\x01\xff'\\", 5);
}

static void nulls_are_nulls(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_text(NULL), p_null(), p_null(), p_null(), p_bytes(NULL, 0)), &r, &t->e));
	assert_null(row_text(r, 0, "text"));
	assert_int_equal(row_int(r, 0, "int"), 0);
	assert_true(row_real(r, 0, "real") == 0);
	assert_false(row_bool(r, 0, "bool"));
	assert_true(row_null(r, 0, "bytes"));
	assert_null(row_bytes(r, 0, "bytes").s);
}

static void empty_is_not_null(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_text(""), p_int(0), p_real(-0.0), p_bool(false), p_bytes("", 0)), &r, &t->e));
	assert_false(row_null(r, 0, "text"));
	assert_string_equal(row_text(r, 0, "text"), "");
	assert_false(row_null(r, 0, "bool"));
	assert_false(row_bool(r, 0, "bool"));
	assert_false(row_null(r, 0, "bytes"));
	assert_int_equal(row_bytes(r, 0, "bytes").len, 0);
}

static void a_view_needs_no_terminator(void **state)
{
	struct try *t = *state;
	struct rows *r;
	/* From the heap and exact, so that a sanitizer sees a read behind its end. */
	char *view = malloc(3);
	assert_non_null(view);
	memcpy(view, "abc", 3);
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_textn(view, 3), p_textn("42!", 2), p_null(), p_null(), p_null()), &r, &t->e));
	free(view);
	assert_string_equal(row_text(r, 0, "text"), "abc");
	assert_int_equal(row_int(r, 0, "int"), 42);
}

static void a_nul_in_a_text_is_refused(void **state)
{
	struct try *t = *state;
	struct rows *r;
	FAILS(t,
	      db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_textn("a\0b", 3), p_null(), p_null(), p_null(), p_null()), &r, &t->e),
	      ERR_INVALID);
}

static void invalid_utf8_is_refused(void **state)
{
	struct try *t = *state;
	struct rows *r;
	FAILS(t,
	      db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_text("\xff\xfe"), p_null(), p_null(), p_null(), p_null()), &r, &t->e),
	      ERR_INVALID);
	/* and the connection is good afterwards */
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO, P(p_text("x"), p_null(), p_null(), p_null(), p_null()), &r,
		     &t->e));
}

static void a_large_value_comes_back(void **state)
{
	struct try *t = *state;
	struct rows *r;
	size_t n = (size_t)5 << 20;
	char *big = arena_alloc(t->a, n + 1);
	for (size_t i = 0; i < n; i++)
		big[i] = (char)('a' + i % 26);
	OK(t, db_one(t->db, t->a, STMT_TRY_ECHO,
		     P(p_text(big), p_null(), p_null(), p_null(), p_bytes(big, n)), &r, &t->e));
	assert_true(strcmp(row_text(r, 0, "text"), big) == 0);
	assert_true(row_bytes(r, 0, "bytes").len == n);
	assert_memory_equal(row_bytes(r, 0, "bytes").s, big, n);
}

static void arrays_keep_their_elements(void **state)
{
	struct try *t = *state;
	struct rows *r;
	static const int64_t ints[] = { 0, -1, INT64_MAX, INT64_MIN, 7, 8, 9 };
	static const char *const texts[] = { "", "NULL", NULL, "a\"b\\c", "{x,y}", " sp ace ", "ünï ✓\n'" };
	static const struct str bytes[] = { { "", 0 }, { "\0", 1 }, { NULL, 0 }, { "\\x", 2 },
					    { "\xff\xfe", 2 }, { "\"", 1 }, { "{}", 2 } };
	OK(t,
	   db_many(t->db, t->a, STMT_TRY_ARRAYS,
		   P(p_int_array(ints, 7), p_text_array(texts, 7), p_bytes_array(bytes, 7)),
		   &r, &t->e));
	assert_int_equal(rows_count(r), 7);
	for (size_t i = 0; i < 7; i++) {
		struct str b = row_bytes(r, i, "b");
		assert_true(row_int(r, i, "i") == ints[i]);
		if (texts[i])
			assert_string_equal(row_text(r, i, "t"), texts[i]);
		else
			assert_true(row_null(r, i, "t"));
		assert_int_equal(row_null(r, i, "b"), bytes[i].s == NULL);
		assert_int_equal(b.len, bytes[i].len);
		if (b.len)
			assert_memory_equal(b.s, bytes[i].s, b.len);
	}
}

/* Some of these the server takes in its own form, some as text. */
static void elements_are_of_any_type(void **state)
{
	struct try *t = *state;
	struct rows *r;
	static const int64_t ints[] = { INT32_MAX, INT32_MIN, 0 }, wide[] = { 1, (int64_t)INT32_MAX + 1 };
	static const char *const documents[] = { "{\"a\": [\"\\\\\", null]}", NULL, "\"ü\"" },
		*const numbers[] = { "-12.50", NULL, "1e3" }, *const truths[] = { "t", "f", NULL },
		*const broken[] = { "{" };
	OK(t, db_many(t->db, t->a, STMT_TRY_MORE_ARRAYS,
		      P(p_int_array(ints, 3), p_text_array(documents, 3), p_text_array(numbers, 3), p_text_array(truths, 3)),
		      &r, &t->e));
	assert_int_equal(rows_count(r), 3);
	assert_true(row_int(r, 0, "i") == INT32_MAX && row_int(r, 1, "i") == INT32_MIN);
	assert_string_equal(row_text(r, 0, "j"), documents[0]);
	assert_true(row_null(r, 1, "j"));
	assert_string_equal(row_text(r, 2, "j"), documents[2]);
	assert_string_equal(row_text(r, 0, "n"), "-12.50");
	assert_true(row_null(r, 1, "n"));
	assert_true(row_bool(r, 0, "b") && !row_bool(r, 1, "b") && row_null(r, 2, "b"));

	FAILS(t, db_many(t->db, t->a, STMT_TRY_MORE_ARRAYS, P(p_int_array(wide, 2), p_null(), p_null(), p_null()),
			 &r, &t->e), ERR_INVALID);
	FAILS(t, db_many(t->db, t->a, STMT_TRY_MORE_ARRAYS, P(p_null(), p_text_array(broken, 1), p_null(), p_null()),
			 &r, &t->e), ERR_INVALID);
}

static void empty_arrays_give_no_rows(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t,
	   db_many(t->db, t->a, STMT_TRY_ARRAYS,
		   P(p_int_array(NULL, 0), p_text_array(NULL, 0), p_bytes_array(NULL, 0)),
		   &r, &t->e));
	assert_int_equal(rows_count(r), 0);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(every_kind_comes_back), TRY(nulls_are_nulls),
		TRY(empty_is_not_null), TRY(a_view_needs_no_terminator),
		TRY(a_nul_in_a_text_is_refused), TRY(invalid_utf8_is_refused),
		TRY(a_large_value_comes_back), TRY(arrays_keep_their_elements),
		TRY(elements_are_of_any_type),
		TRY(empty_arrays_give_no_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
