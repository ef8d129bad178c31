/* SPDX-License-Identifier: MIT */
#include "sandbox/box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "sandbox/args.h"
#include "sandbox/filter.h"

enum { FD_NULL, FD_OUT, FD_ERR, FD_RESULT, FD_PROOF, FD_ARGS, FD_FILTER, FDS };

#define BOXES_MAX 64
#define WATCH_MS 100

static void limit(int what, int64_t value)
{
	struct rlimit r = { .rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value };
	if (setrlimit(what, &r) != 0)
		_exit(126);
}

/* In the child: only calls that are safe after a fork, then bubblewrap. */
static void become(const struct box_spec *s, pid_t parent, const int fds[FDS], const char *const *argv)
{
	static char *const no_environment[] = { NULL };
	sigset_t none;
	int high[FDS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	for (int i = 0; i < FDS; i++)
		if ((high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FDS)) < 0)
			_exit(126);
	for (int i = 0; i < FDS; i++)
		if (dup2(high[i], i) < 0)
			_exit(126);
	if (close_range(FDS, ~0U, 0) != 0)
		_exit(126);
	for (int signal_no = 1; signal_no < NSIG; signal_no++)
		signal(signal_no, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	limit(RLIMIT_CPU, s->limits.test_s + 1);
	limit(RLIMIT_AS, s->limits.memory_mb << 20);
	limit(RLIMIT_FSIZE, s->limits.disk_mb << 20);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_MSGQUEUE, 0);
	execve(BWRAP, (char *const *)argv, no_environment);
	_exit(127);
}

static bool make_pipe(int ends[2], bool our_write)
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	return our_write || fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static void close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/*
 * It runs under a name that says who started it, for kill_orphans().
 * The limit of processes is set inside, by prlimit: a user namespace counts its own
 * processes there, while out here it would count all of the service user's.
 */
static size_t command(const struct box_spec *s, char name[40], char nproc[40], const char **argv, size_t max)
{
	static const char *const start[] = { "--args", "5", "--", "/usr/bin/prlimit" };
	size_t n = 0;

	snprintf(name, 40, BOX_NAME "%d", (int)getpid());
	argv[n++] = name;
	snprintf(nproc, 40, "--nproc=%lld:%lld",
		 (long long)s->limits.processes, (long long)s->limits.processes);
	for (size_t i = 0; i < sizeof(start) / sizeof(*start); i++)
		argv[n++] = start[i];
	argv[n++] = nproc;
	argv[n++] = "--";
	for (size_t i = 0; s->argv[i] && n < max - 1; i++)
		argv[n++] = s->argv[i];
	argv[n] = NULL;
	return n;
}

bool box_start(struct box *b, const struct box_spec *s, struct err *e)
{
	int out[2] = { -1, -1 }, result[2] = { -1, -1 }, proof[2] = { -1, -1 };
	int fds[FDS] = { -1, -1, -1, -1, -1, -1, -1 };
	const char *argv[32];
	char name[40], nproc[40];
	pid_t parent = getpid();

	memset(b, 0, sizeof(*b));
	b->pid = b->pidfd = b->log_fd = b->result_fd = -1;
	sandbox_log_init(&b->log, s->log_max);
	buf_init(&b->result, s->result_max);
	random_uuid(b->proof);
	command(s, name, nproc, argv, sizeof(argv) / sizeof(*argv));

	fds[FD_ARGS] = sandbox_args(s, FD_FILTER, e);
	if (fds[FD_ARGS] < 0)
		goto out;
	fds[FD_FILTER] = sandbox_filter(e);
	if (fds[FD_FILTER] < 0)
		goto out;
	fds[FD_NULL] = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fds[FD_NULL] < 0 || !make_pipe(out, false) || !make_pipe(result, false) ||
	    !make_pipe(proof, true) ||
	    write(proof[1], b->proof, BOX_PROOF_CHARS) != BOX_PROOF_CHARS) {
		err_set(e, ERR_UNAVAILABLE, "no descriptors for a sandbox: %s", strerror(errno));
		goto out;
	}
	fds[FD_OUT] = fds[FD_ERR] = out[1];
	fds[FD_RESULT] = result[1];
	fds[FD_PROOF] = proof[0];
	b->started_ms = clock_mono_ms();
	b->deadline_ms = b->started_ms + s->limits.test_s * 1000;
	b->memory_bytes = s->limits.memory_mb << 20;
	b->pid = fork();
	if (b->pid == 0)
		become(s, parent, fds, argv);
	if (b->pid < 0 || (b->pidfd = pidfd_open(b->pid, 0)) < 0) {
		err_set(e, ERR_UNAVAILABLE, "no process for a sandbox: %s", strerror(errno));
		goto out;
	}
	b->log_fd = out[0];
	b->result_fd = result[0];
	out[0] = result[0] = -1;
out:
	close_all(out, 2);
	close_all(result, 2);
	close_all(proof, 2);
	close_all(&fds[FD_ARGS], 2);
	if (fds[FD_NULL] >= 0)
		close(fds[FD_NULL]);
	return b->result_fd >= 0;
}

/* Reads what is there now; closes at the end. At most 1 MiB a call, so that a
   flood on one descriptor cannot hold up the limits of the others. */
static void drain(struct box *b, int *fd, bool is_log)
{
	static char chunk[64 << 10];

	for (int i = 0; i < 16 && *fd >= 0; i++) {
		ssize_t n = read(*fd, chunk, sizeof(chunk));
		if (n > 0 && is_log)
			sandbox_log_add(&b->log, chunk, (size_t)n);
		else if (n > 0)
			buf_add(&b->result, chunk, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			close(*fd);
			*fd = -1;
		} else
			return;
	}
}

static void reap(struct box *b)
{
	int status = 0;

	waitpid(b->pid, &status, 0);
	b->pid = -1;
	b->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	b->seconds = (double)(clock_mono_ms() - b->started_ms) / 1000.0;
}

static void end(struct box *b, enum box_end how)
{
	if (how != BOX_EXITED)
		kill(b->pid, SIGKILL);
	reap(b);
	drain(b, &b->log_fd, true);
	drain(b, &b->result_fd, false);
	b->end = how;
}

static void check(struct box *b, bool exited, bool look)
{
	if (exited)
		end(b, BOX_EXITED);
	else if (clock_mono_ms() >= b->deadline_ms)
		end(b, BOX_TIMEOUT);
	else if (look && tree_memory(b->pid) > b->memory_bytes)
		end(b, BOX_MEMORY);
}

void box_poll(struct box *const *boxes, size_t count, int max_ms)
{
	static int64_t looked_ms;
	struct pollfd fds[BOXES_MAX * 3];
	pid_t alive[BOXES_MAX];
	size_t alive_count = 0;
	int wait = max_ms < WATCH_MS ? max_ms : WATCH_MS;
	bool look;

	for (size_t i = 0; i < count; i++) {
		bool running = boxes[i]->end == BOX_RUNNING;
		fds[i * 3] = (struct pollfd){ running ? boxes[i]->pidfd : -1, POLLIN, 0 };
		fds[i * 3 + 1] = (struct pollfd){ running ? boxes[i]->log_fd : -1, POLLIN, 0 };
		fds[i * 3 + 2] = (struct pollfd){ running ? boxes[i]->result_fd : -1, POLLIN, 0 };
	}
	if (poll(fds, (nfds_t)(count * 3), wait) < 0)
		return;
	look = clock_mono_ms() - looked_ms >= WATCH_MS;
	if (look)
		looked_ms = clock_mono_ms();
	for (size_t i = 0; i < count; i++) {
		struct box *b = boxes[i];
		if (b->end != BOX_RUNNING)
			continue;
		if (fds[i * 3 + 1].revents)
			drain(b, &b->log_fd, true);
		if (fds[i * 3 + 2].revents)
			drain(b, &b->result_fd, false);
		check(b, fds[i * 3].revents != 0, look);
		if (b->end == BOX_RUNNING)
			alive[alive_count++] = b->pid;
	}
	kill_strays(alive, alive_count);
}

void box_release(struct box *b)
{
	if (b->pid > 0) {
		kill(b->pid, SIGKILL);
		reap(b);
	}
	close_all((int[]){ b->pidfd, b->log_fd, b->result_fd }, 3);
	b->pidfd = b->log_fd = b->result_fd = -1;
	sandbox_log_release(&b->log);
	buf_release(&b->result);
}
