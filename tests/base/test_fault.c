/* SPDX-License-Identifier: MIT */
/* Faults on purpose: how they are said, and what each does. */
#include "../unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"

enum { MANY = 4000 };

static struct fault_entry found[4];
static size_t count;
static struct err e;

static void entries_are_read(void **state)
{
	assert_true(fault_parse("claim.after=kill@0.25, beat=stall:150,ask.before=fail", found, 4, &count, &e));
	assert_int_equal(count, 3);
	assert_string_equal(found[0].point, "claim.after");
	assert_int_equal(found[0].action, FAULT_KILL);
	assert_true(found[0].probability == 0.25);
	assert_int_equal(found[1].action, FAULT_STALL);
	assert_int_equal(found[1].stall_ms, 150);
	assert_true(found[1].probability == 1);
	assert_int_equal(found[2].action, FAULT_FAIL);
	assert_string_equal(found[2].point, "ask.before");
	assert_true(fault_parse(NULL, found, 4, &count, &e) && count == 0);
	assert_true(fault_parse("", found, 4, &count, &e) && count == 0);
}

static void what_is_no_entry_is_refused(void **state)
{
	static const char *const wrong[] = { "beat",	     "=fail",	    "beat=",	       "beat=explode",
					     "beat=stall",   "beat=stall:", "beat=stall:0",    "beat=fail@2",
					     "beat=fail@",   "beat=fail@x", "beat=fail,,",     "beat=fail@-1",
					     "a=fail,a=fail,a=fail,a=fail,a=fail",
					     "a-name-that-is-much-longer-than-any=fail" };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		err_clear(&e);
		if (fault_parse(wrong[i], found, 4, &count, &e))
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(e.class, ERR_INVALID);
		assert_non_null(strstr(e.msg, "BOTARMY_FAULTS"));
	}
}

/* In a process of its own, which reads the variable anew: its wait status, and its log in `said`. */
static int with(const char *faults, int (*what)(void), char *said, size_t size)
{
	int out[2], status;
	size_t n = 0;
	ssize_t got;

	assert_int_equal(pipe(out), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		setenv("BOTARMY_FAULTS", faults, 1);
		log_open("test", LOG_INFO_);
		_exit(what());
	}
	close(out[1]);
	while ((got = read(out[0], said + n, size - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int here(void)
{
	return fault_at("here");
}

static int how_long(void)
{
	int64_t before = clock_mono_ms();

	return fault_at("here") ? 250 : (int)(clock_mono_ms() - before);
}

/* In hundredths; each hit is a line, and nobody reads so many. */
static int how_often(void)
{
	int hits = 0;

	log_open("test", LOG_ERROR_);
	for (int i = 0; i < MANY; i++)
		hits += fault_at("here");
	return hits * 100 / MANY;
}

static void each_action_does_what_it_says_and_says_so(void **state)
{
	char said[1000];
	int status = with("here=fail", here, said, sizeof(said));

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_non_null(strstr(said, "fault here: fail"));
	status = with("here=kill", here, said, sizeof(said));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_non_null(strstr(said, "fault here: kill"));
	status = with("here=stall:60", how_long, said, sizeof(said));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) >= 59 && WEXITSTATUS(status) < 250);
	assert_non_null(strstr(said, "fault here: stall"));
}

static void another_point_is_left_alone(void **state)
{
	char said[1000];

	assert_int_equal(with("there=kill,here=fail@0", here, said, sizeof(said)), 0);
	assert_string_equal(said, "");
}

static void it_comes_up_as_often_as_it_is_said_to(void **state)
{
	char said[1000];
	int status = with("here=fail@0.3", how_often, said, sizeof(said));

	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 24, 36);
}

static void what_cannot_be_read_ends_the_process(void **state)
{
	char said[1000];
	int status = with("here=explode", here, said, sizeof(said));

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	assert_non_null(strstr(said, "here may kill"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_read),
		cmocka_unit_test(what_is_no_entry_is_refused),
		cmocka_unit_test(each_action_does_what_it_says_and_says_so),
		cmocka_unit_test(another_point_is_left_alone),
		cmocka_unit_test(it_comes_up_as_often_as_it_is_said_to),
		cmocka_unit_test(what_cannot_be_read_ends_the_process),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
