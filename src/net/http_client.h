/* SPDX-License-Identifier: MIT */
/*
 * Thousands of HTTP requests in flight on one libuv loop, by libcurl's multi
 * interface with socket events. Everything happens on the loop's thread; every
 * callback comes from the loop, never from inside a function called here. A turn
 * costs what has happened in it, not what is in flight.
 * Memory a call: its headers, what libcurl has for it (≈ 17 KiB, TLS more), and the body
 * when it is collected.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <uv.h>

#include "net/request.h"

struct err;
struct http_client;
struct net_call; /* one request; gone after its done() */

/* The answer as it stands; valid inside a callback only. */
struct net_answer {
	enum net_fault fault; /* set in done() */
	char message[256];    /* for a fault: a sentence without secrets */
	int status;           /* 0 before the head has come */
	const char *body;     /* collected when there is no chunk(); may hold NULs; "" if none */
	size_t body_len;
	int64_t bytes;        /* of the body, received so far */
	int64_t first_byte_ms, total_ms; /* since the start; -1: not yet */
	struct net_call *call;
};

struct net_handlers {
	/* The final head is in, before the first chunk; may be NULL. */
	void (*head)(void *ctx, const struct net_answer *a);
	/* Part of the body; NULL: it is collected. False ends the call (NET_CANCELLED). */
	bool (*chunk)(void *ctx, const struct net_answer *a, const char *data, size_t n);
	/* Exactly once a call, also after a cancel and at shutdown. */
	void (*done)(void *ctx, const struct net_answer *a);
	void *ctx;
};

/* NULL on failure. The loop must outlive it. */
struct http_client *http_client_new(uv_loop_t *loop, struct err *e);
/* NULL (and no done()) when the request itself is bad: URL, scheme, header. */
struct net_call *http_client_start(struct http_client *c, const struct net_request *r,
				   const struct net_handlers *h, struct err *e);
/* done() follows with NET_CANCELLED, in a later turn of the loop. May be called in any
   callback; calling it twice is harmless, calling it after done() is not. */
void net_call_cancel(struct net_call *call);
/* Cancels what is in flight (their done() comes), then calls closed(ctx) and is gone.
   The loop must run until then. */
void http_client_close(struct http_client *c, void (*closed)(void *ctx), void *ctx);

/* A response header by name, case-insensitive; NULL: absent. The last one wins where it
   is repeated. Valid inside the callback. */
const char *net_answer_header(const struct net_answer *a, const char *name);

#endif
