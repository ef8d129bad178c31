/* SPDX-License-Identifier: MIT */
#include "sandbox/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"

static int lock(const char *path, int how)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 && flock(fd, how) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void remove_dead(struct arena *a, const char *all)
{
	const char **names;
	size_t count;
	struct err ignored = { 0 };

	if (!dir_list(a, all, &names, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++) {
		char *dir = path_join(a, all, names[i]);
		struct stat st;
		int fd;
		if (lstat(dir, &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		fd = lock(path_join(a, dir, "lock"), LOCK_EX | LOCK_NB);
		if (fd < 0)
			continue;
		if (!dir_remove_all(dir, &ignored))
			log_warn("a dead sandbox's scratch stays: %s", ignored.msg);
		close(fd);
	}
}

char *scratch_open(struct arena *a, const char *state_dir, int *lock_fd, struct err *e)
{
	char *all = path_join(a, state_dir, "sandbox"), *dir;
	char id[37];
	int guard;

	if (!dir_make_all(all, 0700, e))
		return NULL;
	/* Between making a folder and locking it, it must not look dead to another. */
	guard = lock(path_join(a, all, "lock"), LOCK_EX);
	if (guard < 0) {
		err_set(e, ERR_UNAVAILABLE, "%s cannot be locked: %s; it must belong to the runner's user",
			all, strerror(errno));
		return NULL;
	}
	remove_dead(a, all);
	random_uuid(id);
	dir = path_join(a, all, id);
	*lock_fd = -1;
	if (mkdir(dir, 0700) != 0 || (*lock_fd = lock(path_join(a, dir, "lock"), LOCK_EX)) < 0) {
		err_set(e, ERR_UNAVAILABLE, "no scratch folder can be made in %s: %s", all, strerror(errno));
		dir = NULL;
	}
	close(guard);
	return dir;
}

/* Opens the folder that holds `path` below `root`, making what is missing, and
   points *name at the last part. The caller closes it. */
static int open_parent(int root, const char *path, const char **name)
{
	int at = dup(root);
	const char *slash;

	while (at >= 0 && (slash = strchr(path, '/'))) {
		char part[256];
		int next = -1;
		size_t n = (size_t)(slash - path);
		if (n < sizeof(part)) {
			memcpy(part, path, n);
			part[n] = '\0';
			if (mkdirat(at, part, 0755) == 0 || errno == EEXIST)
				next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		close(at);
		at = next;
		path = slash + 1;
	}
	*name = path;
	return at;
}

static bool write_one(int root, const struct file_item *f)
{
	const char *name;
	int parent = open_parent(root, f->path, &name), fd = -1;
	size_t done = 0;

	if (parent >= 0)
		fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	while (fd >= 0 && done < f->len) {
		ssize_t n = write(fd, f->data + done, f->len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (parent >= 0)
		close(parent);
	if (fd < 0)
		return false;
	return close(fd) == 0 && done == f->len;
}

bool scratch_write(const char *dir, const struct file_item *files, size_t count, struct err *e)
{
	bool ok = true;
	int root;

	if (!fileset_valid(files, count, e))
		return false;
	if (mkdir(dir, 0755) != 0 || (root = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return err_set(e, ERR_UNAVAILABLE, "%s cannot be made: %s", dir, strerror(errno));
	for (size_t i = 0; ok && i < count; i++)
		if (!write_one(root, &files[i]))
			ok = err_set(e, ERR_UNAVAILABLE, "%s cannot be written for the sandbox: %s",
				     files[i].path, strerror(errno));
	close(root);
	return ok;
}
