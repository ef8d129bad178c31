/* SPDX-License-Identifier: MIT */
/* What is kept of an output without end: its first three quarters and its tail. */
#ifndef SANDBOX_LOG_H
#define SANDBOX_LOG_H

#include <stddef.h>
#include <stdint.h>

struct buf;

struct sandbox_log {
	char *head, *tail; /* heap; the tail is a ring */
	size_t head_max, tail_max, head_len;
	uint64_t tail_total; /* bytes that went past the head */
};

void sandbox_log_init(struct sandbox_log *l, size_t max);
void sandbox_log_add(struct sandbox_log *l, const char *s, size_t n);
/* Appends the text as UTF-8 fit for a database: other bytes and controls but
   newline and tab become U+FFFD, and a line says how much was left out. */
void sandbox_log_text(const struct sandbox_log *l, struct buf *out);
void sandbox_log_release(struct sandbox_log *l);

#endif
