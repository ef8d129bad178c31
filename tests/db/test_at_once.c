/* SPDX-License-Identifier: MIT */
/* Several statements in one round trip: all come, or none, and the one that failed is the one that is blamed. */
#include "try.h"

#include "base/str.h"

enum { ASKS = 3 };

static bool ask(struct try *t, const struct param *divisor, struct db_ask *asks)
{
	static const int64_t ints[] = { 7, 8 };
	static const char *const texts[] = { "plane", NULL };
	static const struct str blobs[] = { { "saw", 3 }, { NULL, 0 } };
	static struct param many[1], arrays[ASKS];

	many[0] = p_int(100000);
	arrays[0] = p_int_array(ints, 2);
	arrays[1] = p_text_array(texts, 2);
	arrays[2] = p_bytes_array(blobs, 2);
	asks[0] = (struct db_ask){ STMT_TRY_MANY, many, 1, NULL };
	asks[1] = (struct db_ask){ STMT_TRY_DIVIDE, divisor, 1, NULL };
	asks[2] = (struct db_ask){ STMT_TRY_ARRAYS, arrays, 3, NULL };
	return db_many_at_once(t->db, t->a, asks, ASKS, &t->e);
}

static void works_as_before(struct try *t)
{
	struct db_ask asks[ASKS];
	struct param one = p_int(1);

	t->e = (struct err){ 0 };
	OK(t, ask(t, &one, asks));
	assert_int_equal(rows_count(asks[0].rows), 100000);
	assert_int_equal(row_int(asks[1].rows, 0, "n"), 1);
	assert_int_equal(rows_count(asks[2].rows), 2);
	assert_int_equal(row_int(asks[2].rows, 1, "i"), 8);
	assert_string_equal(row_text(asks[2].rows, 0, "t"), "plane");
	assert_true(row_null(asks[2].rows, 1, "b"));
}

static void all_have_their_rows(void **state)
{
	works_as_before(*state);
	works_as_before(*state);
}

static void they_are_one_transaction(void **state)
{
	struct try *t = *state;
	struct param n = p_int(1), text[] = { p_text("x"), p_null() };
	struct db_ask asks[] = { { STMT_TRY_MANY, &n, 1, NULL }, { STMT_TRY_TEXT, text, 2, NULL } };

	OK(t, db_many_at_once(t->db, t->a, asks, 2, &t->e));
	assert_string_equal(row_text(asks[0].rows, 0, "at"), row_text(asks[1].rows, 0, "at"));
}

static void none_has_rows_when_one_fails(void **state)
{
	struct try *t = *state;
	struct db_ask asks[ASKS];
	struct param zero = p_int(0);

	FAILS(t, ask(t, &zero, asks), ERR_INVALID);
	for (size_t i = 0; i < ASKS; i++)
		assert_null(asks[i].rows);
	works_as_before(t);
}

static void what_came_before_the_failure_is_undone(void **state)
{
	struct try *t = *state;
	struct param add[] = { p_int(1), p_int(5) }, zero = p_int(0);
	struct db_ask asks[] = { { STMT_TRY_ADD_MANY, add, 2, NULL }, { STMT_TRY_DIVIDE, &zero, 1, NULL } };
	struct rows *r;

	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	FAILS(t, db_many_at_once(t->db, t->a, asks, 2, &t->e), ERR_INVALID);
	OK(t, db_one(t->other, t->a, STMT_TRY_SUM, P_NONE, &r, &t->e));
	assert_int_equal(row_int(r, 0, "count"), 0);
}

static void what_cannot_be_sent_stops_all(void **state)
{
	struct try *t = *state;
	struct param n = p_int(1), text[] = { p_textn("a\0b", 3), p_null() };
	struct db_ask asks[] = { { STMT_TRY_MANY, &n, 1, NULL }, { STMT_TRY_TEXT, text, 2, NULL } },
		      missing[] = { { STMT_TRY_MANY, &n, 1, NULL }, { STMT_TRY_MISSING, NULL, 0, NULL } };

	FAILS(t, db_many_at_once(t->db, t->a, asks, 2, &t->e), ERR_INVALID);
	works_as_before(t);
	FAILS(t, db_many_at_once(t->db, t->a, missing, 2, &t->e), ERR_INTERNAL);
	works_as_before(t);
}

static bool in_transaction(struct db *db, void *ctx, struct err *e)
{
	struct try *t = ctx;
	struct param add[] = { p_int(1), p_int(5) }, one = p_int(1);
	struct db_ask asks[] = { { STMT_TRY_ADD_MANY, add, 2, NULL }, { STMT_TRY_DIVIDE, &one, 1, NULL } };
	struct rows *r;

	if (!db_many_at_once(db, t->a, asks, 2, e) || !db_one(t->other, t->a, STMT_TRY_SUM, P_NONE, &r, e))
		return false;
	assert_int_equal(row_int(r, 0, "count"), 0);
	return true;
}

static void in_a_transaction_they_are_its_part(void **state)
{
	struct try *t = *state;
	struct rows *r;

	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	OK(t, db_txn(t->db, in_transaction, t, NULL, &t->e));
	OK(t, db_one(t->other, t->a, STMT_TRY_SUM, P_NONE, &r, &t->e));
	assert_int_equal(row_int(r, 0, "sum"), 5);
}

static void what_was_read_ahead_is_forgotten(void **state)
{
	struct try *t = *state;
	struct rows *first, *later;

	db_ahead(t->db, STMT_TRY_MANY, P(p_int(3)));
	OK(t, db_one(t->db, t->a, STMT_TRY_NOW, P_NONE, &first, &t->e));
	works_as_before(t);
	OK(t, db_many(t->db, t->a, STMT_TRY_MANY, P(p_int(3)), &later, &t->e));
	assert_string_not_equal(row_text(later, 0, "at"), row_text(first, 0, "at"));
}

static void a_lost_connection_is_said(void **state)
{
	struct try *t = *state;
	struct param pid = p_int(try_pid(t, t->db)), one = p_int(1);
	struct db_ask asks[] = { { STMT_TRY_DIVIDE, &one, 1, NULL }, { STMT_TRY_KILL_MANY, &pid, 1, NULL },
				 { STMT_TRY_DIVIDE, &one, 1, NULL } };

	FAILS(t, db_many_at_once(t->db, t->a, asks, 3, &t->e), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	works_as_before(t);
}

static void who_knows_the_keys_reads_by_index(void **state)
{
	struct try *t = *state;
	struct rows *r;

	db_by_index(t->db);
	OK(t, db_one(t->db, t->a, STMT_TRY_PLANS, P_NONE, &r, &t->e));
	assert_string_equal(row_text(r, 0, "whole"), "off");
	assert_string_equal(row_text(r, 0, "bitmap"), "off");
	OK(t, db_one(t->other, t->a, STMT_TRY_PLANS, P_NONE, &r, &t->e));
	assert_string_equal(row_text(r, 0, "whole"), "on");
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(all_have_their_rows), TRY(they_are_one_transaction), TRY(none_has_rows_when_one_fails),
		TRY(what_came_before_the_failure_is_undone), TRY(what_cannot_be_sent_stops_all),
		TRY(in_a_transaction_they_are_its_part), TRY(what_was_read_ahead_is_forgotten),
		TRY(a_lost_connection_is_said), TRY(who_knows_the_keys_reads_by_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
