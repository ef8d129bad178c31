/* SPDX-License-Identifier: MIT */
/* Percent-encoded text, decoded strictly. */
#ifndef HTTP_URLENCODED_H
#define HTTP_URLENCODED_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/* NULL with ERR_MALFORMED on bad escapes, %00, and what is not UTF-8. `plus`: '+' is a space.
   `what` begins the message. */
char *percent_decode(struct arena *a, const char *s, size_t n, bool plus, const char *what, struct err *e);

#endif
