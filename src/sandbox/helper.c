/* SPDX-License-Identifier: MIT */
#include "sandbox/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "sandbox/box.h"
#include "sandbox/job.h"
#include "sandbox/scratch.h"

struct slot {
	pid_t pid; /* 0: waiting */
	int packed, reply;
	char *dir;
};

struct helper {
	struct arena *a;
	const struct sandbox_settings *s;
	int socket, signals, lock;
	const char *scratch;
	char what[256];
	bool ready; /* a sandbox was seen to start here */
	struct slot slots[HELPER_JOBS]; /* in order of arrival */
	size_t count;
	unsigned made;
};

/* The other end may be gone, or be slow: the report must be whole or be nothing. */
static void answer(int fd, const struct buf *report)
{
	size_t done = 0;

	while (done < report->len) {
		ssize_t n = write(fd, report->data + done, report->len - done);
		if (n < 0 && errno != EINTR)
			return;
		done += n > 0 ? (size_t)n : 0;
	}
}

static void refuse(int fd, const char *problem)
{
	struct buf report;

	buf_init(&report, 4096);
	job_refuse(problem, &report);
	answer(fd, &report);
	buf_release(&report);
}

static void drop(struct helper *h, size_t i)
{
	struct slot *s = &h->slots[i];
	struct err e = { 0 };

	close(s->packed);
	close(s->reply);
	if (s->dir && !dir_remove_all(s->dir, &e))
		log_warn("a sandbox's scratch stays: %s", e.msg);
	h->count--;
	memmove(s, s + 1, (h->count - i) * sizeof(*s));
}

/* A process per suite: what a suite does to it ends with it. */
static void run_in_child(struct helper *h, struct slot *mine, pid_t parent)
{
	struct buf report;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	close(h->socket);
	close(h->signals);
	/* Another job's pipe, held open here, would keep its reader waiting. */
	for (size_t i = 0; i < h->count; i++)
		if (&h->slots[i] != mine) {
			close(h->slots[i].packed);
			close(h->slots[i].reply);
		}
	buf_init(&report, SANDBOX_REPORT_BYTES);
	job_run(h->s, h->what, mine->dir, mine->packed, &report);
	answer(mine->reply, &report);
	_exit(0);
}

/* What is wrong may be mended while the helper lives, so it looks again each time. */
static bool is_ready(struct helper *h, struct err *e)
{
	if (!h->ready)
		h->ready = sandbox_probe(h->s, h->what, e);
	return h->ready;
}

static void begin(struct helper *h, size_t i)
{
	struct slot *s = &h->slots[i];
	struct err e = { 0 };
	pid_t parent = getpid();

	if (!is_ready(h, &e)) {
		refuse(s->reply, e.msg);
		drop(h, i);
		return;
	}
	s->dir = arena_printf(h->a, "%s/%u", h->scratch, ++h->made);
	if (!dir_make_all(s->dir, 0700, &e)) {
		refuse(s->reply, e.msg);
		drop(h, i);
		return;
	}
	s->pid = fork();
	if (s->pid == 0)
		run_in_child(h, s, parent);
	if (s->pid < 0) {
		s->pid = 0;
		refuse(s->reply, "there is no process for another sandbox");
		drop(h, i);
	}
}

static void begin_waiting(struct helper *h)
{
	for (size_t i = 0; i < h->count;) {
		size_t running = 0, before = h->count;
		for (size_t k = 0; k < h->count; k++)
			running += h->slots[k].pid != 0;
		if (running >= (size_t)h->s->jobs)
			return;
		if (h->slots[i].pid == 0)
			begin(h, i);
		if (h->count == before)
			i++;
	}
}

/* One message; false when the runner is gone. */
static bool accept_job(struct helper *h)
{
	union {
		char space[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(h->socket, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	int fds[2];

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return false;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fds)))
		return true;
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	if (h->count == HELPER_JOBS) {
		refuse(fds[1], "too many suites are waiting for a sandbox");
		close(fds[0]);
		close(fds[1]);
		return true;
	}
	h->slots[h->count++] = (struct slot){ .packed = fds[0], .reply = fds[1] };
	return true;
}

static void reap(struct helper *h)
{
	pid_t known[HELPER_JOBS], pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < h->count; i++)
			if (h->slots[i].pid == pid) {
				drop(h, i);
				break;
			}
	for (size_t i = 0; i < h->count; i++)
		known[i] = h->slots[i].pid;
	/* The trees of a job that was killed have come to us. */
	kill_strays(known, h->count);
}

/* A reader that closed its end wants no report any more. */
static void cancel_abandoned(struct helper *h, const struct pollfd *fds)
{
	for (size_t i = h->count; i-- > 0;) {
		if (!(fds[i].revents & (POLLERR | POLLHUP)))
			continue;
		if (h->slots[i].pid)
			kill(h->slots[i].pid, SIGKILL);
		else
			drop(h, i);
	}
}

static void end_all(struct helper *h)
{
	int64_t until = clock_mono_ms() + 5000;
	struct err e = { 0 };

	while (kill_strays(NULL, 0) > 0 && clock_mono_ms() < until)
		poll(NULL, 0, 10);
	if (!dir_remove_all(h->scratch, &e))
		log_warn("the sandboxes' scratch stays: %s", e.msg);
}

static bool turn(struct helper *h)
{
	struct pollfd fds[HELPER_JOBS + 2];
	struct signalfd_siginfo info;
	size_t n = h->count;

	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){ h->slots[i].reply, 0, 0 };
	fds[n] = (struct pollfd){ h->socket, POLLIN, 0 };
	fds[n + 1] = (struct pollfd){ h->signals, POLLIN, 0 };
	if (poll(fds, (nfds_t)(n + 2), 1000) < 0)
		return errno == EINTR;
	cancel_abandoned(h, fds);
	if (fds[n].revents && !accept_job(h))
		return false;
	while (read(h->signals, &info, sizeof(info)) == sizeof(info))
		;
	reap(h);
	begin_waiting(h);
	return true;
}

int helper_serve(const struct sandbox_settings *s, int socket)
{
	static struct helper h;
	struct err e = { 0 };
	sigset_t child;

	h.s = s;
	h.socket = socket;
	h.a = arena_new(0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_SETMASK, &child, NULL);
	h.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	h.scratch = scratch_open(h.a, s->state_dir, &h.lock, &e);
	if (h.signals < 0 || !h.scratch) {
		log_error("the sandbox helper cannot start: %s", h.scratch ? strerror(errno) : e.msg);
		return 1;
	}
	kill_orphans();
	while (turn(&h))
		;
	end_all(&h);
	close(h.lock);
	arena_free(h.a);
	return 0;
}
