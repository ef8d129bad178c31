/* SPDX-License-Identifier: MIT */
#include "runner/ahead.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "sandbox/sandbox.h"

struct told {
	char data_dir[PATH_MAX], state_dir[PATH_MAX];
	struct sandbox_settings settings; /* its pointers mean nothing here */
	struct err e;
};

static void tell(const char *config_path, int fd)
{
	struct arena *a = arena_new(0);
	struct told t;

	memset(&t, 0, sizeof(t));
	struct config *c = config_load(a, config_path, &t.e);
	if (c) {
		snprintf(t.data_dir, sizeof(t.data_dir), "%s", c->data_dir);
		snprintf(t.state_dir, sizeof(t.state_dir), "%s", c->state_dir);
		t.settings = sandbox_settings_of(c);
	}
	for (size_t at = 0; at < sizeof(t);) {
		ssize_t n = write(fd, (char *)&t + at, sizeof(t) - at);
		if (n <= 0 && errno != EINTR)
			_exit(1);
		at += n > 0 ? (size_t)n : 0;
	}
	_exit(0);
}

bool ahead_settings(struct arena *a, const char *config_path, struct sandbox_settings *out, struct err *e)
{
	struct told *t = arena_alloc(a, sizeof(*t));
	size_t at = 0;
	ssize_t n = 0;
	int fds[2];

	if (pipe(fds) != 0)
		return err_set(e, ERR_INTERNAL, "no pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[0]);
		tell(config_path, fds[1]);
	}
	close(fds[1]);
	while (pid > 0 && at < sizeof(*t)) {
		n = read(fds[0], (char *)t + at, sizeof(*t) - at);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	close(fds[0]);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	if (pid < 0 || at < sizeof(*t))
		return err_set(e, ERR_INTERNAL, "the configuration could not be read ahead of time");
	if (t->e.class != ERR_NONE) {
		*e = t->e;
		return false;
	}
	*out = t->settings;
	out->data_dir = t->data_dir;
	out->state_dir = t->state_dir;
	return true;
}
