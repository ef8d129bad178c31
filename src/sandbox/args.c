/* SPDX-License-Identifier: MIT */
#include "sandbox/args.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "sandbox/box.h"

#define SHM_BYTES (4 << 20)

/* Words end with a NUL each; the list of them with NULL. */
static void add(struct buf *b, const char *word, ...)
{
	va_list words;

	va_start(words, word);
	for (; word; word = va_arg(words, const char *))
		buf_add(b, word, strlen(word) + 1);
	va_end(words);
}

static void add_sized_tmpfs(struct buf *b, int64_t bytes, const char *where)
{
	add(b, "--size", NULL);
	buf_addint(b, bytes);
	buf_addc(b, '\0');
	add(b, "--tmpfs", where, NULL);
}

/* Hides what a host may have put at a place below /usr. */
static void add_hidden(struct buf *b, const char *where)
{
	struct stat st;

	if (lstat(where, &st) == 0 && S_ISDIR(st.st_mode)) {
		add_sized_tmpfs(b, 4096, where);
		add(b, "--remount-ro", where, NULL);
	}
}

static void add_system(struct buf *b)
{
	static const char *const links[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };
	char target[64];

	add(b, "--ro-bind", "/usr", "/usr", NULL);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		ssize_t n = readlink(links[i], target, sizeof(target) - 1);
		if (n > 0) {
			target[n] = '\0';
			add(b, "--symlink", target, links[i], NULL);
		} else if (errno == EINVAL) {
			add(b, "--ro-bind", links[i], links[i], NULL);
		}
	}
	/* Generated software has the standard library alone, on every machine. */
	add_hidden(b, "/usr/local");
	add_hidden(b, "/usr/lib/python3/dist-packages");
	add(b, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", NULL);
}

static void add_etc(struct buf *b, const char *harness)
{
	static const char *const names[] = { "group", "hosts", "nsswitch.conf", "passwd" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		add(b, "--ro-bind", NULL);
		buf_addf(b, "%s/etc/%s", harness, names[i]);
		buf_addc(b, '\0');
		buf_addf(b, "/etc/%s", names[i]);
		buf_addc(b, '\0');
	}
}

int sandbox_args(const struct box_spec *s, int filter_fd_number, struct err *e)
{
	struct buf b;
	int fd = -1;

	buf_init(&b, 64 << 10);
	add(&b, "--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000",
	    "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--hostname", "sandbox",
	    "--clearenv", NULL);
	add(&b, "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp",
	    "--setenv", "LANG", "C.UTF-8", "--setenv", "TZ", "UTC",
	    "--setenv", "PYTHONDONTWRITEBYTECODE", "1",
	    /* a thread's own heap reserves 64 MiB of address space */
	    "--setenv", "MALLOC_ARENA_MAX", "2", NULL);
	add(&b, "--seccomp", NULL);
	buf_addint(&b, filter_fd_number);
	buf_addc(&b, '\0');
	add_system(&b);
	add(&b, "--proc", "/proc", "--dev", "/dev", NULL);
	add_sized_tmpfs(&b, SHM_BYTES, "/dev/shm");
	add(&b, "--remount-ro", "/dev", NULL);
	add_sized_tmpfs(&b, s->limits.disk_mb << 20, "/tmp");
	if (s->harness) {
		add_etc(&b, s->harness);
		add(&b, "--ro-bind", s->harness, "/harness", NULL);
	}
	if (s->app)
		add(&b, "--ro-bind", s->app, "/app", "--chdir", "/app", NULL);
	/* Without this the root itself is a tmpfs without bound. */
	add(&b, "--remount-ro", "/", NULL);

	if (buf_ok(&b))
		fd = memfd_create("args", MFD_CLOEXEC);
	if (fd < 0 || write(fd, b.data, b.len) != (ssize_t)b.len || lseek(fd, 0, SEEK_SET) != 0) {
		err_set(e, ERR_UNAVAILABLE, "the options of the sandbox cannot be passed: %s",
			strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	buf_release(&b);
	return fd;
}
