/* SPDX-License-Identifier: MIT */
/*
 * What every way of sending an HTTP request shares: the request, its limits, and
 * the class of what went wrong on the way. An HTTP status, whatever it says, is
 * an answer and no fault. What never changes, so no field for it: http and https
 * only, TLS verified, no redirects, no proxy (the environment's variables are
 * ignored), no compression asked for, HTTP/1.1, and a connection of its own for
 * each request: a reused one makes libcurl resend by itself when the server closes
 * it, and a model call must never be sent twice unnoticed.
 */
#ifndef NET_REQUEST_H
#define NET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_header {
	const char *name, *value;
	bool secret; /* the value reaches no log and no message */
};

struct net_limits {
	int64_t connect_ms; /* name, TCP and TLS */
	int64_t idle_ms;    /* no byte in either direction for this long */
	int64_t total_ms;   /* 0: none */
	size_t body_max;    /* answer's body, bytes */
};
#define NET_LIMITS_DEFAULT \
	((struct net_limits){ .connect_ms = 5000, .idle_ms = 60000, .total_ms = 600000, \
			      .body_max = 16u << 20 })

enum net_method { NET_GET, NET_POST, NET_PUT, NET_DELETE };

struct net_request {
	enum net_method method;
	const char *url; /* copied */
	const struct net_header *headers; /* copied; a value with a control character is refused */
	size_t header_count;
	const char *body; /* NOT copied: must live until the request has ended; NULL: none */
	size_t body_len;
	struct net_limits limits; /* all zero: NET_LIMITS_DEFAULT */
	const char *ca_file;      /* NULL: the system's; copied */
};

enum net_fault {
	NET_OK,         /* there is an answer, with a status */
	NET_CONNECTION, /* no name, refused, reset, cut short, not HTTP */
	NET_TIMEOUT,
	NET_TLS,        /* the certificate or the handshake; trying again does not help */
	NET_TOO_LARGE,  /* body over body_max, or headers over 64 KiB */
	NET_CANCELLED,
	NET_FAULTS
};

#endif
