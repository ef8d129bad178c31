/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request at a time, waiting for it: for the command line. The same rules and
 * limits as everywhere (request.h). A fault is an err: ERR_UNAVAILABLE, ERR_TIMEOUT
 * or ERR_TOO_LARGE, and says what to check.
 */
#ifndef NET_HTTP_SYNC_H
#define NET_HTTP_SYNC_H

#include "base/str.h"
#include "net/request.h"

struct arena;
struct err;
struct json_object;

struct net_result {
	int status;
	struct str body;          /* in the arena, NUL-terminated */
	const char *content_type; /* "" when absent */
	const char *location;     /* "" when absent */
	int64_t retry_after_ms;   /* -1: none */
};

/* True when there is an answer, of whatever status. */
bool net_send(struct arena *a, const struct net_request *r, struct net_result *out, struct err *e);

/*
 * JSON over a bearer token (NULL: none): `body` may be NULL, `idempotency_key` may be
 * NULL. A status outside 200–299 is an err made of the problem document's title and
 * detail. *out is NULL for an empty body. Ctrl-C is the caller's.
 */
bool net_json(struct arena *a, enum net_method method, const char *url, const char *token,
	      const char *idempotency_key, struct json_object *body, struct json_object **out,
	      struct err *e);

/*
 * Downloads to `path` through a temporary file beside it: a failure leaves what was
 * there. total is -1 when the server does not say. `progress` may be NULL; false
 * from it stops the download (ERR_CONFLICT).
 */
bool net_download(struct arena *a, const char *url, const char *token, const char *path, int64_t max,
		  bool (*progress)(void *ctx, int64_t now, int64_t total), void *ctx, struct err *e);

#endif
