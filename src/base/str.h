/* SPDX-License-Identifier: MIT */
/*
 * Views on bytes, UTF-8, and the few string operations that libc lacks.
 * A `struct str` owns nothing and need not be NUL-terminated.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
	const char *s;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
struct str str_from(const char *s); /* NULL gives an empty view */
bool str_eq(struct str a, const char *b);
struct str str_trim(struct str s);
/* Cuts at the first `sep`: returns what is before, leaves `rest` after it. */
struct str str_cut(struct str *rest, char sep);
bool streq(const char *a, const char *b); /* both may be NULL; NULL equals only NULL */

/* Offset of the first byte that is not strict UTF-8 (no surrogates, no overlong
   forms, no NUL), or -1 when all of it is. */
ptrdiff_t utf8_invalid(const char *s, size_t n);
size_t utf8_length(const char *s, size_t n); /* code points */
/* Cuts to at most n code points, at a character's edge. */
size_t utf8_prefix(const char *s, size_t n, size_t points);

/* Whole-string numbers: false on an empty string, a sign where none is allowed,
   trailing bytes, or out of range. */
bool parse_i64(const char *s, int64_t min, int64_t max, int64_t *out);
#define I64_CHARS 21 /* with the NUL */
size_t print_i64(char out[I64_CHARS], int64_t v); /* gives the length */
/* A decimal with at most `scale` digits after the point, no exponent, not
   negative: "12.50" → 12500000 for scale 6. Money is micro-dollars (scale 6). */
bool parse_decimal(const char *s, int scale, int64_t max, int64_t *out);

/* A mail address that needs no quoting anywhere: plain ASCII, one '@', a host name after it. */
bool mail_address_valid(const char *s);
char *hex_encode(struct arena *a, const void *p, size_t n); /* lower case */
bool hex_decode(const char *s, void *out, size_t n);         /* exactly 2n digits */

#endif
