/* SPDX-License-Identifier: MIT */
/* Views, UTF-8, whole-string numbers and hexadecimal. */
#include "base/str.h"

#include <string.h>

#include "base/arena.h"

struct str str_from(const char *s)
{
	return s ? (struct str){ s, strlen(s) } : (struct str){ "", 0 };
}

bool str_eq(struct str a, const char *b)
{
	size_t n = strlen(b);

	return a.len == n && (n == 0 || memcmp(a.s, b, n) == 0);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && is_space(s.s[0])) {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.s[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str *rest, char sep)
{
	const char *at = rest->len ? memchr(rest->s, sep, rest->len) : NULL;
	struct str head = *rest;

	if (at) {
		head.len = (size_t)(at - rest->s);
		rest->s = at + 1;
		rest->len -= head.len + 1;
	} else {
		rest->s += rest->len;
		rest->len = 0;
	}
	return head;
}

bool streq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Length of the strict UTF-8 character at s, 0 when there is none. */
static size_t utf8_char(const unsigned char *s, size_t n)
{
	unsigned char lead = s[0], low = 0x80, high = 0xbf;
	size_t len;

	if (lead < 0x80)
		return lead ? 1 : 0;
	if (lead >= 0xc2 && lead <= 0xdf)
		len = 2;
	else if (lead >= 0xe0 && lead <= 0xef)
		len = 3;
	else if (lead >= 0xf0 && lead <= 0xf4)
		len = 4;
	else
		return 0;
	if (n < len)
		return 0;
	if (lead == 0xe0)
		low = 0xa0; /* overlong below */
	else if (lead == 0xed)
		high = 0x9f; /* surrogates above */
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f; /* past U+10FFFF */
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	}
	return len;
}

ptrdiff_t utf8_invalid(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0;

	while (i < n) {
		size_t len;

		/* Eight ASCII bytes at once, as long as none is NUL. */
		while (n - i >= 8) {
			const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
			uint64_t w;

			memcpy(&w, p + i, 8);
			if ((w | (w - ones)) & tops)
				break;
			i += 8;
		}
		if (i == n)
			break;
		len = utf8_char(p + i, n - i);
		if (!len)
			return (ptrdiff_t)i;
		i += len;
	}
	return -1;
}

size_t utf8_length(const char *s, size_t n)
{
	size_t points = 0;

	for (size_t i = 0; i < n; i++)
		points += ((unsigned char)s[i] & 0xc0) != 0x80;
	return points;
}

size_t utf8_prefix(const char *s, size_t n, size_t points)
{
	for (size_t i = 0; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80 && points-- == 0)
			return i;
	}
	return n;
}

size_t print_i64(char out[I64_CHARS], int64_t v)
{
	char digits[I64_CHARS], *end = digits + sizeof(digits), *p = end;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	*--p = '\0';
	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		*--p = '-';
	memcpy(out, p, (size_t)(end - p));
	return (size_t)(end - p) - 1;
}

bool parse_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = false;
	uint64_t u = 0, limit;

	if (!s)
		return false;
	if (*s == '-' && min < 0) {
		negative = true;
		s++;
	}
	limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned digit = (unsigned)(unsigned char)*s - '0';

		if (digit > 9 || u > (limit - digit) / 10)
			return false;
		u = u * 10 + digit;
	}
	int64_t v = negative ? (int64_t)(0 - u) : (int64_t)u;

	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool parse_decimal(const char *s, int scale, int64_t max, int64_t *out)
{
	int64_t v = 0;
	int after = -1; /* digits after the point, -1 before it */
	bool digits = false;

	if (!s)
		return false;
	for (; *s; s++) {
		if (*s == '.') {
			if (after >= 0 || !digits)
				return false;
			after = 0;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		if (after >= 0 && ++after > scale)
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *s - '0', &v))
			return false;
		digits = true;
	}
	if (!digits || after == 0)
		return false;
	for (int i = after > 0 ? after : 0; i < scale; i++) {
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

char *hex_encode(struct arena *a, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;
	char *s = arena_alloc(a, 2 * n + 1);

	for (size_t i = 0; i < n; i++) {
		s[2 * i] = digits[bytes[i] >> 4];
		s[2 * i + 1] = digits[bytes[i] & 15];
	}
	return s;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *s, void *out, size_t n)
{
	unsigned char *bytes = out;

	if (strlen(s) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(s[2 * i]), low = hex_digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool mail_address_valid(const char *s)
{
	const char *at = strchr(s, '@'), *dot = s;
	size_t n = strlen(s);

	if (!at || at == s || !at[1] || n > 254 || at - s > 64)
		return false;
	for (const char *p = s; p < at; p++) {
		/* No dot at an end or after another. */
		if (*p == '.' ? p == dot : !label_char(*p) && !strchr("!#$%&'*+/=?^_`{|}~", *p))
			return false;
		if (*p == '.')
			dot = p + 1;
	}
	if (dot == at)
		return false;
	for (const char *p = at + 1; *p; p++)
		if (*p == '.' ? p[-1] == '.' || p[-1] == '@' || !p[1] : !label_char(*p))
			return false;
	return true;
}
