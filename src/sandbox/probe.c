/* SPDX-License-Identifier: MIT */
/*
 * Starts one sandbox to see whether it can. In a process of its own, since a box
 * wants to be a subreaper with no other children.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "sandbox/args.h"
#include "sandbox/box.h"

#define PROBE_SECONDS 10

struct answer {
	struct err e;
	char what[256];
};

static void version(char out[64])
{
	int ends[2];
	ssize_t n = 0;
	pid_t pid;

	snprintf(out, 64, "bubblewrap");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		static const char *const argv[] = { BWRAP, "--version", NULL };
		static char *const no_environment[] = { NULL };
		dup2(ends[1], 1);
		execve(BWRAP, (char *const *)argv, no_environment);
		_exit(127);
	}
	close(ends[1]);
	if (pid > 0) {
		n = read(ends[0], out, 63);
		waitpid(pid, NULL, 0);
	}
	close(ends[0]);
	if (n > 0) {
		out[n] = '\0';
		out[strcspn(out, "\n")] = '\0';
	}
}

static bool here(const char *path, int how, const char *advice, struct err *e)
{
	if (access(path, how) == 0)
		return true;
	return err_set(e, ERR_UNAVAILABLE, "%s cannot be used (%s): %s", path, strerror(errno), advice);
}

static bool needs_met(const struct sandbox_settings *s, char *harness, size_t size, struct err *e)
{
	char path[4096 + 32], *real = realpath(s->data_dir, NULL);

	if (!real)
		return err_set(e, ERR_UNAVAILABLE, "%s: %s", s->data_dir, strerror(errno));
	snprintf(harness, size, "%s/harness", real);
	snprintf(path, sizeof(path), "%.4000s/python/run.py", harness);
	free(real);
	return here(BWRAP, X_OK, "install the package bubblewrap", e) &&
	       here("/usr/bin/python3", X_OK, "install the package python3", e) &&
	       here("/usr/bin/prlimit", X_OK, "install the package util-linux", e) &&
	       here(path, R_OK,
		    "the setting data_dir must name BotArmy's data folder, readable by this user", e);
}

static bool explain(const struct box *b, struct err *e)
{
	struct buf text;
	const char *said;

	buf_init(&text, 8 << 10);
	sandbox_log_text(&b->log, &text);
	said = buf_str(&text);
	if (b->end != BOX_EXITED)
		err_set(e, ERR_UNAVAILABLE, "a sandbox did not start within %d seconds", PROBE_SECONDS);
	else if (strstr(said, "namespace") || strstr(said, "uid map") ||
		 strstr(said, "Operation not permitted"))
		err_set(e, ERR_UNAVAILABLE,
			"this machine does not let ordinary users make namespaces, which the sandbox needs "
			"(sysctl user.max_user_namespaces and kernel.unprivileged_userns_clone, or the "
			"policy of the container it runs in): %.200s", said);
	else
		err_set(e, ERR_UNAVAILABLE, "a sandbox cannot start: %.300s",
			*said ? said : "it said nothing");
	e->msg[strcspn(e->msg, "\n")] = '\0';
	buf_release(&text);
	return false;
}

static bool try_one(const struct sandbox_settings *s, char what[256], struct err *e)
{
	static const char *const argv[] = { "/usr/bin/python3", "-I", "-S", "-c", "print('ready')", NULL };
	char harness[4096 + 16], name[64];
	struct box_spec spec = {
		.harness = harness, .argv = argv, .limits = s->limits, .result_max = 1, .log_max = 4096,
	};
	struct box b, *list = &b;
	struct buf said;
	bool ok;

	if (!needs_met(s, harness, sizeof(harness), e))
		return false;
	spec.limits.test_s = PROBE_SECONDS;
	ok = box_start(&b, &spec, e);
	if (ok) {
		while (b.end == BOX_RUNNING)
			box_poll(&list, 1, 100);
		buf_init(&said, 8 << 10);
		sandbox_log_text(&b.log, &said);
		ok = b.end == BOX_EXITED && b.status == 0 && strcmp(buf_str(&said), "ready\n") == 0;
		buf_release(&said);
		if (!ok)
			explain(&b, e);
	}
	box_release(&b);
	version(name);
	snprintf(what, 256,
		 "%s; own user, pid, network, mount and ipc namespaces; system call filter; "
		 "%lld MB memory a process, a tree's watched (best effort); "
		 "%lld processes, %lld MB disk, %lld s",
		 name, (long long)s->limits.memory_mb, (long long)s->limits.processes,
		 (long long)s->limits.disk_mb, (long long)s->limits.wall_s);
	return ok;
}

static void try_in_child(const struct sandbox_settings *s, int fd, pid_t parent)
{
	struct answer a;

	memset(&a, 0, sizeof(a));
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGCHLD, SIG_DFL);
	try_one(s, a.what, &a.e);
	_exit(write(fd, &a, sizeof(a)) == (ssize_t)sizeof(a) ? 0 : 1);
}

bool sandbox_probe(const struct sandbox_settings *s, char what[256], struct err *e)
{
	struct answer a;
	int ends[2];
	pid_t parent = getpid(), pid;
	ssize_t n = -1;

	if (geteuid() == 0)
		return err_set(e, ERR_FORBIDDEN,
			       "the sandbox must not run as root: use a service user of its own");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(e, ERR_UNAVAILABLE, "no pipe for a sandbox: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		try_in_child(s, ends[1], parent);
	close(ends[1]);
	if (pid > 0) {
		do
			n = read(ends[0], &a, sizeof(a));
		while (n < 0 && errno == EINTR);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	if (n != (ssize_t)sizeof(a))
		return err_set(e, ERR_UNAVAILABLE, "the sandbox could not be tried: its process ended");
	if (a.e.class != ERR_NONE)
		return err_set(e, a.e.class, "%s", a.e.msg);
	if (what)
		memcpy(what, a.what, sizeof(a.what));
	return true;
}
