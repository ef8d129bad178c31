/* SPDX-License-Identifier: MIT */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/json.h"
#include "sandbox/helper.h"
#include "sandbox/job.h"

#define STOP_MS 8000

struct sandbox {
	pid_t helper;
	int socket;
	struct sandbox_limits limits;
};

extern char **environ;

/* Keys may have come by the environment; what runs below the helper must not find
   them even in its memory. */
static void wipe_environment(void)
{
	for (char **at = environ; at && *at; at++)
		explicit_bzero(*at, strlen(*at));
	clearenv();
}

static void serve(const struct sandbox_settings *given, int socket, pid_t parent)
{
	struct sandbox_settings s = *given;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_DUMPABLE, 0);
	/* Nothing that the runner had open goes along but the error output. */
	if (dup2(socket, 3) < 0 || close_range(4, ~0U, 0) != 0 || fcntl(3, F_SETFD, FD_CLOEXEC) != 0)
		_exit(1);
	wipe_environment();
	_exit(helper_serve(&s, 3));
}

static bool copy_settings(struct sandbox_settings *to, const struct sandbox_settings *from, struct err *e)
{
	*to = *from;
	/* bubblewrap would read a relative path from another folder. */
	to->data_dir = realpath(from->data_dir, NULL);
	to->state_dir = from->state_dir[0] == '/' ? strdup(from->state_dir) : realpath(from->state_dir, NULL);
	if (!to->data_dir)
		return err_set(e, ERR_UNAVAILABLE, "%s: %s", from->data_dir, strerror(errno));
	if (!to->state_dir)
		return err_set(e, ERR_UNAVAILABLE, "%s: %s", from->state_dir, strerror(errno));
	return true;
}

struct sandbox_settings sandbox_settings_of(const struct config *c)
{
	return (struct sandbox_settings){
		.data_dir = c->data_dir, .state_dir = c->state_dir, .jobs = c->runner_sandboxes,
		.limits = {
			.wall_s = c->sandbox_wall_s, .memory_mb = c->sandbox_memory_mb,
			.processes = c->sandbox_processes, .disk_mb = c->sandbox_disk_mb,
		},
	};
}

struct sandbox *sandbox_start(const struct sandbox_settings *given, struct err *e)
{
	struct sandbox_settings s;
	struct sandbox *sb = NULL;
	int ends[2];
	pid_t parent = getpid(), pid;

	if (geteuid() == 0) {
		err_set(e, ERR_FORBIDDEN,
			"the sandbox must not run as root: start the runner as a service user of its own");
		return NULL;
	}
	if (!copy_settings(&s, given, e))
		goto out;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		err_set(e, ERR_UNAVAILABLE, "no socket for the sandbox helper: %s", strerror(errno));
		goto out;
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		serve(&s, ends[1], parent);
	}
	close(ends[1]);
	if (pid < 0 || !(sb = calloc(1, sizeof(*sb)))) {
		err_set(e, ERR_UNAVAILABLE, "no process for the sandbox helper: %s", strerror(errno));
		close(ends[0]);
		goto out;
	}
	*sb = (struct sandbox){ .helper = pid, .socket = ends[0], .limits = s.limits };
out:
	free((char *)s.data_dir);
	free((char *)s.state_dir);
	return sb;
}

void sandbox_stop(struct sandbox *sb)
{
	if (!sb)
		return;
	close(sb->socket);
	for (int waited = 0; waitpid(sb->helper, NULL, WNOHANG) == 0; waited += 10) {
		if (waited >= STOP_MS) {
			kill(sb->helper, SIGKILL);
			waitpid(sb->helper, NULL, 0);
			break;
		}
		poll(NULL, 0, 10);
	}
	free(sb);
}

int sandbox_watch_fd(const struct sandbox *sb)
{
	return sb->socket;
}

static bool send_job(int socket, int packed, int reply, struct err *e)
{
	union {
		char space[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	char byte = 'J';
	struct iovec iov = { &byte, 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[2] = { packed, reply };

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	if (sendmsg(socket, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		return true;
	if (errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS)
		return err_set(e, ERR_UNAVAILABLE, "too many suites are waiting for a sandbox");
	return err_set(e, ERR_UNAVAILABLE, "the sandbox helper has ended: start the runner anew");
}

static bool limits_valid(const struct sandbox_limits *l, struct err *e)
{
	if (l->wall_s < 1 || l->wall_s > 86400 || l->test_s < 0 || l->test_s > 86400 || l->memory_mb < 16 ||
	    l->memory_mb > 1 << 20 || l->processes < 1 || l->processes > 65536 || l->disk_mb < 1 ||
	    l->disk_mb > 1 << 20)
		return err_set(e, ERR_INVALID, "a limit of the sandbox is out of its bounds");
	return true;
}

bool sandbox_submit(struct sandbox *sb, const struct file_item *files, size_t count,
		    const struct sandbox_limits *limits, int *fd, struct err *e)
{
	int ends[2] = { -1, -1 }, packed = -1;
	bool ok = false;

	*fd = -1;
	if (!limits)
		limits = &sb->limits;
	if (!limits_valid(limits, e) || !fileset_valid(files, count, e))
		return false;
	packed = job_pack(files, count, limits, e);
	if (packed < 0)
		return false;
	if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
		err_set(e, ERR_UNAVAILABLE, "no pipe for a sandbox: %s", strerror(errno));
	else
		ok = send_job(sb->socket, packed, ends[1], e);
	close(packed);
	if (ends[1] >= 0)
		close(ends[1]);
	if (ok)
		*fd = ends[0];
	else if (ends[0] >= 0)
		close(ends[0]);
	return ok;
}

struct json_object *sandbox_report(struct arena *a, const char *s, size_t n, struct err *e)
{
	struct json_object *report = NULL;

	if (n > 0 && s[n - 1] == '\n')
		report = json_parse(a, s, n, e);
	if (!report)
		err_set(e, ERR_UNAVAILABLE, "the sandbox ended without a report");
	return report;
}

bool sandbox_green(struct json_object *report)
{
	return json_get_bool(report, "executed", false) && json_get_int(report, "total", 0) > 0 &&
	       json_get_int(report, "failed", -1) == 0 && !json_get(report, "problem") &&
	       json_get_int(report, "passed", -1) == json_get_int(report, "total", 0);
}
