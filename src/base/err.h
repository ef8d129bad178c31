/* SPDX-License-Identifier: MIT */
/*
 * The one way in which a function says that it failed: it returns false (or
 * NULL) and has filled in the caller's `struct err`. The class decides the HTTP
 * status and whether trying again can help; the message is for a person and
 * says what to change. It never carries a secret or a database message.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdarg.h>

enum err_class {
	ERR_NONE = 0,
	ERR_MALFORMED,       /* 400: cannot be read at all */
	ERR_UNAUTHENTICATED, /* 401 */
	ERR_FORBIDDEN,       /* 403 */
	ERR_NOT_FOUND,       /* 404 */
	ERR_METHOD,          /* 405 */
	ERR_CONFLICT,        /* 409: the world has moved on since it was read */
	ERR_TOO_LARGE,       /* 413 */
	ERR_INVALID,         /* 422: read, but a value is wrong */
	ERR_THROTTLED,       /* 429: again later */
	ERR_INTERNAL,        /* 500: our fault */
	ERR_UNAVAILABLE,     /* 503: the database or a server is away; again later */
	ERR_TIMEOUT,         /* 504 */
	ERR_CLASSES
};

struct err {
	enum err_class class;
	char msg[512]; /* one sentence, no trailing newline */
};

/* Always returns false, so that `return err_set(…)` reads well. A NULL `e` is allowed. */
bool err_set(struct err *e, enum err_class class, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Puts "context: " before the message already there. Always returns false. */
bool err_prefix(struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void err_clear(struct err *e);
/* The HTTP status for a class, and the short title of an RFC 9457 problem. */
int err_status(enum err_class class);
const char *err_title(enum err_class class);
/* True for classes where the same attempt may succeed later. */
bool err_transient(enum err_class class);

#endif
