/* SPDX-License-Identifier: MIT */
#include "sandbox/job.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "sandbox/box.h"
#include "sandbox/report.h"
#include "sandbox/scratch.h"

#define AT_ONCE_MAX 16
#define LIST_SECONDS 30
#define GRACE_SECONDS 60
#define LIST_BYTES ((size_t)1 << 20)
#define TICK_MS 100

struct job {
	struct arena *a;
	struct suite suite;
	struct sandbox_limits limits;
	const char *app, *harness;
	int64_t deadline_ms;
};

static int64_t seconds_left(const struct job *j)
{
	int64_t left = j->deadline_ms - clock_mono_ms();
	return left > 0 ? (left + 999) / 1000 : 0;
}

/* The last line of a log: why a program that says little failed. */
static const char *last_line(struct arena *a, const struct box *b)
{
	struct buf text;
	char *s, *cut;

	buf_init(&text, 64 << 10);
	sandbox_log_text(&b->log, &text);
	s = arena_strndup(a, buf_str(&text), text.len);
	buf_release(&text);
	while (*s && s[strlen(s) - 1] == '\n')
		s[strlen(s) - 1] = '\0';
	cut = strrchr(s, '\n');
	s = cut ? cut + 1 : s;
	return strlen(s) > 300 ? arena_strndup(a, s, 300) : s;
}

static bool list_tests(struct job *j, struct err *e)
{
	static const char *const argv[] = {
		"/usr/bin/python3", "-I", "-S", "-B", "/harness/python/list.py", NULL
	};
	struct box_spec spec = {
		.harness = j->harness, .app = j->app, .argv = argv, .limits = j->limits,
		.result_max = LIST_BYTES, .log_max = 8 << 10,
	};
	struct box b, *list = &b;
	bool ok = false;

	spec.limits.test_s = seconds_left(j) < LIST_SECONDS ? seconds_left(j) : LIST_SECONDS;
	if (!box_start(&b, &spec, e))
		goto out;
	while (b.end == BOX_RUNNING)
		box_poll(&list, 1, TICK_MS);
	if (b.end != BOX_EXITED)
		err_set(e, ERR_INVALID, "the test files cannot be listed within %lld s and %lld MB",
			(long long)spec.limits.test_s, (long long)j->limits.memory_mb);
	else if (b.status != 0)
		err_set(e, ERR_INVALID, "the test files cannot be listed: %s", last_line(j->a, &b));
	else if (!buf_ok(&b.result))
		err_set(e, ERR_TOO_LARGE, "the list of tests is too long");
	else
		ok = suite_read(j->a, &j->suite, buf_str(&b.result), b.result.len, e);
out:
	box_release(&b);
	return ok;
}

static bool start_test(struct job *j, const struct suite_test *t, struct box *b, struct err *e)
{
	const char *argv[] = {
		"/usr/bin/python3", "-I", "-B", "/harness/python/run.py",
		t->argv[0], t->argv[1], t->argv[2], NULL
	};
	struct box_spec spec = {
		.harness = j->harness, .app = j->app, .argv = argv, .limits = j->limits,
		.result_max = 256, .log_max = SANDBOX_LOG_BYTES,
	};
	int64_t left = seconds_left(j);

	if (spec.limits.test_s == 0 || spec.limits.test_s > left)
		spec.limits.test_s = left;
	return box_start(b, &spec, e);
}

/* The next test to run from `at` on, giving up those for which no time is left. */
static size_t next_test(struct job *j, size_t at)
{
	for (; at < j->suite.count; at++) {
		struct suite_test *t = &j->suite.tests[at];
		if (t->outcome)
			continue;
		if (seconds_left(j) > 0)
			break;
		t->outcome = "timeout";
		t->log = "[not begun: the suite was over its time]";
	}
	return at;
}

static void run_tests(struct job *j, size_t at_once)
{
	struct box boxes[AT_ONCE_MAX], *list[AT_ONCE_MAX];
	struct suite_test *tests[AT_ONCE_MAX];
	size_t running = 0, next = 0;
	struct err e = { 0 };

	for (size_t i = 0; i < AT_ONCE_MAX; i++)
		list[i] = &boxes[i];
	for (;;) {
		while (running < at_once && (next = next_test(j, next)) < j->suite.count) {
			struct suite_test *t = &j->suite.tests[next++];
			if (!start_test(j, t, list[running], &e)) {
				box_release(list[running]);
				t->outcome = "error";
				t->log = arena_strdup(j->a, e.msg);
				continue;
			}
			tests[running++] = t;
		}
		if (running == 0)
			return;
		box_poll(list, running, TICK_MS);
		for (size_t i = 0; i < running;) {
			struct box *b = list[i];
			if (b->end == BOX_RUNNING) {
				i++;
				continue;
			}
			suite_judge(j->a, &j->suite, tests[i], b);
			box_release(b);
			running--;
			list[i] = list[running];
			list[running] = b;
			tests[i] = tests[running];
		}
	}
}

/* What a killed tree leaves behind dies in its own time; nothing of it may remain. */
static void wait_for_strays(void)
{
	int64_t until = clock_mono_ms() + 5000;

	while (kill_strays(NULL, 0) > 0 && clock_mono_ms() < until)
		box_poll(NULL, 0, 10);
}

void job_refuse(const char *problem, struct buf *report)
{
	buf_clear(report);
	buf_adds(report, "{\"executed\":false,\"problem\":");
	json_write_str(report, problem, strlen(problem));
	buf_adds(report, "}\n");
}

void job_run(const struct sandbox_settings *s, const char *what, const char *dir, int packed,
	     struct buf *report)
{
	struct job j = { .a = arena_new(0) };
	struct file_item *files;
	size_t count, at_once = s->tests_at_once > 0 ? (size_t)s->tests_at_once : 2;
	int64_t started = clock_mono_ms();
	struct err e = { 0 };

	if (at_once > AT_ONCE_MAX)
		at_once = AT_ONCE_MAX;
	j.app = path_join(j.a, dir, "app");
	j.harness = path_join(j.a, s->data_dir, "harness");
	j.suite.started_ms = clock_wall_ms();
	j.suite.sandbox = what;
	if (!job_unpack(j.a, packed, &files, &count, &j.limits, &e) ||
	    !scratch_write(j.app, files, count, &e)) {
		job_refuse(e.msg, report);
		goto out;
	}
	j.deadline_ms = started + j.limits.wall_s * 1000;
	/* Should this process itself hang, it ends, and with it every sandbox of it. */
	alarm((unsigned)j.limits.wall_s + GRACE_SECONDS);
	j.suite.files_sha256 = fileset_sha256(j.a, files, count);
	if (!list_tests(&j, &e)) {
		j.suite.problem = arena_strdup(j.a, e.msg);
		j.suite.count = 0;
	} else if (j.suite.count == 0) {
		j.suite.problem =
			"there are no tests: no tests/test_*.py has a unittest.TestCase with a test method";
	} else {
		run_tests(&j, at_once);
	}
	wait_for_strays();
	j.suite.seconds = (double)(clock_mono_ms() - started) / 1000.0;
	suite_write(&j.suite, report);
	if (!buf_ok(report))
		job_refuse("the report on the tests is too long", report);
out:
	alarm(0);
	arena_free(j.a);
}
