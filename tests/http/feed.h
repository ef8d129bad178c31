/* SPDX-License-Identifier: MIT */
/* Exchanges for tests, fed from variables and a body instead of a socket. */
#ifndef TESTS_HTTP_FEED_H
#define TESTS_HTTP_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "http/exchange.h"

struct feed {
	struct arena *arena;
	struct request_source src;
	const char *vars[24][2]; /* up to the first NULL name */
	const char *body;
	size_t body_len, body_at;
	char length[24];
	struct request req;
	struct response res;
	struct exchange x;
};

void feed_init(struct feed *f);
void feed_free(struct feed *f);
void feed_var(struct feed *f, const char *name, const char *value);
/* Sets the body with its content type, and its length. */
void feed_body(struct feed *f, const char *type, const void *body, size_t n);
/* Reads the request; below `base`, with at most `max` bytes of body. */
bool feed_read(struct feed *f, const char *base, size_t max, struct err *e);
/* The same for a GET or POST of `uri`, which must succeed. */
void feed_get(struct feed *f, const char *uri);
void feed_post(struct feed *f, const char *uri, const char *type, const char *body);
/* NULL when the answer has no such header. */
const char *feed_header(const struct feed *f, const char *name);

#endif
