/* SPDX-License-Identifier: MIT */
/* Reading ahead: one round trip for two statements, and the one's trouble is never the other's. What comes
   in one round trip is one transaction, and so has one now(). */
#include "try.h"

#include <string.h>

#include "base/str.h"

static const char *now(struct try *t)
{
	struct rows *r;
	OK(t, db_one(t->db, t->a, STMT_TRY_NOW, P_NONE, &r, &t->e));
	return row_text(r, 0, "at");
}

static const char *many(struct try *t, int64_t n)
{
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_MANY, P(p_int(n)), &r, &t->e));
	assert_int_equal(rows_count(r), n);
	assert_int_equal(row_int(r, (size_t)n - 1, "n"), n);
	return row_text(r, 0, "at");
}

static void both_come_in_one_round_trip(void **state)
{
	struct try *t = *state;
	for (int64_t n = 1; n <= 100000; n *= 10) {
		db_ahead(t->db, STMT_TRY_MANY, P(p_int(n)));
		const char *first = now(t);
		assert_string_equal(many(t, n), first);
		assert_string_not_equal(many(t, n), first); /* used once */
	}
}

static void other_parameters_are_asked_for_anew(void **state)
{
	struct try *t = *state;
	db_ahead(t->db, STMT_TRY_MANY, P(p_int(3)));
	const char *first = now(t);
	assert_string_not_equal(many(t, 4), first);
	assert_string_not_equal(many(t, 3), first);
}

static void a_statement_between_forgets(void **state)
{
	struct try *t = *state;
	db_ahead(t->db, STMT_TRY_MANY, P(p_int(3)));
	const char *first = now(t);
	assert_string_not_equal(now(t), first);
	assert_string_not_equal(many(t, 3), first);
}

static const char *text(struct try *t, struct param words, struct param bytes, const char *wanted)
{
	struct rows *r;
	OK(t, db_many(t->db, t->a, STMT_TRY_TEXT, P(words, bytes), &r, &t->e));
	if (wanted)
		assert_string_equal(row_text(r, 0, "text"), wanted);
	else
		assert_true(row_null(r, 0, "text"));
	assert_int_equal(row_bytes(r, 0, "bytes").len, 3);
	return row_text(r, 0, "at");
}

static void parameters_are_copied(void **state)
{
	struct try *t = *state;
	char words[] = "lathe", bytes[] = { 1, 0, 2 }, view[] = "lather";
	db_ahead(t->db, STMT_TRY_TEXT, P(p_text(words), p_bytes(bytes, 3)));
	memset(words, 'x', 5);
	memset(bytes, 'x', 3);
	const char *first = now(t);
	assert_string_equal(text(t, p_text("lathe"), p_bytes("\1\0\2", 3), "lathe"), first);
	db_ahead(t->db, STMT_TRY_TEXT, P(p_textn(view, 5), p_bytes("\1\0\2", 3)));
	first = now(t);
	assert_string_equal(text(t, p_textn(view, 5), p_bytes("\1\0\2", 3), "lathe"), first);
	db_ahead(t->db, STMT_TRY_TEXT, P(p_null(), p_bytes("\1\0\2", 3)));
	first = now(t);
	assert_string_equal(text(t, p_null(), p_bytes("\1\0\2", 3), NULL), first);
	db_ahead(t->db, STMT_TRY_TEXT, P(p_text("lathe"), p_bytes("\1\0\2", 3)));
	first = now(t);
	assert_string_not_equal(text(t, p_text("lathe"), p_bytes("\1\0\3", 3), "lathe"), first);
}

static void what_is_too_long_to_keep_is_not_read_ahead(void **state)
{
	struct try *t = *state;
	char words[1001];
	memset(words, 'w', 1000);
	words[1000] = '\0';
	db_ahead(t->db, STMT_TRY_TEXT, P(p_text(words), p_bytes("123", 3)));
	const char *first = now(t);
	assert_string_not_equal(text(t, p_text(words), p_bytes("123", 3), words), first);
}

static void an_error_of_the_first_is_its_own(void **state)
{
	struct try *t = *state;
	struct rows *r;
	int64_t pid = try_pid(t, t->db);
	db_ahead(t->db, STMT_TRY_MANY, P(p_int(3)));
	FAILS(t, db_maybe(t->db, t->a, STMT_TRY_DIVIDED, P(p_int(0)), &r, &t->e), ERR_INVALID);
	many(t, 3);
	assert_int_equal(try_pid(t, t->db), pid);
}

static void an_error_of_the_second_waits_for_it(void **state)
{
	struct try *t = *state;
	struct rows *r;
	int64_t pid = try_pid(t, t->db);
	db_ahead(t->db, STMT_TRY_DIVIDE, P(p_int(0)));
	now(t);
	FAILS(t, db_many(t->db, t->a, STMT_TRY_DIVIDE, P(p_int(0)), &r, &t->e), ERR_INVALID);
	db_ahead(t->db, STMT_TRY_MISSING, P_NONE);
	now(t);
	FAILS(t, db_many(t->db, t->a, STMT_TRY_MISSING, P_NONE, &r, &t->e), ERR_INTERNAL);
	assert_int_equal(try_pid(t, t->db), pid);
}

static int64_t stored(struct try *t)
{
	struct rows *r;
	OK(t, db_one(t->other, t->a, STMT_TRY_SUM, P_NONE, &r, &t->e));
	return row_int(r, 0, "count");
}

static void an_error_of_the_second_undoes_nothing(void **state)
{
	struct try *t = *state;
	struct rows *r;
	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	db_ahead(t->db, STMT_TRY_DIVIDE, P(p_int(0)));
	OK(t, db_maybe(t->db, t->a, STMT_TRY_ADD, P(p_int(1), p_int(1)), &r, &t->e));
	assert_int_equal(row_int(r, 0, "id"), 1);
	assert_int_equal(stored(t), 1);
}

static bool change(struct db *db, void *ctx, struct err *e)
{
	db_ahead(db, STMT_TRY_DIVIDE, P(p_int(0)));
	return db_exec(db, STMT_TRY_INSERT, P(p_int(7), p_int(7), p_null()), e);
}

static void nothing_is_read_ahead_in_a_transaction(void **state)
{
	struct try *t = *state;
	OK(t, db_exec(t->db, STMT_TRY_TABLE, P_NONE, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	OK(t, db_txn(t->db, change, NULL, NULL, &t->e));
	assert_int_equal(stored(t), 1);
	db_ahead(t->db, STMT_TRY_DIVIDE, P(p_int(0)));
	OK(t, db_exec(t->db, STMT_TRY_CLEAR, P_NONE, &t->e));
	db_ahead(t->db, STMT_TRY_DIVIDE, P(p_int(0)));
	OK(t, db_txn(t->db, change, NULL, NULL, &t->e));
	assert_int_equal(stored(t), 1);
}

static void a_connection_lost_in_either_is_said_at_the_first(void **state)
{
	struct try *t = *state;
	struct rows *r;
	int64_t pid = try_pid(t, t->db);
	db_ahead(t->db, STMT_TRY_MANY, P(p_int(3)));
	FAILS(t, db_exec(t->db, STMT_TRY_KILL, P(p_int(pid)), &t->e), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	many(t, 3);
	pid = try_pid(t, t->db);
	db_ahead(t->db, STMT_TRY_KILL_MANY, P(p_int(pid)));
	FAILS(t, db_one(t->db, t->a, STMT_TRY_NOW, P_NONE, &r, &t->e), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	many(t, 3);
	assert_true(try_pid(t, t->db) != pid);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(both_come_in_one_round_trip), TRY(other_parameters_are_asked_for_anew),
		TRY(a_statement_between_forgets), TRY(parameters_are_copied),
		TRY(what_is_too_long_to_keep_is_not_read_ahead), TRY(an_error_of_the_first_is_its_own),
		TRY(an_error_of_the_second_waits_for_it), TRY(an_error_of_the_second_undoes_nothing),
		TRY(nothing_is_read_ahead_in_a_transaction), TRY(a_connection_lost_in_either_is_said_at_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
