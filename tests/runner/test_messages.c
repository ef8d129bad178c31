/* SPDX-License-Identifier: MIT */
/* Messages reach who they are for and are read once; logs and events are kept as long as asked. */
#include "engine.h"

#include <time.h>

static void subscribe(struct try *t)
{
	const char *agents[] = { "developer", "tester" }, *topics[] = { "design", "design" };

	OK(t, subscriptions_store(t->db, agents, topics, 2, &t->e));
}

/* What `l` reads, oldest rule first. */
static struct json_object *messages(struct try *t, const struct lease *l)
{
	struct stage_input in;

	load_input(t, t->one, l, &in);
	return json_get_array(in.json, "messages");
}

static const char *body(struct json_object *list, size_t i)
{
	return json_get_str(json_object_array_get_idx(list, i), "body", "");
}

static void post(struct try *t, const char *topic, const char *to, int64_t priority, const char *text)
{
	struct rows *r;

	OK(t, db_one(t->db, t->a, STMT_TRY_MESSAGE,
		     P(p_int(t->run), p_int(t->account), p_text(topic), p_text(to), p_int(priority), p_text(text)),
		     &r, &t->e));
}

static void delivery(struct try *t, size_t i, const char *agent, const char *state, int64_t attempts)
{
	struct rows *r;

	OK(t, db_many(t->db, t->a, STMT_TRY_DELIVERIES, P(p_int(t->run)), &r, &t->e));
	assert_true(i < rows_count(r));
	assert_string_equal(row_text(r, i, "agent"), agent);
	assert_string_equal(row_text(r, i, "state"), state);
	assert_int_equal(row_int(r, i, "attempts"), attempts);
}

static void an_agent_reads_what_is_for_it_the_urgent_first(void **state)
{
	struct try *t = *state;
	struct stage_output o;

	subscribe(t);
	try_submit(t, "direct", NULL);
	post(t, NULL, "architect", 0, "from a person");
	post(t, NULL, "architect", 5, "urgent");
	o = output_of(must_claim(t, t->one, "analyst"), "pass");
	o.messages = "[{\"to\":\"architect\",\"body\":\"from the analyst\"},{\"topic\":\"design\",\"body\":\"to all\"}]";
	assert_true(try_send(t, t->one, &o));
	struct lease *l = must_claim(t, t->one, "architect");
	struct json_object *m = messages(t, l);
	assert_int_equal(json_object_array_length(m), 3);
	assert_string_equal(body(m, 0), "urgent");
	assert_string_equal(body(m, 1), "from a person");
	assert_string_equal(body(m, 2), "from the analyst");
	assert_string_equal(json_get_str(json_object_array_get_idx(m, 2), "from", ""), "analyst");
	assert_null(json_get(json_object_array_get_idx(m, 2), "topic"));
	delivery(t, 0, "architect", "held", 0);
	/* The same lease is told the same again, should it have to ask. */
	assert_int_equal(json_object_array_length(messages(t, l)), 3);
	assert_true(try_advance(t, t->one, l, "pass"));
	delivery(t, 0, "architect", "read", 0);
	l = must_claim(t, t->one, "developer");
	m = messages(t, l);
	assert_int_equal(json_object_array_length(m), 1);
	assert_string_equal(json_get_str(json_object_array_get_idx(m, 0), "topic", ""), "design");
	assert_true(try_advance(t, t->one, l, "pass"));
	assert_string_equal(body(messages(t, must_claim(t, t->one, "tester")), 0), "to all");
}

static void who_may_be_written_to_is_checked(void **state)
{
	struct try *t = *state;
	struct rows *r;

	try_submit(t, "direct", NULL);
	assert_false(db_one(t->db, t->a, STMT_TRY_MESSAGE,
			    P(p_int(t->run), p_int(t->account), p_null(), p_text("stranger"), p_int(0), p_text("x")),
			    &r, &t->e));
	assert_int_equal(t->e.class, ERR_INVALID);
	assert_false(db_one(t->db, t->a, STMT_TRY_MESSAGE,
			    P(p_int(t->run), p_int(t->account), p_null(), p_text("analyst"), p_int(0), p_text("  ")),
			    &r, &t->e));
	assert_int_equal(t->e.class, ERR_INVALID);
}

static void what_a_failing_stage_held_is_read_later_and_given_up_after_five(void **state)
{
	struct try *t = *state;
	struct rows *r;
	enum moved moved;

	try_submit(t, "direct", NULL);
	post(t, NULL, "analyst", 0, "hello");
	for (int i = 0; i < 5; i++) {
		struct lease *l = must_claim(t, t->one, "analyst");
		assert_int_equal(json_object_array_length(messages(t, l)), 1);
		OK(t, stage_retry(t->db, t->one, l, 0, "no answer", true, &moved, &t->e));
		if (moved == MOVED_ASKED)
			OK(t, decide(t, "approve", ""));
		OK(t, db_many(t->db, t->a, STMT_TRY_DELIVERIES, P(p_int(t->run)), &r, &t->e));
		double wait = row_real(r, 0, "wait"), most = 10 << i;
		assert_true(wait > most - 2 && wait <= most);
		OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
		if (i == 0) { /* not before its time */
			l = must_claim(t, t->one, "analyst");
			assert_int_equal(json_object_array_length(messages(t, l)), 0);
			OK(t, stage_retry(t->db, t->one, l, 0, "no answer", false, &moved, &t->e));
			OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
		}
		OK(t, db_exec(t->db, STMT_TRY_DELIVERIES_DUE, P(p_int(t->run)), &t->e));
	}
	delivery(t, 0, "analyst", "dead", 5);
	int64_t message = row_int(r, 0, "message_id");
	struct lease *l = must_claim(t, t->one, "analyst");
	assert_int_equal(json_object_array_length(messages(t, l)), 0);
	OK(t, stage_retry(t->db, t->one, l, 0, "no answer", false, &moved, &t->e));
	OK(t, db_exec(t->db, STMT_TRY_REVIVE, P(p_int(message), p_text("analyst"), p_int(t->account)), &t->e));
	assert_false(db_exec(t->db, STMT_TRY_REVIVE, P(p_int(message), p_text("analyst"), p_int(t->account)), &t->e));
	OK(t, db_exec(t->db, STMT_TRY_DUE, P(p_int(t->run)), &t->e));
	l = must_claim(t, t->one, "analyst");
	assert_int_equal(json_object_array_length(messages(t, l)), 1);
	assert_true(try_advance(t, t->one, l, "pass"));
	delivery(t, 0, "analyst", "read", 0);
}

static void what_was_held_when_the_run_went_back_is_read_by_the_next(void **state)
{
	struct try *t = *state;

	try_submit(t, "direct", NULL);
	post(t, NULL, "analyst", 0, "hello");
	assert_int_equal(json_object_array_length(messages(t, must_claim(t, t->one, "analyst"))), 1);
	OK(t, db_exec(t->db, STMT_TRY_RETRY, P(p_int(t->run), p_text("analyst"), p_text(""), p_int(t->account)), &t->e));
	assert_int_equal(json_object_array_length(messages(t, must_claim(t, t->one, "analyst"))), 1);
}

static void subscriptions_are_replaced_as_a_whole(void **state)
{
	struct try *t = *state;
	const char *agents[] = { "architect" }, *topics[] = { "design" };
	struct rows *r;

	OK(t, subscriptions_store(t->db, agents, topics, 1, &t->e));
	OK(t, subscriptions_store(t->db, agents, topics, 1, &t->e));
	try_submit(t, "direct", NULL);
	post(t, "design", NULL, 0, "to all");
	OK(t, db_many(t->db, t->a, STMT_TRY_DELIVERIES, P(p_int(t->run)), &r, &t->e));
	assert_int_equal(rows_count(r), 1);
	assert_string_equal(row_text(r, 0, "agent"), "architect");
	subscribe(t);
}

static size_t partitions(struct try *t, const char *of, const char *with)
{
	struct rows *r;
	size_t n = 0;

	OK(t, db_many(t->db, t->a, STMT_TRY_PARTITIONS, P(p_text(of)), &r, &t->e));
	for (size_t i = 0; i < rows_count(r); i++)
		n += !with || streq(row_text(r, i, "name"), with);
	return n;
}

static void set_days(struct try *t, int days)
{
	OK(t, db_exec(t->db, STMT_TRY_DAYS, P(p_text(arena_printf(t->a, "%d", days))), &t->e));
}

static void partitions_are_made_ahead_and_dropped_when_they_are_old(void **state)
{
	struct try *t = *state;
	int64_t dropped;
	char tomorrow[32];
	time_t at = time(NULL) + 86400;
	struct tm tm;

	OK(t, db_exec(t->db, STMT_TRY_CLOCK, P_NONE, &t->e));
	OK(t, retention(t->db, 14, 90, &dropped, &t->e));
	assert_int_equal(dropped, 0);
	gmtime_r(&at, &tm);
	strftime(tomorrow, sizeof(tomorrow), "log_%Y%m%d", &tm);
	assert_int_equal(partitions(t, "log", tomorrow), 1);
	assert_int_equal(partitions(t, "log", NULL), 4); /* three days and the rest */
	size_t events = partitions(t, "event", NULL);
	assert_true(events >= 3);
	struct log_line lines[] = {
		{ .at_ms = (int64_t)at * 1000, .run = 7, .stage = "s", .agent = "a", .level = "info", .text = "x" },
		{ .at_ms = 0, .level = "warn", .text = "not \xff UTF-8" },
	};
	OK(t, log_lines_store(t->db, lines, 2, &t->e));
	set_days(t, 15);
	OK(t, retention(t->db, 14, 90, &dropped, &t->e));
	assert_int_equal(partitions(t, "log", tomorrow), 1);
	set_days(t, 16);
	OK(t, retention(t->db, 14, 90, &dropped, &t->e));
	assert_int_equal(dropped, 1);
	assert_int_equal(partitions(t, "log", tomorrow), 0);
	/* Events of a run that goes on are kept; when it has ended they go. The next month's are in a
	   partition of their own. */
	for (int days = 0; days <= 31; days += 31) {
		set_days(t, 0);
		OK(t, retention(t->db, 14, 90, &dropped, &t->e));
		set_days(t, days);
		try_submit(t, "direct", NULL);
		set_days(t, 400);
		OK(t, retention(t->db, 14, 90, &dropped, &t->e));
		assert_true(run_number(t, "events") > 0);
		assert_true(partitions(t, "event", NULL) >= (days ? 4 : 3));
		OK(t, db_exec(t->db, STMT_TRY_CANCEL, P(p_int(t->run), p_int(t->account)), &t->e));
		OK(t, retention(t->db, 14, 90, &dropped, &t->e));
		assert_int_equal(run_number(t, "events"), 0);
		assert_int_equal(dropped, days ? 1 : 0);
	}
	set_days(t, 0);
}

static void a_runner_tells_what_presses_it_and_how_many_are_connected(void **state)
{
	struct try *t = *state;
	int64_t used, allowed;
	bool alive;

	OK(t, runner_heartbeat(t->db, t->one, "The disk is nearly full.", &alive, &t->e));
	assert_true(alive);
	OK(t, connections_used(t->db, &used, &allowed, &t->e));
	assert_true(used >= 1 && used < allowed);
	struct db *other = db_open(database_url(), "other");
	OK(t, db_connect(other, &t->e));
	int64_t more;
	OK(t, connections_used(other, &more, &allowed, &t->e));
	assert_true(more > used || more >= 2);
	db_close(other);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TRY(an_agent_reads_what_is_for_it_the_urgent_first),
		TRY(who_may_be_written_to_is_checked),
		TRY(what_a_failing_stage_held_is_read_later_and_given_up_after_five),
		TRY(what_was_held_when_the_run_went_back_is_read_by_the_next),
		TRY(subscriptions_are_replaced_as_a_whole),
		TRY(partitions_are_made_ahead_and_dropped_when_they_are_old),
		TRY(a_runner_tells_what_presses_it_and_how_many_are_connected),
	};
	need_database(argv, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
