/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a mandatory cap. Appends never fail visibly: the
 * first that would pass the cap (or find no memory) sets `overflow` and every
 * later one is ignored, so callers append freely and check buf_ok() once.
 * Always NUL-terminated after the first append; may contain NULs.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* owned, heap; may be NULL while len is 0 */
	size_t len, size, cap;
	bool overflow;
};

void buf_init(struct buf *b, size_t cap);
/* Releases the memory; the buffer may be used again with the same cap. */
void buf_release(struct buf *b);
/* Empties it and forgets an overflow, keeping the memory. */
void buf_clear(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addint(struct buf *b, int64_t v);
bool buf_ok(const struct buf *b);
/* The text, "" when empty; valid until the next append. */
const char *buf_str(const struct buf *b);

#endif
