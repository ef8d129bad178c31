/* SPDX-License-Identifier: MIT */
/* The growing buffer: doubling, bounded by its cap, with a sticky overflow. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define FIRST_SIZE 256

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .cap = cap };
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->cap);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

bool buf_reserve(struct buf *b, size_t n)
{
	size_t size;
	char *data;

	if (b->overflow)
		return false;
	if (n > b->cap - b->len) {
		b->overflow = true;
		return false;
	}
	if (b->len + n < b->size)
		return true;
	size = b->size ? b->size : FIRST_SIZE;
	while (size <= b->len + n) {
		if (size > b->cap / 2) {
			size = b->cap + 1 > b->cap ? b->cap + 1 : b->cap;
			break;
		}
		size *= 2;
	}
	if (size <= b->len + n) {
		b->overflow = true;
		return false;
	}
	data = realloc(b->data, size);
	if (!data) {
		b->overflow = true;
		return false;
	}
	b->data = data;
	b->size = size;
	return true;
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->overflow = true;
	else if (buf_reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_addint(struct buf *b, int64_t v)
{
	char digits[I64_CHARS];

	buf_add(b, digits, print_i64(digits, v));
}

bool buf_ok(const struct buf *b)
{
	return !b->overflow;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}
