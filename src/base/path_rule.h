/* SPDX-License-Identifier: MIT */
/*
 * What a path from a model or an archive may be: relative, '/'-separated, no
 * empty, "." or ".." part, no control character, backslash, colon or leading
 * '-' or '~', at most 200 bytes and 12 parts, strict UTF-8 in ASCII letters,
 * digits and "._- +@()" only, no part that ends in a dot or space, none that
 * case-folds to ".git", "git~1", or a Windows device name.
 */
#ifndef BASE_PATH_RULE_H
#define BASE_PATH_RULE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

/* ERR_INVALID with the reason. */
bool path_valid(const char *path, struct err *e);
/* A whole file set: each valid, no two equal under case folding, none of which is
   a folder of another. */
bool path_set_valid(const char *const *paths, size_t count, struct err *e);

#endif
