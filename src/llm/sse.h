/* SPDX-License-Identifier: MIT */
/*
 * Server-sent events, a byte at a time if need be: however the stream is split,
 * the same events come out. WHATWG HTML, "9.2.6 Interpreting an event stream":
 * lines end in CRLF, LF or CR; a leading BOM is dropped; "data" lines are joined by
 * a line feed; other fields than data and event mean nothing here.
 */
#ifndef LLM_SSE_H
#define LLM_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct sse {
	struct buf line, data;
	char event[32];   /* its name; "" when none; a longer one is cut */
	bool after_cr, has_data, too_large;
	unsigned bom;     /* bytes of a BOM seen; 3: past it */
	/* An event; false stops the parser for good. */
	bool (*on_event)(void *ctx, const char *event, const char *data, size_t n);
	void *ctx;
	bool stopped;
};

/* No line and no event may be longer than `max`. */
void sse_init(struct sse *s, size_t max,
	      bool (*on_event)(void *ctx, const char *event, const char *data, size_t n), void *ctx);
void sse_release(struct sse *s);
/* False once it was stopped or something was too large (`too_large`). */
bool sse_feed(struct sse *s, const char *p, size_t n);
/* The end of the bytes: hands out an event whose closing empty line is missing. The
   standard drops it; servers forget the line after their last event, so the receiver
   decides. */
void sse_end(struct sse *s);

#endif
