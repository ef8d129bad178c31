/* SPDX-License-Identifier: MIT */
#include "http/etag.h"

#include <stdint.h>
#include <string.h>

/* Odd constants with well spread bits: from the golden ratio and the square root of three. */
#define K1 UINT64_C(0x9e3779b97f4a7c15)
#define K2 UINT64_C(0xbb67ae8584caa73b)

static uint64_t stir(uint64_t h, uint64_t word, uint64_t k)
{
	h = (h ^ word) * k;
	return h ^ (h >> 29);
}

static uint64_t word_at(const unsigned char *s)
{
	uint64_t word;
	memcpy(&word, s, sizeof(word));
	return word;
}

static char *put_hex(char *out, uint64_t v)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*out++ = "0123456789abcdef"[v >> shift & 15];
	return out;
}

void etag_of(const void *p, size_t n, char out[ETAG_SIZE])
{
	const unsigned char *s = p;
	uint64_t a = K2 ^ n, b = K1, c = K1 ^ n, d = K2, rest[4] = { 0 };
	/* Chains that do not wait for each other; they meet at the end. */
	for (; n >= sizeof(rest); n -= sizeof(rest), s += sizeof(rest)) {
		a = stir(a, word_at(s), K1);
		b = stir(b, word_at(s + 8), K2);
		c = stir(c, word_at(s + 16), K1);
		d = stir(d, word_at(s + 24), K2);
	}
	if (n)
		memcpy(rest, s, n);
	a = stir(stir(a, rest[0], K1), stir(c, rest[2], K1), K1);
	b = stir(stir(b, rest[1], K2), stir(d, rest[3], K2), K2);
	*out++ = '"';
	out = put_hex(out, stir(a, b, K2));
	out = put_hex(out, stir(b, a, K1));
	memcpy(out, "\"", 2);
}
