/* SPDX-License-Identifier: MIT */
#include "http/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"

/* nginx answers 502 at once when the backlog of a unix socket is full. */
#define BACKLOG 4096

static bool address_of(const char *path, struct sockaddr_un *out, struct err *e)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!*path || strlen(path) >= sizeof(out->sun_path))
		return err_set(e, ERR_INVALID, "the socket's path must have 1 to %zu bytes: %s",
			       sizeof(out->sun_path) - 1, path);
	memcpy(out->sun_path, path, strlen(path));
	return true;
}

static bool make_room(const char *path, const struct sockaddr_un *addr, struct err *e)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return errno == ENOENT || err_set(e, ERR_INTERNAL, "cannot look at %s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFLICT, "%s is there already and is not a socket; remove it", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, ERR_INTERNAL, "no socket: %s", strerror(errno));
	bool served = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0;
	int why = errno;
	close(fd);
	if (served)
		return err_set(e, ERR_CONFLICT, "another program serves %s already; stop it first", path);
	if (why != ECONNREFUSED)
		return err_set(e, ERR_INTERNAL, "cannot tell whether %s is served: %s", path, strerror(why));
	return unlink(path) == 0 || err_set(e, ERR_INTERNAL, "cannot remove %s: %s", path, strerror(errno));
}

int listen_at(const char *path, struct err *e)
{
	struct sockaddr_un addr;
	if (!address_of(path, &addr, e) || !make_room(path, &addr, e))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t old = umask(0117);
	bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 && listen(fd, BACKLOG) == 0;
	int why = errno;
	umask(old);
	if (ok)
		return fd;
	if (fd >= 0)
		close(fd);
	err_set(e, ERR_INTERNAL, "cannot listen at %s: %s", path, strerror(why));
	return -1;
}
