/* SPDX-License-Identifier: MIT */
/*
 * Entity tags: 128 bits of a fast hash. It guards a person's own cache against a stale page and
 * nothing against an enemy, so speed counts for more here than strength.
 */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include <stddef.h>

#define ETAG_SIZE 35 /* two quotes, 32 digits, NUL */

void etag_of(const void *p, size_t n, char out[ETAG_SIZE]);

#endif
