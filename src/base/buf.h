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
#include <string.h>

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
/* Makes room for n more bytes and the NUL; false, with `overflow` set, where that cannot be. */
bool buf_reserve(struct buf *b, size_t n);

/* Here because pages are made of thousands of short pieces, and most often there is room. */
static inline void buf_add(struct buf *b, const void *data, size_t n)
{
	if ((b->overflow || n >= b->size - b->len) && !buf_reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

static inline void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addint(struct buf *b, int64_t v);
bool buf_ok(const struct buf *b);
/* The text, "" when empty; valid until the next append. */
const char *buf_str(const struct buf *b);

#endif
