/* SPDX-License-Identifier: MIT */
/* What goes back. Built in memory, or streamed for downloads; sent once by http/fcgi. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct arena;
struct err;

struct header {
	const char *name, *value;
	struct header *next;
};

struct response {
	int status; /* 200 unless set */
	const char *content_type;
	struct header *headers;
	struct buf body; /* cap 16 MiB */
	/* If set, called instead of sending body: writes through put(), returns false when the
	   client is gone or the source failed (the connection is then cut, never ended well). */
	bool (*stream)(void *ctx, bool (*put)(void *sink, const void *p, size_t n), void *sink,
		       struct err *e);
	void *stream_ctx;
};

/* CR, LF or NUL in a value is a programming error and aborts. Strings are copied. */
void response_header(struct arena *a, struct response *r, const char *name, const char *value);
/* Of literals: neither looked at nor copied. */
void response_constant(struct arena *a, struct response *r, const char *name, const char *value);
/* 303; `path` is below the sub-path ("/runs/1"). */
void response_redirect(struct arena *a, struct response *r, const char *base, const char *path);
/* The answer's head as a responder writes it, with the empty line: status, type, headers, and the body's
   length where the body is not streamed. */
void response_head(const struct response *res, struct buf *out);

#endif
