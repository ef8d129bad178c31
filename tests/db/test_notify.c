/* SPDX-License-Identifier: MIT */
/* Notifications: they arrive, they wake a poll(), and they outlive a connection. */
#include "try.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static char heard[256];

static void hear(void *ctx, const char *channel, const char *payload)
{
	(void)ctx;
	snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%s=%s;", channel, payload);
}

static void wait_and_hear(struct try *t)
{
	struct pollfd p = { .fd = db_socket(t->db), .events = POLLIN };
	heard[0] = '\0';
	assert_int_equal(poll(&p, 1, 5000), 1);
	OK(t, db_notifies(t->db, hear, NULL, &t->e));
}

static void a_notification_wakes_the_listener(void **state)
{
	struct try *t = *state;
	OK(t, db_listen(t->db, "try_a", &t->e));
	OK(t, db_listen(t->db, "try_b", &t->e));
	OK(t, db_listen(t->db, "try_a", &t->e));
	OK(t, db_exec(t->other, STMT_TRY_NOTIFY, P(p_text("try_a"), p_text("7 ✓")), &t->e));
	wait_and_hear(t);
	assert_string_equal(heard, "try_a=7 ✓;");
	OK(t, db_exec(t->other, STMT_TRY_NOTIFY, P(p_text("try_b"), p_text("")), &t->e));
	wait_and_hear(t);
	assert_string_equal(heard, "try_b=;");
	heard[0] = '\0';
	OK(t, db_notifies(t->db, hear, NULL, &t->e));
	assert_string_equal(heard, "");
}

static void a_statement_swallows_no_notification(void **state)
{
	struct try *t = *state;
	OK(t, db_listen(t->db, "try_a", &t->e));
	OK(t, db_exec(t->other, STMT_TRY_NOTIFY, P(p_text("try_a"), p_text("x")), &t->e));
	try_pid(t, t->db);
	heard[0] = '\0';
	OK(t, db_notifies(t->db, hear, NULL, &t->e));
	assert_string_equal(heard, "try_a=x;");
}

static void a_new_connection_listens_again(void **state)
{
	struct try *t = *state;
	OK(t, db_listen(t->db, "try_a", &t->e));
	int64_t before = try_pid(t, t->db);
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(before)), &t->e));
	struct pollfd p = { .fd = db_socket(t->db), .events = POLLIN };
	assert_int_equal(poll(&p, 1, 5000), 1);
	bool ok = true;
	for (int i = 0; ok && i < 100; i++) {
		poll(NULL, 0, 10);
		ok = db_notifies(t->db, hear, NULL, &t->e);
	}
	assert_false(ok);
	assert_int_equal(t->e.class, ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	FAILS(t, db_notifies(t->db, hear, NULL, &t->e), ERR_UNAVAILABLE);
	OK(t, db_connect(t->db, &t->e));
	OK(t, db_exec(t->other, STMT_TRY_NOTIFY, P(p_text("try_a"), p_text("again")), &t->e));
	wait_and_hear(t);
	assert_string_equal(heard, "try_a=again;");
	assert_true(try_pid(t, t->db) != before);
}

static bool listen_inside(struct db *db, void *ctx, struct err *e)
{
	(void)ctx;
	return db_listen(db, "try_a", e);
}

static void a_channel_is_a_plain_name(void **state)
{
	struct try *t = *state;
	FAILS(t, db_listen(t->db, "x; drop table run", &t->e), ERR_INTERNAL);
	FAILS(t, db_listen(t->db, "", &t->e), ERR_INTERNAL);
	FAILS(t, db_listen(t->db, "9x", &t->e), ERR_INTERNAL);
	FAILS(t, db_listen(t->db, "Upper", &t->e), ERR_INTERNAL);
	FAILS(t, db_txn(t->db, listen_inside, NULL, NULL, &t->e), ERR_INTERNAL);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(a_notification_wakes_the_listener), TRY(a_statement_swallows_no_notification),
		TRY(a_new_connection_listens_again), TRY(a_channel_is_a_plain_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
