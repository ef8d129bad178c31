/* SPDX-License-Identifier: MIT */
/*
 * The FastCGI responder: N threads accept on one socket, a connection a request. libfcgi stays here.
 * Stops gracefully: no new requests after SIGTERM or SIGINT, those in flight are finished.
 */
#ifndef HTTP_FCGI_H
#define HTTP_FCGI_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct exchange;

struct fcgi_server {
	const char *socket_path; /* unix socket, made with mode 0660 */
	int threads;
	const char *base_path;   /* sub-path of the public URL, "" or "/sub" */
	size_t body_max;         /* bytes, thrice as many of a form; over it 413 */
	/* Per thread, before its first request; what it returns becomes `worker`. */
	void *(*worker_start)(void *ctx, int index);
	void (*worker_stop)(void *worker);
	/* Handles one request: arena, req and res are set; the rest is the program's to fill in. */
	void (*handle)(void *worker, struct exchange *x);
	void *ctx;
};

/* Runs until a stop signal; returns true after a graceful stop. */
bool fcgi_run(const struct fcgi_server *s, struct err *e);

#endif
