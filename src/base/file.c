/* SPDX-License-Identifier: MIT */
/* Whole files: read with a limit, written so that a crash leaves the old or the new. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

static enum err_class class_of(int error)
{
	return error == ENOENT || error == ENOTDIR ? ERR_NOT_FOUND : ERR_INTERNAL;
}

bool file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t size, n = 0;
	char *data = NULL;
	struct stat st;
	bool ok = false;

	if (fd < 0)
		return err_set(e, class_of(errno), "%s: cannot be opened: %m", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		err_set(e, ERR_INVALID, "%s: not a regular file", path);
		goto out;
	}
	if (st.st_size > 0 && (size_t)st.st_size > max)
		goto too_large;
	/* What /proc says of a size is 0; and a file may grow while it is read. */
	size = st.st_size > 0 ? (size_t)st.st_size + 1 : 4096;
	for (;;) {
		char *larger = realloc(data, size);
		ssize_t got;

		if (!larger) {
			err_set(e, ERR_UNAVAILABLE, "%s: no memory to read it", path);
			goto out;
		}
		data = larger;
		got = read(fd, data + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_set(e, ERR_INTERNAL, "%s: cannot be read: %m", path);
			goto out;
		}
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			goto too_large;
		if (n == size)
			size *= 2;
	}
	out->s = arena_strndup(a, data, n);
	out->len = n;
	ok = true;
	goto out;
too_large:
	err_set(e, ERR_TOO_LARGE, "%s: larger than the %zu bytes allowed", path, max);
out:
	free(data);
	close(fd);
	return ok;
}

static bool write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, data, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		data += put;
		n -= (size_t)put;
	}
	return true;
}

/* The rename itself lasts only once the folder is on disk. */
static void sync_folder(const char *path)
{
	char *copy = strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;
	int fd;

	if (!copy)
		return;
	if (slash)
		slash[slash == copy] = '\0';
	fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

bool file_write(const char *path, const void *data, size_t n, unsigned mode, struct err *e)
{
	char *temporary = NULL;
	bool ok = false;
	int fd = -1;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return err_set(e, ERR_UNAVAILABLE, "%s: no memory to write it", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err_set(e, class_of(errno), "%s: cannot be created: %m", path);
		goto out;
	}
	ok = fchmod(fd, mode) == 0 && write_all(fd, data, n) && fsync(fd) == 0 &&
	     rename(temporary, path) == 0;
	if (ok) {
		sync_folder(path);
	} else {
		err_set(e, ERR_INTERNAL, "%s: cannot be written: %m", path);
		unlink(temporary);
	}
	close(fd);
out:
	free(temporary);
	return ok;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	while (*name == '/')
		name++;
	return arena_printf(a, "%.*s%s%s", (int)n, dir, n == 0 || dir[n - 1] == '/' ? "" : "/", name);
}
