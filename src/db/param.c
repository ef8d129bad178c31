/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

struct param p_text(const char *s)
{
	return (struct param){ .text = s, .len = s ? strlen(s) : 0, .kind = PARAM_TEXT };
}

struct param p_textn(const char *s, size_t n)
{
	return (struct param){ .text = s, .len = n, .kind = PARAM_VIEW };
}

struct param p_int(int64_t v)
{
	struct param p = { .kind = PARAM_NUM };
	print_i64(p.num, v);
	return p;
}

struct param p_real(double v)
{
	struct param p = { .kind = PARAM_NUM };
	snprintf(p.num, sizeof(p.num), "%.17g", v);
	return p;
}

struct param p_bool(bool v)
{
	return (struct param){ .kind = PARAM_NUM, .num = { v ? 't' : 'f' } };
}

struct param p_null(void)
{
	return (struct param){ .kind = PARAM_TEXT };
}

struct param p_bytes(const void *p, size_t n)
{
	return (struct param){ .text = p, .len = n, .kind = PARAM_BYTES };
}

struct param p_int_array(struct arena *a, const int64_t *v, size_t n)
{
	/* A sign, 19 digits, a comma. */
	char *out = arena_alloc(a, n * 21 + 3), *at = out;
	*at++ = '{';
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%s%" PRId64, i ? "," : "", v[i]);
	memcpy(at, "}", 2);
	return p_text(out);
}

struct param p_text_array(struct arena *a, const char *const *v, size_t n)
{
	size_t size = 3;
	for (size_t i = 0; i < n; i++)
		size += v[i] ? 2 * strlen(v[i]) + 3 : 5;
	char *out = arena_alloc(a, size), *at = out;
	*at++ = '{';
	for (size_t i = 0; i < n; i++) {
		if (i)
			*at++ = ',';
		if (!v[i]) {
			memcpy(at, "NULL", 4);
			at += 4;
			continue;
		}
		*at++ = '"';
		for (const char *s = v[i]; *s; s++) {
			if (*s == '"' || *s == '\\')
				*at++ = '\\';
			*at++ = *s;
		}
		*at++ = '"';
	}
	memcpy(at, "}", 2);
	return p_text(out);
}

struct param p_bytes_array(struct arena *a, const struct str *v, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t size = 3;
	for (size_t i = 0; i < n; i++)
		size += 2 * v[i].len + 7;
	char *out = arena_alloc(a, size), *at = out;
	*at++ = '{';
	for (size_t i = 0; i < n; i++) {
		if (i)
			*at++ = ',';
		if (!v[i].s) {
			memcpy(at, "NULL", 4);
			at += 4;
			continue;
		}
		memcpy(at, "\"\\\\x", 4);
		at += 4;
		for (size_t k = 0; k < v[i].len; k++) {
			unsigned char c = (unsigned char)v[i].s[k];
			*at++ = digits[c >> 4];
			*at++ = digits[c & 15];
		}
		*at++ = '"';
	}
	memcpy(at, "}", 2);
	return p_text(out);
}
