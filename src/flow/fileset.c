/* SPDX-License-Identifier: MIT */
#include "flow/fileset.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/path_rule.h"

bool fileset_valid(const struct file_item *files, size_t count, struct err *e)
{
	const char *paths[FILESET_FILES];
	size_t total = 0;

	if (count > FILESET_FILES)
		return err_set(e, ERR_TOO_LARGE, "a set of files has at most %d files; this one has %zu",
			       FILESET_FILES, count);
	for (size_t i = 0; i < count; i++) {
		paths[i] = files[i].path;
		if (!path_valid(files[i].path, e))
			return false;
		if (files[i].len > FILESET_FILE_BYTES)
			return err_set(e, ERR_TOO_LARGE, "%s has %zu bytes; a file has at most %zu",
				       files[i].path, files[i].len, FILESET_FILE_BYTES);
		total += files[i].len;
	}
	if (total > FILESET_BYTES)
		return err_set(e, ERR_TOO_LARGE, "the files have %zu bytes together; a set has at most %zu",
			       total, FILESET_BYTES);
	return path_set_valid(paths, count, e);
}

static int by_path(const void *a, const void *b)
{
	const struct file_item *const *x = a, *const *y = b;
	return strcmp((*x)->path, (*y)->path);
}

const struct file_item **fileset_sorted(struct arena *a, const struct file_item *files, size_t count)
{
	const struct file_item **list = arena_array(a, count, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		list[i] = &files[i];
	if (count > 1)
		qsort(list, count, sizeof(*list), by_path);
	return list;
}

char *fileset_sha256(struct arena *a, const struct file_item *files, size_t count)
{
	const struct file_item **list = fileset_sorted(a, files, count);
	size_t size = 1, at = 0;
	char *manifest;

	for (size_t i = 0; i < count; i++)
		size += SHA256_HEX + 1 + strlen(list[i]->path) + 1;
	manifest = arena_alloc(a, size);
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(list[i]->path);
		const char *data = list[i]->len ? list[i]->data : "";
		memcpy(manifest + at, sha256_hex(a, data, list[i]->len), SHA256_HEX);
		at += SHA256_HEX;
		manifest[at++] = ' ';
		memcpy(manifest + at, list[i]->path, n);
		at += n;
		manifest[at++] = '\n';
	}
	return sha256_hex(a, manifest, at);
}
