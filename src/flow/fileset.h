/* SPDX-License-Identifier: MIT */
/*
 * A set of files: what an agent wrote, what a person downloads, what a sandbox
 * runs. Owns its limits, its order and the hash by which everybody names it.
 */
#ifndef FLOW_FILESET_H
#define FLOW_FILESET_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

#define FILESET_FILES 500
#define FILESET_FILE_BYTES ((size_t)4 << 20)
#define FILESET_BYTES ((size_t)16 << 20)

struct file_item {
	const char *path; /* below the project's root; base/path_rule.h */
	const char *data; /* may hold NULs; may be NULL while len is 0 */
	size_t len;
};

/* Every path and the set of them by base/path_rule.h (ERR_INVALID), every size
   within the limits above (ERR_TOO_LARGE). An empty set is valid. */
bool fileset_valid(const struct file_item *files, size_t count, struct err *e);
/* The items sorted bytewise by path; pointers into `files`. */
const struct file_item **fileset_sorted(struct arena *a, const struct file_item *files, size_t count);
/* SHA-256, in lower-case hex, over one line "<SHA-256 hex of the data> <path>\n" a
   file, sorted as above. Neither the order given nor anything else changes it. */
char *fileset_sha256(struct arena *a, const struct file_item *files, size_t count);

#endif
