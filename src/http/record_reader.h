/* SPDX-License-Identifier: MIT */
/*
 * A FastCGI request read as its bytes come, however they are split: for who serves thousands of connections
 * in one thread and cannot wait for any. The body is not kept: this is for requests that have none.
 */
#ifndef HTTP_RECORD_READER_H
#define HTTP_RECORD_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes of variables: more than any header that nginx takes. */
#define RECORD_PARAMS_MAX ((size_t)64 << 10)

struct record_reader {
	enum { RECORDS_MORE, RECORDS_READY, RECORDS_BAD } state;
	int request;          /* its number on the connection */
	struct buf params;    /* as they came; when READY: name, NUL, value, NUL, … */
	uint8_t header[8];    /* of the record at hand */
	size_t have;          /* bytes of the header */
	size_t content, padding; /* bytes of the record to come */
	bool begun;
};

void record_reader_init(struct record_reader *r);
void record_reader_release(struct record_reader *r);
/* Takes bytes until the variables are whole (READY; what follows is ignored) or cannot become so (BAD:
   another protocol, more than one request, an aborted one, too much, or a NUL). */
void record_reader_feed(struct record_reader *r, const void *p, size_t n);
/* A variable of a READY reader, or NULL: fits a request_source, with the reader as its ctx. */
const char *record_reader_get(void *reader, const char *name);

#endif
