/* SPDX-License-Identifier: MIT */
/*
 * An answer as FastCGI records, in one system call. libfcgi itself writes 8 KiB at a time, and each
 * time wakes nginx up: for a list of 30 KiB that is most of what answering costs.
 */
#ifndef HTTP_RECORDS_H
#define HTTP_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

#define RECORDS_MAX ((size_t)16 << 20) /* bytes of body in one call */

/* Writes `head` (may be NULL) and `body` as output of the request; with `last`, its end too. False
   when the other side is gone. */
bool records_send(int fd, int request, const void *head, size_t head_len, const void *body, size_t body_len,
		  bool last);

/* For who cannot wait: bytes to be sent later. Appends `p` as output of the request, and its end. */
void records_add(struct buf *out, int request, const void *p, size_t n);
void records_add_end(struct buf *out, int request);

#endif
