/* SPDX-License-Identifier: MIT */
#include "db/array.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Of arrays and of their elements, from PostgreSQL's catalogue; the numbers never change. */
enum { BYTEA = 17, INT8 = 20, INT4 = 23, TEXT = 25, JSONB = 3802,
       INT4S = 1007, TEXTS = 1009, INT8S = 1016, JSONBS = 3807 };

/* Dimensions, whether there are NULLs, the elements' type; then how many, and the first one's number. */
enum { HEAD = 3 * 4, DIMENSION = 2 * 4, VERSION = 1 };

static bool fits_int4(const struct param *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->ints[i] < INT32_MIN || p->ints[i] > INT32_MAX)
			return false;
	return true;
}

/* The elements' type, or 0: as text. */
static uint32_t element(const struct param *p, Oid type)
{
	switch (p->kind) {
	case PARAM_INTS:
		return type == INT8S ? INT8 : type == INT4S && fits_int4(p) ? INT4 : 0;
	case PARAM_TEXTS:
		return type == TEXTS ? TEXT : type == JSONBS ? JSONB : 0;
	case PARAM_BLOBS:
		return BYTEA;
	default:
		return 0;
	}
}

bool array_is(const struct param *p)
{
	return p->kind == PARAM_INTS || p->kind == PARAM_TEXTS || p->kind == PARAM_BLOBS;
}

/* ---- binary ---- */

static char *put_32(char *at, uint32_t v)
{
	v = htonl(v);
	memcpy(at, &v, sizeof(v));
	return at + sizeof(v);
}

static char *put_int(char *at, int64_t v, uint32_t type)
{
	at = put_32(at, type == INT8 ? 8 : 4);
	if (type == INT8)
		at = put_32(at, (uint32_t)((uint64_t)v >> 32));
	return put_32(at, (uint32_t)v);
}

static char *put_bytes(char *at, const char *s, size_t n, uint32_t type)
{
	if (!s)
		return put_32(at, UINT32_MAX);
	at = put_32(at, (uint32_t)n + (type == JSONB ? VERSION : 0));
	if (type == JSONB)
		*at++ = 1;
	memcpy(at, s, n);
	return at + n;
}

static bool has_null(const struct param *p)
{
	for (size_t i = 0; i < p->len && p->kind != PARAM_INTS; i++)
		if (p->kind == PARAM_TEXTS ? !p->texts[i] : !p->blobs[i].s)
			return true;
	return false;
}

static char *put_binary(char *at, const struct param *p, uint32_t type)
{
	at = put_32(at, p->len ? 1 : 0);
	at = put_32(at, has_null(p));
	at = put_32(at, type);
	if (p->len) {
		at = put_32(at, (uint32_t)p->len);
		at = put_32(at, 1);
	}
	for (size_t i = 0; i < p->len; i++) {
		if (p->kind == PARAM_INTS)
			at = put_int(at, p->ints[i], type);
		else if (p->kind == PARAM_TEXTS)
			at = put_bytes(at, p->texts[i], p->texts[i] ? strlen(p->texts[i]) : 0, type);
		else
			at = put_bytes(at, p->blobs[i].s, p->blobs[i].len, type);
	}
	return at;
}

/* ---- text ---- */

static char *quoted(char *at, const char *s)
{
	*at++ = '"';
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			*at++ = '\\';
		*at++ = *s;
	}
	*at++ = '"';
	return at;
}

static char *put_text(char *at, const struct param *p)
{
	*at++ = '{';
	for (size_t i = 0; i < p->len; i++) {
		if (i)
			*at++ = ',';
		if (p->kind == PARAM_INTS)
			at += sprintf(at, "%" PRId64, p->ints[i]);
		else if (p->texts[i])
			at = quoted(at, p->texts[i]);
		else
			at = (char *)memcpy(at, "NULL", 4) + 4;
	}
	memcpy(at, "}", 2);
	return at + 1;
}

/* ---- either ---- */

size_t array_room(const struct param *p, Oid type)
{
	bool binary = element(p, type) != 0;
	/* Of an element: its length and what comes with it, or a comma, quotes and what they need. */
	size_t room = HEAD + DIMENSION, each = p->kind == PARAM_INTS ? 21 : 8;

	for (size_t i = 0; i < p->len; i++) {
		size_t n = p->kind == PARAM_TEXTS && p->texts[i] ? strlen(p->texts[i])
			 : p->kind == PARAM_BLOBS		 ? p->blobs[i].len
								 : 0;
		room += each + (binary ? n : 2 * n);
	}
	return room;
}

size_t array_put(char *out, const struct param *p, Oid type, bool *binary)
{
	uint32_t of = element(p, type);

	*binary = of != 0;
	return (size_t)((of ? put_binary(out, p, of) : put_text(out, p)) - out);
}
