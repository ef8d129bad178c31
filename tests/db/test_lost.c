/* SPDX-License-Identifier: MIT */
/* A connection that is lost: said when it matters, replaced at the next call. */
#include "try.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void lost_during_a_call_is_an_error_and_then_over(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	FAILS(t, db_exec(t->db, STMT_TRY_KILL, P(p_int(before)), &t->e), ERR_UNAVAILABLE);
	assert_int_equal(db_socket(t->db), -1);
	assert_true(try_pid(t, t->db) != before);
}

static void lost_while_idle_is_not_noticed(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(before)), &t->e));
	usleep(50000);
	assert_true(try_pid(t, t->db) != before);
}

static void statements_are_prepared_anew(void **state)
{
	struct try *t = *state;
	for (int i = 0; i < 3; i++) {
		struct rows *r;
		OK(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e));
		OK(t, db_one(t->db, t->a, STMT_TRY_SETTINGS, P_NONE, &r, &t->e));
		FAILS(t, db_exec(t->db, STMT_TRY_KILL, P(p_int(try_pid(t, t->db))), &t->e), ERR_UNAVAILABLE);
	}
}

static void a_connection_begins_at_the_first_use(void **state)
{
	struct try *t = *state;
	assert_int_equal(db_socket(t->db), -1);
	OK(t, db_connect(t->db, &t->e));
	assert_true(db_socket(t->db) >= 0);
	int64_t first = try_pid(t, t->db);
	OK(t, db_connect(t->db, &t->e));
	assert_true(try_pid(t, t->db) == first);
}

static void by_hand_only_connecting_connects(void **state)
{
	struct try *t = *state;
	int64_t before = try_pid(t, t->db);
	struct rows *r;

	db_connect_by_hand(t->db);
	OK(t, db_exec(t->other, STMT_TRY_KILL, P(p_int(before)), &t->e));
	usleep(50000);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e), ERR_UNAVAILABLE);
	FAILS(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e), ERR_UNAVAILABLE);
	FAILS(t, db_listen(t->db, "news", &t->e), ERR_UNAVAILABLE);
	OK(t, db_connect(t->db, &t->e));
	OK(t, db_one(t->db, t->a, STMT_TRY_ONE, P(p_int(1)), &r, &t->e));
}

/* A server for one connection, which answers whatever it is told with `answer`; its port. */
static int pretend(const char *answer, size_t n, pid_t *server)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	char word[1024];

	assert_int_equal(bind(s, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(s, 1), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&at, &len), 0);
	*server = fork();
	if (*server == 0) {
		int c = accept(s, NULL, NULL);
		bool told = read(c, word, sizeof(word)) > 0 && write(c, answer, n) == (ssize_t)n;
		/* Until the other side has enough of it. */
		while (told && read(c, word, sizeof(word)) > 0)
			;
		_exit(0);
	}
	close(s);
	return ntohs(at.sin_port);
}

static void connect_to(struct try *t, const char *answer, size_t n)
{
	pid_t server;
	char where[100];

	snprintf(where, sizeof(where), "host=127.0.0.1 port=%d user=x dbname=x sslmode=disable gssencmode=disable",
		 pretend(answer, n, &server));
	struct db *db = db_open(where, "try");
	FAILS(t, db_connect(db, &t->e), ERR_UNAVAILABLE);
	db_close(db);
	assert_int_equal(waitpid(server, NULL, 0), server);
}

/* What comes before a connection is one goes to the log as all else does: a line of JSON, or nothing. */
static void a_word_on_the_way_is_not_printed(void **state)
{
	static const char words[] = "R\0\0\0\10\0\0\0\0"
		"N\0\0\0\42SWARNING\0C57P02\0Mgo away now\0\0\0"
		"E\0\0\0\40SFATAL\0C57P01\0Mgo away now\0\0";
	FILE *kept = tmpfile();
	char line[1000];
	int told = dup(STDERR_FILENO);

	dup2(fileno(kept), STDERR_FILENO);
	connect_to(*state, words, sizeof(words) - 1);
	dup2(told, STDERR_FILENO);
	close(told);
	rewind(kept);
	while (fgets(line, sizeof(line), kept))
		assert_int_equal(line[0], '{');
	fclose(kept);
}

static void who_says_nothing_is_not_waited_for(void **state)
{
	connect_to(*state, "", 0);
}

int main(int argc, char **argv)
{
	need_database(argv, false);
	const struct CMUnitTest tests[] = {
		TRY(lost_during_a_call_is_an_error_and_then_over), TRY(lost_while_idle_is_not_noticed),
		TRY(statements_are_prepared_anew), TRY(a_connection_begins_at_the_first_use),
		TRY(by_hand_only_connecting_connects), TRY(a_word_on_the_way_is_not_printed),
		TRY(who_says_nothing_is_not_waited_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
