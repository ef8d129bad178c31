/* SPDX-License-Identifier: MIT */
/* Whole files and folders, with limits and clear errors that name the path. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;

bool file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e);
/* Writes a temporary file beside it, fsyncs, renames. */
bool file_write(const char *path, const void *data, size_t n, unsigned mode, struct err *e);
bool file_exists(const char *path);
/* Names in a folder, sorted bytewise, without "." and "..". */
bool dir_list(struct arena *a, const char *path, const char ***names, size_t *count, struct err *e);
bool dir_make_all(const char *path, unsigned mode, struct err *e); /* like mkdir -p */
bool dir_remove_all(const char *path, struct err *e); /* never follows a symlink */
char *path_join(struct arena *a, const char *dir, const char *name);

#endif
