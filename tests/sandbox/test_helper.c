/* SPDX-License-Identifier: MIT */
/* The helper: many suites, cancelling, deaths, scratch, and refusals before anything runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "sandbox/box.h"
#include "suite.h"

#define PASSING \
	"import unittest\n" \
	"class A(unittest.TestCase):\n" \
	"    def test_a(self):\n" \
	"        self.assertEqual(1, 1)\n"
/* Leaves a grandchild in a session of its own, with the marker in its command line. */
#define DAEMON(then) \
	"import subprocess, time, unittest\n" \
	"class A(unittest.TestCase):\n" \
	"    def test_a(self):\n" \
	"        code = \"import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(300)\"\n" \
	"        subprocess.check_call(['python3', '-c', code, MARKER])\n" \
	"        " then "\n"

struct state {
	struct arena *a;
	struct sandbox *sb;
};

static int set_up(void **state)
{
	struct sandbox_settings s = suite_settings();
	struct state *t = calloc(1, sizeof(*t));
	struct err e = { 0 };

	t->a = arena_new(0);
	t->sb = sandbox_start(&s, &e);
	assert_non_null(t->sb);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct state *t = *state;
	sandbox_stop(t->sb);
	arena_free(t->a);
	free(t);
	return 0;
}

static struct file_item one_test(struct arena *a, const char *marker, const char *text)
{
	const char *code = marker ? arena_printf(a, "MARKER = '%s'\n%s", marker, text) : text;
	return (struct file_item){ "tests/test_a.py", code, strlen(code) };
}

/* Folders of jobs that a helper has now. */
static size_t scratch_folders(struct arena *a)
{
	struct sandbox_settings s = suite_settings();
	char *all = path_join(a, s.state_dir, "sandbox");
	const char **helpers, **jobs;
	size_t n, count = 0, found = 0;
	struct err e = { 0 };

	assert_true(dir_list(a, all, &helpers, &n, &e));
	for (size_t i = 0; i < n; i++)
		if (dir_list(a, path_join(a, all, helpers[i]), &jobs, &count, &e))
			for (size_t k = 0; k < count; k++)
				found += strcmp(jobs[k], "lock") != 0;
	return found;
}

static bool scratch_becomes(struct arena *a, size_t count)
{
	for (int i = 0; i < 250; i++) {
		if (scratch_folders(a) == count)
			return true;
		poll(NULL, 0, 20);
	}
	return false;
}

static void report_says_what_ran_and_where(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, NULL, PASSING);
	int64_t before = clock_wall_ms();
	struct json_object *r = suite_run(t->a, t->sb, &f, 1, NULL);

	assert_true(sandbox_green(r));
	assert_non_null(strstr(json_get_str(r, "sandbox", ""), "bubblewrap"));
	assert_non_null(strstr(json_get_str(r, "sandbox", ""), "best effort"));
	assert_string_equal(json_get_str(r, "files_sha256", ""), fileset_sha256(t->a, &f, 1));
	assert_in_range(json_get_int(r, "started_ms", 0), before, clock_wall_ms());
	assert_true(json_object_get_double(json_get(r, "seconds")) > 0);
	assert_true(scratch_becomes(t->a, 0));
}

static void more_jobs_than_slots_wait_and_all_arrive(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, NULL, PASSING);
	struct err e = { 0 };
	int fds[8];

	for (size_t i = 0; i < 8; i++)
		assert_true(sandbox_submit(t->sb, &f, 1, NULL, &fds[i], &e));
	for (size_t i = 0; i < 8; i++) {
		struct json_object *r = suite_wait(t->a, fds[i], 60);
		assert_non_null(r);
		assert_true(sandbox_green(r));
	}
}

static void a_report_does_not_wait_for_another_job(void **state)
{
	struct state *t = *state;
	struct file_item quick = one_test(t->a, NULL, PASSING);
	struct file_item slow = one_test(t->a, "marker-of-the-slow", DAEMON("time.sleep(300)"));
	struct err e = { 0 };
	int quick_fd, slow_fd;

	assert_true(sandbox_submit(t->sb, &quick, 1, NULL, &quick_fd, &e));
	assert_true(sandbox_submit(t->sb, &slow, 1, NULL, &slow_fd, &e));
	assert_true(sandbox_green(suite_wait(t->a, quick_fd, 10)));
	close(slow_fd);
	assert_true(suite_processes_become("marker-of-the-slow", 0, 10));
}

static void full_size_set_arrives_whole(void **state)
{
	struct state *t = *state;
	static const char *const names[] = { "a", "b", "deep/er/c" };
	struct file_item files[4] = { one_test(t->a, NULL,
		"import unittest\n"
		"class A(unittest.TestCase):\n"
		"    def test_a(self):\n"
		"        for name in ('a', 'b', 'deep/er/c'):\n"
		"            with open('/app/' + name, 'rb') as file:\n"
		"                self.assertEqual(file.read(), bytes(range(256)) * (4 << 12))\n") };
	char *data = arena_alloc(t->a, FILESET_FILE_BYTES + 1);
	struct err e = { 0 };
	int fd;

	for (size_t i = 0; i <= FILESET_FILE_BYTES; i++)
		data[i] = (char)(i & 255);
	for (size_t i = 0; i < 3; i++)
		files[i + 1] = (struct file_item){ names[i], data, FILESET_FILE_BYTES };
	assert_true(sandbox_green(suite_run(t->a, t->sb, files, 4, NULL)));
	files[3].len++;
	assert_false(sandbox_submit(t->sb, files, 4, NULL, &fd, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_int_equal(fd, -1);
}

static void hostile_sets_are_refused(void **state)
{
	struct state *t = *state;
	static const char *const paths[] = {
		"../x.py", "/etc/x", "a/../../x", "tests//x", "", ".git/config", "a\nb", "con", "x.", "-x",
	};
	struct file_item two[2] = { { "a", "1", 1 }, { "A", "2", 1 } };
	struct file_item *many = arena_array(t->a, FILESET_FILES + 1, sizeof(*many));
	struct sandbox_limits none = { 0 };
	struct err e = { 0 };
	int fd;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct file_item f = { paths[i], "", 0 };
		assert_false(sandbox_submit(t->sb, &f, 1, NULL, &fd, &e));
		assert_int_equal(e.class, ERR_INVALID);
	}
	assert_false(sandbox_submit(t->sb, two, 2, NULL, &fd, &e));
	assert_int_equal(e.class, ERR_INVALID);
	for (size_t i = 0; i <= FILESET_FILES; i++)
		many[i] = (struct file_item){ arena_printf(t->a, "f%zu", i), "", 0 };
	assert_false(sandbox_submit(t->sb, many, FILESET_FILES + 1, NULL, &fd, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_false(sandbox_submit(t->sb, two, 1, &none, &fd, &e));
	assert_int_equal(e.class, ERR_INVALID);
}

static void a_parser_bomb_is_no_green(void **state)
{
	struct state *t = *state;
	static const struct { char c; size_t n; } bombs[] = {
		{ '(', 100000 }, { '-', 400000 }, { '[', 100 }, { '~', 3000 },
	};

	for (size_t i = 0; i < sizeof(bombs) / sizeof(*bombs); i++) {
		char *text = arena_alloc(t->a, bombs[i].n + 8);
		struct file_item files[2] = {
			one_test(t->a, NULL, PASSING), { "tests/test_bomb.py", text, 0 },
		};
		struct json_object *r;
		memset(text, bombs[i].c, bombs[i].n);
		memcpy(text + bombs[i].n, "1+\n", 4);
		files[1].len = strlen(text);
		r = suite_run(t->a, t->sb, files, 2, NULL);
		assert_false(sandbox_green(r));
		if (!json_get(r, "problem"))
			assert_string_equal(suite_outcome(r, "tests.test_bomb"), "error");
	}
}

static void more_tests_than_allowed_is_a_problem(void **state)
{
	struct state *t = *state;
	struct sandbox_limits l = suite_settings().limits;
	struct file_item f = { "tests/test_a.py", NULL, 0 };
	char *text = arena_alloc(t->a, 200000), *at = text;
	struct json_object *r;

	at += sprintf(at, "%s", "import unittest\nclass A(unittest.TestCase):\n");
	for (int i = 0; i < SANDBOX_TESTS + 1; i++)
		at += sprintf(at, "    def test_%d(self): pass\n", i);
	f.data = text;
	f.len = strlen(text);
	l.wall_s = 1;
	r = suite_run(t->a, t->sb, &f, 1, &l);
	assert_false(sandbox_green(r));
	assert_int_equal(json_get_int(r, "total", 0), SANDBOX_TESTS);
	assert_non_null(strstr(json_get_str(r, "problem", ""), "1001 tests"));
}

static void a_daemon_does_not_outlive_its_test(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, "marker-of-the-daemon", DAEMON("time.sleep(0.2)"));
	struct json_object *r = suite_run(t->a, t->sb, &f, 1, NULL);

	assert_string_equal(suite_outcome(r, "tests.test_a.A.test_a"), "passed");
	assert_int_equal(suite_processes("marker-of-the-daemon"), 0);
}

static void closing_the_pipe_cancels(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, "marker-of-the-cancelled", DAEMON("time.sleep(300)"));
	struct file_item next = one_test(t->a, NULL, PASSING);
	struct err e = { 0 };
	int fds[5];

	/* Two run, three wait. */
	for (size_t i = 0; i < 5; i++)
		assert_true(sandbox_submit(t->sb, &f, 1, NULL, &fds[i], &e));
	assert_true(suite_processes_become("marker-of-the-cancelled", 2, 20));
	for (size_t i = 5; i-- > 0;)
		close(fds[i]);
	assert_true(suite_processes_become("marker-of-the-cancelled", 0, 10));
	assert_true(scratch_becomes(t->a, 0));
	assert_true(sandbox_green(suite_run(t->a, t->sb, &next, 1, NULL)));
	assert_int_equal(suite_processes("marker-of-the-cancelled"), 0);
}

static void stopping_ends_everything(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, "marker-of-the-stopped", DAEMON("time.sleep(300)"));
	struct err e = { 0 };
	int fd;

	assert_true(sandbox_submit(t->sb, &f, 1, NULL, &fd, &e));
	assert_true(suite_processes_become("marker-of-the-stopped", 1, 20));
	sandbox_stop(t->sb);
	t->sb = NULL;
	assert_int_equal(suite_processes("marker-of-the-stopped"), 0);
	assert_int_equal(scratch_folders(t->a), 0);
	assert_null(suite_wait(t->a, fd, 5));
}

/* Starts a helper and a lasting job in a process of its own, which then only waits. */
static pid_t runner_with_job(struct arena *a, const char *marker)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct sandbox_settings s = suite_settings();
		struct file_item f = one_test(a, marker, DAEMON("time.sleep(300)"));
		struct err e = { 0 };
		struct sandbox *sb = sandbox_start(&s, &e);
		int fd;
		/* Should the test fail before it kills this. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!sb || !sandbox_submit(sb, &f, 1, NULL, &fd, &e))
			_exit(1);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	return pid;
}

static void death_of_the_runner_ends_everything(void **state)
{
	struct state *t = *state;
	pid_t pid = runner_with_job(t->a, "marker-of-the-orphan");

	assert_true(suite_processes_become("marker-of-the-orphan", 1, 20));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(suite_processes_become("marker-of-the-orphan", 0, 10));
}

static void leftovers_of_the_dead_go_the_living_stay(void **state)
{
	struct state *t = *state;
	struct sandbox_settings s = suite_settings();
	struct file_item f = one_test(t->a, "marker-of-the-living", DAEMON("time.sleep(300)"));
	char *dead = arena_printf(t->a, "%s/sandbox/0-dead", s.state_dir);
	struct err e = { 0 };
	struct sandbox *other;
	int fd;

	assert_true(sandbox_submit(t->sb, &f, 1, NULL, &fd, &e));
	assert_true(suite_processes_become("marker-of-the-living", 1, 20));
	assert_int_equal(mkdir(dead, 0700), 0);
	assert_true(file_write(path_join(t->a, dead, "1"), "left", 4, 0600, &e));
	other = sandbox_start(&s, &e);
	assert_non_null(other);
	f = one_test(t->a, NULL, PASSING);
	assert_true(sandbox_green(suite_run(t->a, other, &f, 1, NULL)));
	assert_false(file_exists(dead));
	assert_int_equal(suite_processes("marker-of-the-living"), 1);
	assert_true(scratch_folders(t->a) >= 1);
	sandbox_stop(other);
	close(fd);
	assert_true(suite_processes_become("marker-of-the-living", 0, 10));
}

static pid_t only_child(void)
{
	char text[64] = "", path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	return (pid_t)atoi(text);
}

static void death_of_the_helper_is_noticed(void **state)
{
	struct state *t = *state;
	struct file_item f = one_test(t->a, "marker-of-the-helpless", DAEMON("time.sleep(300)"));
	struct pollfd p = { sandbox_watch_fd(t->sb), POLLIN, 0 };
	struct err e = { 0 };
	int fd, other;

	assert_true(sandbox_submit(t->sb, &f, 1, NULL, &fd, &e));
	assert_true(suite_processes_become("marker-of-the-helpless", 1, 20));
	assert_int_equal(poll(&p, 1, 0), 0);
	kill(only_child(), SIGKILL);
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_null(suite_wait(t->a, fd, 10));
	assert_true(suite_processes_become("marker-of-the-helpless", 0, 10));
	assert_false(sandbox_submit(t->sb, &f, 1, NULL, &other, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
}

static void half_a_report_is_none(void **state)
{
	struct state *t = *state;
	struct err e = { 0 };
	static const char whole[] =
		"{\"executed\":true,\"total\":1,\"passed\":1,\"failed\":0,\"problem\":null}\n";

	assert_true(sandbox_green(sandbox_report(t->a, whole, strlen(whole), &e)));
	for (size_t n = 0; n < strlen(whole); n++) {
		assert_null(sandbox_report(t->a, whole, n, &e));
		assert_int_equal(e.class, ERR_UNAVAILABLE);
	}
}

/* Its name says that it was being set up, and by whom. */
static pid_t half_made_sandbox(pid_t starter)
{
	char name[40], byte;
	int ready[2];
	pid_t pid;

	snprintf(name, sizeof(name), BOX_NAME "%d", (int)starter);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		execl("/bin/sleep", name, "60", (char *)NULL);
		_exit(127);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0); /* it has its name now */
	close(ready[0]);
	return pid;
}

static void sandboxes_half_made_by_the_dead_are_ended(void **state)
{
	struct state *t = *state;
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };
	pid_t dead = fork(), orphan, wanted;
	int status;

	if (dead == 0)
		_exit(0);
	assert_int_equal(waitpid(dead, NULL, 0), dead);
	orphan = half_made_sandbox(dead);
	wanted = half_made_sandbox(getpid());
	struct sandbox *later = sandbox_start(&s, &e);
	assert_non_null(later);
	assert_int_equal(waitpid(orphan, &status, 0), orphan);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(wanted, &status, WNOHANG), 0);
	kill(wanted, SIGKILL);
	waitpid(wanted, NULL, 0);
	sandbox_stop(later);
	assert_non_null(t->sb);
}

static void only_a_whole_green_is_green(void **state)
{
	struct state *t = *state;
	static const char *const no[] = {
		"{\"executed\":false,\"problem\":\"x\"}\n",
		"{\"executed\":true,\"total\":0,\"passed\":0,\"failed\":0,\"problem\":null}\n",
		"{\"executed\":true,\"total\":2,\"passed\":1,\"failed\":1,\"problem\":null}\n",
		"{\"executed\":true,\"total\":2,\"passed\":1,\"failed\":0,\"problem\":null}\n",
		"{\"executed\":true,\"total\":1,\"passed\":1,\"failed\":0,\"problem\":\"x\"}\n",
		"{\"executed\":false,\"total\":1,\"passed\":1,\"failed\":0,\"problem\":null}\n",
	};
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(sandbox_green(sandbox_report(t->a, no[i], strlen(no[i]), &e)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(report_says_what_ran_and_where, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_jobs_than_slots_wait_and_all_arrive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_report_does_not_wait_for_another_job, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_size_set_arrives_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hostile_sets_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_parser_bomb_is_no_green, set_up, tear_down),
		cmocka_unit_test_setup_teardown(more_tests_than_allowed_is_a_problem, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_daemon_does_not_outlive_its_test, set_up, tear_down),
		cmocka_unit_test_setup_teardown(closing_the_pipe_cancels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stopping_ends_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(death_of_the_runner_ends_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leftovers_of_the_dead_go_the_living_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sandboxes_half_made_by_the_dead_are_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(death_of_the_helper_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(half_a_report_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_a_whole_green_is_green, set_up, tear_down),
	};

	crypt_init();
	suite_need_sandbox();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
