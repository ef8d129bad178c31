/* SPDX-License-Identifier: MIT */
/* Folders: listing, making, and removing trees that a hostile program filled. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

static bool is_dots(const char *name)
{
	return streq(name, ".") || streq(name, "..");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool dir_list(struct arena *a, const char *path, const char ***names, size_t *count, struct err *e)
{
	DIR *dir = opendir(path);
	const char **list = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;

	if (!dir)
		return err_set(e, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_INTERNAL,
			       "%s: cannot be listed: %m", path);
	while ((entry = readdir(dir))) {
		if (is_dots(entry->d_name))
			continue;
		if (n == room) {
			const char **larger = arena_array(a, room ? 2 * room : 16, sizeof(*larger));

			if (n)
				memcpy(larger, list, n * sizeof(*list));
			list = larger;
			room = room ? 2 * room : 16;
		}
		list[n++] = arena_strdup(a, entry->d_name);
	}
	closedir(dir);
	if (n)
		qsort(list, n, sizeof(*list), by_name);
	*names = list;
	*count = n;
	return true;
}

bool dir_make_all(const char *path, unsigned mode, struct err *e)
{
	char part[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;

	if (n == 0 || n >= sizeof(part))
		return err_set(e, ERR_INVALID, "a folder's path must have 1 to %d bytes", PATH_MAX - 1);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, mode) != 0) {
			int error = errno;

			/* EEXIST, or EROFS and the like above a folder that is there. */
			if (stat(part, &st) != 0 || !S_ISDIR(st.st_mode)) {
				errno = error;
				return err_set(e, ERR_INTERNAL, "%s: cannot be made: %m", part);
			}
		}
		if (i < n)
			part[i] = '/';
	}
	return true;
}

/* Opens a folder for emptying even if its maker took the rights away. */
static int open_folder(int at, const char *name)
{
	int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, O_RDONLY | flags);
	char self[40];
	int path_fd;

	if (fd >= 0 && faccessat(fd, ".", W_OK | X_OK, 0) == 0)
		return fd;
	if (fd < 0 && errno != EACCES)
		return -1;
	if (fd >= 0)
		close(fd);
	path_fd = openat(at, name, O_PATH | flags);
	if (path_fd < 0)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", path_fd);
	if (chmod(self, 0700) != 0) {
		close(path_fd);
		return -1;
	}
	close(path_fd);
	return openat(at, name, O_RDONLY | flags);
}

static bool move_up(int from, const char *name, int top, unsigned *serial)
{
	/* To move a folder is to write its "..", so its own rights count. */
	int fd = open_folder(from, name);
	char moved[32];
	bool ok;

	if (fd < 0)
		return false;
	close(fd);
	do {
		snprintf(moved, sizeof(moved), ".removing-%u", (*serial)++);
		ok = renameat(from, name, top, moved) == 0;
	} while (!ok && (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR));
	return ok;
}

/*
 * Empties the folder `name` of `top`. A folder inside it that is not empty moves
 * up into `top` to be emptied in turn: no depth of nesting costs stack, open
 * descriptors or path length.
 */
static bool empty_folder(int top, const char *name, unsigned *serial)
{
	int fd = open_folder(top, name);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool ok = true;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (ok && (entry = readdir(dir))) {
		if (is_dots(entry->d_name) || unlinkat(fd, entry->d_name, 0) == 0)
			continue;
		if (unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0)
			continue;
		ok = move_up(fd, entry->d_name, top, serial);
	}
	closedir(dir);
	return ok;
}

/* One pass over the top folder; *left says whether something was there. */
static bool pass(int top, unsigned *serial, bool *left)
{
	int again = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again >= 0 ? fdopendir(again) : NULL;
	struct dirent *entry;
	bool ok = true;

	*left = false;
	if (!dir) {
		if (again >= 0)
			close(again);
		return false;
	}
	while (ok && (entry = readdir(dir))) {
		if (is_dots(entry->d_name))
			continue;
		*left = true;
		if (unlinkat(top, entry->d_name, 0) == 0 || unlinkat(top, entry->d_name, AT_REMOVEDIR) == 0)
			continue;
		ok = empty_folder(top, entry->d_name, serial) &&
		     unlinkat(top, entry->d_name, AT_REMOVEDIR) == 0;
	}
	closedir(dir);
	return ok;
}

bool dir_remove_all(const char *path, struct err *e)
{
	unsigned serial = 0;
	bool left = true;
	int top;

	if (unlink(path) == 0 || errno == ENOENT)
		return true;
	top = open_folder(AT_FDCWD, path);
	if (top < 0)
		return err_set(e, ERR_INTERNAL, "%s: cannot be opened to remove it: %m", path);
	while (left) {
		if (!pass(top, &serial, &left)) {
			err_set(e, ERR_INTERNAL, "%s: cannot be emptied: %m", path);
			close(top);
			return false;
		}
	}
	close(top);
	if (rmdir(path) != 0)
		return err_set(e, ERR_INTERNAL, "%s: cannot be removed: %m", path);
	return true;
}
