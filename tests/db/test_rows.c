/* SPDX-License-Identifier: MIT */
/* Rows: their shapes, their kinds, times, and rows as part of a view. */
#include "try.h"

#include <string.h>

#include "base/buf.h"
#include "base/value.h"

static void one_wants_exactly_one_row(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e));
	assert_int_equal(row_int(r, 0, "n"), 1);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(0)), &r, &t->e), ERR_NOT_FOUND);
	assert_null(r);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(2)), &r, &t->e), ERR_INTERNAL);
	assert_null(r);
}

static void maybe_takes_none(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_maybe(t->db, t->a, STMT_TRY_MAYBE, P(p_int(1)), &r, &t->e));
	assert_non_null(r);
	OK(t, db_maybe(t->db, t->a, STMT_TRY_MAYBE, P(p_int(0)), &r, &t->e));
	assert_null(r);
	FAILS(t, db_maybe(t->db, t->a, STMT_TRY_MAYBE, P(p_int(2)), &r, &t->e), ERR_INTERNAL);
}

static void exec_counts_what_changed(void **state)
{
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_INSERT, P(p_int(1), p_int(5), p_null()), &t->e));
	assert_int_equal(db_changed(t->db), 1);
	OK(t, db_exec(t->db, STMT_TRY_UPDATE, P(p_int(77), p_int(1)), &t->e));
	assert_int_equal(db_changed(t->db), 0);
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	assert_int_equal(db_changed(t->db), 1);
}

static void times_are_iso_in_utc(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_KINDS, P(p_int(2)), &r, &t->e));
	assert_string_equal(row_text(r, 0, "at"), "2026-01-31T12:00:00Z");
	assert_string_equal(row_text(r, 1, "at_ms"), "2026-01-31T12:00:00.123Z");
	assert_string_equal(row_text(r, 0, "at_tenth"), "2026-01-31T12:00:00.1Z");
	assert_string_equal(row_text(r, 0, "at_less"), "2026-01-31T12:00:00Z");
	assert_string_equal(row_text(r, 0, "at_last"), "infinity");
	assert_string_equal(row_text(r, 0, "at_ides"), "0044-03-15 12:00:00+00 BC");
	assert_string_equal(row_text(r, 0, "day"), "2026-01-31");
	/* made once */
	assert_ptr_equal(row_text(r, 0, "at"), row_text(r, 0, "at"));
}

static void bytes_are_decoded(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_KINDS, P(p_int(1)), &r, &t->e));
	struct str b = row_bytes(r, 0, "bytes");
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.s, "\x00\xff\x10", 3);
	assert_ptr_equal(b.s, row_bytes(r, 0, "bytes").s);
	assert_int_equal(row_bytes(r, 0, "no_bytes").len, 0);
	assert_non_null(row_bytes(r, 0, "no_bytes").s);
	assert_string_equal(row_bytes(r, 0, "words").s, "x <b>");
}

#define AS_JSON \
	"{\"small\":1,\"big\":9223372036854775807,\"price\":12.50,\"much\":1e+20,\"nan\":\"NaN\",\"yes\":" \
	"true," \
	"\"no\":false,\"doc\":{\"a\": [1, 2]},\"words\":\"x " \
	"<b>\",\"nothing\":null,\"bytes\":\"\\\\x00ff10\"," \
	"\"no_bytes\":\"\\\\x\",\"at\":\"2026-01-31T12:00:00Z\",\"at_ms\":\"2026-01-31T12:00:00.123Z\"," \
	"\"at_tenth\":\"2026-01-31T12:00:00.1Z\",\"at_less\":\"2026-01-31T12:00:00Z\",\"at_last\":" \
	"\"infinity\"," \
	"\"at_ides\":\"0044-03-15 12:00:00+00 BC\",\"day\":\"2026-01-31\"}"

static void rows_are_part_of_a_view(void **state)
{
	struct try *t = *state;
	struct buf out;
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_KINDS, P(p_int(2)), &r, &t->e));
	buf_init(&out, 1 << 16);
	value_write_json(rows_value(t->a, r), &out);
	assert_string_equal(buf_str(&out), "[" AS_JSON "," AS_JSON "]");
	buf_clear(&out);
	struct value *o = row_object(t->a, r, 1);
	value_write_json(o, &out);
	assert_string_equal(buf_str(&out), AS_JSON);
	set_int(t->a, o, "more", 1);
	assert_int_equal(value_get(o, "big")->kind, V_INT);
	assert_int_equal(value_get(o, "more")->u.i, 1);
	buf_release(&out);
	assert_int_equal(value_count(rows_value(t->a, r)), 2);
}

static void no_rows_are_an_empty_list(void **state)
{
	struct try *t = *state;
	struct buf out;
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_KINDS, P(p_int(0)), &r, &t->e));
	buf_init(&out, 64);
	value_write_json(rows_value(t->a, r), &out);
	assert_string_equal(buf_str(&out), "[]");
	buf_release(&out);
}

static void rows_outlive_the_connection(void **state)
{
	struct try *t = *state;
	struct rows *r;
	struct db *db = db_open(database_url(), "short");
	OK(t, db_many(db, t->a, STMT_TRY_KINDS, P(p_int(1)), &r, &t->e));
	db_close(db);
	assert_string_equal(row_text(r, 0, "words"), "x <b>");
}

static void a_session_is_what_the_header_says(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_SETTINGS, P_NONE, &r, &t->e));
	assert_string_equal(row_text(r, 0, "zone"), "UTC");
	assert_string_equal(row_text(r, 0, "encoding"), "UTF8");
	assert_string_equal(row_text(r, 0, "statement_timeout"), "30s");
	assert_string_equal(row_text(r, 0, "lock_timeout"), "10s");
	assert_string_equal(row_text(r, 0, "idle_timeout"), "1min");
	assert_string_equal(row_text(r, 0, "search_path"), "public,pg_temp");
	assert_string_equal(row_text(r, 0, "isolation"), "read committed");
	assert_string_equal(row_text(r, 0, "literals"), "on");
	assert_string_equal(row_text(r, 0, "name"), "try");
}

static void a_url_may_change_limits_and_nothing_else(void **state)
{
	struct try *t = *state;
	struct rows *r;
	char *url = arena_printf(t->a,
				 "%s&options=-c%%20statement_timeout%%3D7s%%20-c%%20TimeZone%%3DAsia/Tokyo"
				 "%%20-c%%20search_path%%3Dpg_temp",
				 database_url());
	struct db *db = db_open(url, "tuned");
	OK(t, db_one(db, t->a, STMT_TRY_SETTINGS, P_NONE, &r, &t->e));
	db_close(db);
	assert_string_equal(row_text(r, 0, "statement_timeout"), "7s");
	assert_string_equal(row_text(r, 0, "zone"), "UTC");
	assert_string_equal(row_text(r, 0, "search_path"), "public,pg_temp");
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(one_wants_exactly_one_row), TRY(maybe_takes_none), TRY(exec_counts_what_changed),
		TRY(times_are_iso_in_utc), TRY(bytes_are_decoded), TRY(rows_are_part_of_a_view),
		TRY(no_rows_are_an_empty_list), TRY(rows_outlive_the_connection),
		TRY(a_session_is_what_the_header_says), TRY(a_url_may_change_limits_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
