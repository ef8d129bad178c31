/* SPDX-License-Identifier: MIT */
#include "http/records.h"

#include <errno.h>
#include <fastcgi.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/buf.h"

/* A multiple of eight, so that no record needs padding in between. */
#define CONTENT 65528
#define RECORDS (RECORDS_MAX / CONTENT + 4)

struct batch {
	struct iovec iov[2 * RECORDS];
	FCGI_Header headers[RECORDS];
	int iovs, records;
};

static FCGI_Header header(int type, int request, size_t n)
{
	return (FCGI_Header){ .version = FCGI_VERSION_1, .type = (unsigned char)type,
			      .requestIdB1 = (unsigned char)(request >> 8), .requestIdB0 = (unsigned char)request,
			      .contentLengthB1 = (unsigned char)(n >> 8), .contentLengthB0 = (unsigned char)n };
}

static const FCGI_EndRequestBody complete = { .protocolStatus = FCGI_REQUEST_COMPLETE };

static void add(struct batch *b, int type, int request, const void *p, size_t n)
{
	FCGI_Header *h = &b->headers[b->records++];
	*h = header(type, request, n);
	b->iov[b->iovs++] = (struct iovec){ h, sizeof(*h) };
	if (n)
		b->iov[b->iovs++] = (struct iovec){ (void *)(uintptr_t)p, n };
}

static void add_output(struct batch *b, int request, const char *p, size_t n)
{
	for (size_t part; n; p += part, n -= part) {
		part = n < CONTENT ? n : CONTENT;
		add(b, FCGI_STDOUT, request, p, part);
	}
}

static bool write_all(int fd, struct iovec *iov, int count)
{
	while (count) {
		ssize_t n = writev(fd, iov, count);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		for (; count && (size_t)n >= iov->iov_len; iov++, count--)
			n -= (ssize_t)iov->iov_len;
		if (count) {
			iov->iov_base = (char *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
	return true;
}

bool records_send(int fd, int request, const void *head, size_t head_len, const void *body, size_t body_len,
		  bool last)
{
	struct batch b;
	b.iovs = b.records = 0;
	if (head_len > CONTENT || body_len > RECORDS_MAX)
		return false;
	add_output(&b, request, head, head_len);
	add_output(&b, request, body, body_len);
	if (last) {
		add(&b, FCGI_STDOUT, request, NULL, 0);
		add(&b, FCGI_END_REQUEST, request, &complete, sizeof(complete));
	}
	return write_all(fd, b.iov, b.iovs);
}

static void append(struct buf *out, int type, int request, const void *p, size_t n)
{
	FCGI_Header h = header(type, request, n);
	buf_add(out, &h, sizeof(h));
	buf_add(out, p, n);
}

void records_add(struct buf *out, int request, const void *p, size_t n)
{
	const char *s = p;
	for (size_t part; n; s += part, n -= part) {
		part = n < CONTENT ? n : CONTENT;
		append(out, FCGI_STDOUT, request, s, part);
	}
}

void records_add_end(struct buf *out, int request)
{
	append(out, FCGI_STDOUT, request, NULL, 0);
	append(out, FCGI_END_REQUEST, request, &complete, sizeof(complete));
}
