/* SPDX-License-Identifier: MIT */
#include "http/record_reader.h"

#include <fastcgi.h>
#include <string.h>

#include "base/str.h"

enum { BEGIN_LEN = 8 };

void record_reader_init(struct record_reader *r)
{
	*r = (struct record_reader){ .state = RECORDS_MORE };
	buf_init(&r->params, RECORD_PARAMS_MAX);
}

void record_reader_release(struct record_reader *r)
{
	buf_release(&r->params);
}

static int number(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* One byte up to 127, else four with the highest bit set. */
static bool length(const uint8_t **p, const uint8_t *end, size_t *out)
{
	const uint8_t *s = *p;
	if (s == end)
		return false;
	if (*s < 0x80) {
		*out = *s;
		*p = s + 1;
		return true;
	}
	if (end - s < 4)
		return false;
	*out = (size_t)(s[0] & 0x7f) << 24 | (size_t)s[1] << 16 | (size_t)s[2] << 8 | s[3];
	*p = s + 4;
	return true;
}

/* Each pair takes no more room than it did, but for the two NULs in place of two lengths. */
static bool decode(struct buf *params)
{
	struct buf out;
	const uint8_t *p = (const uint8_t *)buf_str(params), *end = p + params->len;
	bool ok = true;
	buf_init(&out, 2 * RECORD_PARAMS_MAX);
	while (ok && p < end) {
		size_t name, value;
		ok = length(&p, end, &name) && length(&p, end, &value) && name <= (size_t)(end - p) &&
		     value <= (size_t)(end - p) - name && !memchr(p, '\0', name + value);
		if (!ok)
			break;
		buf_add(&out, p, name);
		buf_addc(&out, '\0');
		buf_add(&out, p + name, value);
		buf_addc(&out, '\0');
		p += name + value;
	}
	ok = ok && buf_ok(&out);
	buf_release(params);
	*params = out;
	return ok;
}

/* A whole header; false: this cannot become a request. */
static bool begin_record(struct record_reader *r)
{
	int type = r->header[1], request = number(r->header + 2);
	r->content = (size_t)number(r->header + 4);
	r->padding = r->header[6];
	if (r->header[0] != FCGI_VERSION_1)
		return false;
	if (!r->begun) {
		r->begun = true;
		r->request = request;
		return type == FCGI_BEGIN_REQUEST && request != 0 && r->content == BEGIN_LEN;
	}
	if (request != r->request || type != FCGI_PARAMS)
		return false;
	if (!r->content)
		r->state = decode(&r->params) ? RECORDS_READY : RECORDS_BAD;
	return true;
}

/* The two kinds of records differ in what becomes of their content. */
static bool take(struct record_reader *r, const uint8_t *p, size_t n)
{
	if (r->header[1] == FCGI_PARAMS) {
		buf_add(&r->params, p, n);
		return buf_ok(&r->params);
	}
	/* The role is the first of eight bytes' two; the others are flags and reserved. */
	for (size_t at = BEGIN_LEN - r->content, i = 0; i < n && at + i < 2; i++)
		if (p[i] != (at + i == 0 ? 0 : FCGI_RESPONDER))
			return false;
	return true;
}

void record_reader_feed(struct record_reader *r, const void *data, size_t n)
{
	const uint8_t *p = data;
	while (n && r->state == RECORDS_MORE) {
		size_t part = n;
		if (r->have < sizeof(r->header)) {
			part = sizeof(r->header) - r->have < n ? sizeof(r->header) - r->have : n;
			memcpy(r->header + r->have, p, part);
			r->have += part;
			if (r->have == sizeof(r->header) && !begin_record(r))
				r->state = RECORDS_BAD;
		} else if (r->content) {
			part = r->content < n ? r->content : n;
			if (!take(r, p, part))
				r->state = RECORDS_BAD;
			r->content -= part;
		} else {
			part = r->padding < n ? r->padding : n;
			r->padding -= part;
		}
		if (r->have == sizeof(r->header) && !r->content && !r->padding)
			r->have = 0;
		p += part;
		n -= part;
	}
}

const char *record_reader_get(void *reader, const char *name)
{
	const struct record_reader *r = reader;
	const char *p = buf_str(&r->params), *end = p + r->params.len;
	while (r->state == RECORDS_READY && p < end) {
		const char *value = p + strlen(p) + 1;
		if (streq(p, name))
			return value;
		p = value + strlen(value) + 1;
	}
	return NULL;
}
