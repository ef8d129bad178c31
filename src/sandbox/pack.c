/* SPDX-License-Identifier: MIT */
/*
 * A memory file: a header, then for each file its two lengths, its path and its data.
 * Both ends are the same program, so numbers travel as they lie in memory; lengths
 * are checked all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "sandbox/job.h"

#define PACK_MAX (FILESET_BYTES + FILESET_FILES * 256 + 4096)

struct header {
	struct sandbox_limits limits;
	uint64_t count;
};

struct lengths {
	uint32_t path, data;
};

static size_t packed_size(const struct file_item *files, size_t count)
{
	size_t size = sizeof(struct header);
	for (size_t i = 0; i < count; i++)
		size += sizeof(struct lengths) + strlen(files[i].path) + files[i].len;
	return size;
}

int job_pack(const struct file_item *files, size_t count, const struct sandbox_limits *limits, struct err *e)
{
	size_t size = packed_size(files, count);
	struct header head = { .limits = *limits, .count = count };
	int fd = memfd_create("files", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char *at = MAP_FAILED, *base;

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		err_set(e, ERR_UNAVAILABLE, "no memory to pass the files on: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	base = at;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	for (size_t i = 0; i < count; i++) {
		struct lengths n = { (uint32_t)strlen(files[i].path), (uint32_t)files[i].len };
		memcpy(at, &n, sizeof(n));
		at += sizeof(n);
		memcpy(at, files[i].path, n.path);
		at += n.path;
		if (n.data)
			memcpy(at, files[i].data, n.data);
		at += n.data;
	}
	munmap(base, size);
	fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	return fd;
}

bool job_unpack(struct arena *a, int fd, struct file_item **files, size_t *count,
		struct sandbox_limits *limits, struct err *e)
{
	struct stat st;
	struct header head;
	const char *at, *end;

	if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof(head) || st.st_size > (off_t)PACK_MAX)
		return err_set(e, ERR_INTERNAL, "the files did not arrive whole");
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_set(e, ERR_UNAVAILABLE, "no memory for the files: %s", strerror(errno));
	end = at + st.st_size;
	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	if (head.count > FILESET_FILES)
		return err_set(e, ERR_INTERNAL, "the files did not arrive whole");
	*limits = head.limits;
	*count = (size_t)head.count;
	*files = arena_array(a, *count, sizeof(**files));
	for (size_t i = 0; i < *count; i++) {
		struct lengths n;
		if ((size_t)(end - at) < sizeof(n))
			return err_set(e, ERR_INTERNAL, "the files did not arrive whole");
		memcpy(&n, at, sizeof(n));
		at += sizeof(n);
		if ((size_t)(end - at) < (size_t)n.path + n.data)
			return err_set(e, ERR_INTERNAL, "the files did not arrive whole");
		(*files)[i].path = arena_strndup(a, at, n.path);
		(*files)[i].data = at + n.path;
		(*files)[i].len = n.data;
		at += (size_t)n.path + n.data;
	}
	return true;
}
