/* SPDX-License-Identifier: MIT */
/*
 * retry-after-ms (milliseconds, may be fractional) goes before Retry-After (seconds,
 * may be fractional, or an HTTP date), as in the vendor's own client libraries. Without
 * either, x-ratelimit-reset-requests and -tokens ("1s", "6m0s", "120ms") count when their
 * x-ratelimit-remaining-* is 0.
 * Source: OpenAI API documentation, "Rate limits", table of header fields.
 */
#include "llm/retry_after.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DAY_MS INT64_C(86400000)

/* A plain decimal, no sign or exponent, in thousandths; -1 when it is none. *end is past it. */
static int64_t thousandths(const char *s, const char **end)
{
	int64_t v = 0, unit = 1000;

	if (*s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9'; s++)
		if (v <= DAY_MS)
			v = v * 10 + (*s - '0');
	v = v > DAY_MS ? DAY_MS * 1000 : v * 1000;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++) {
			unit /= 10;
			v += (*s - '0') * unit;
		}
	}
	*end = s;
	return v;
}

static int64_t bounded(int64_t ms)
{
	return ms > DAY_MS ? DAY_MS : ms;
}

/* "1h2m3.5s", "120ms"; -1 when it is none. */
static int64_t duration(const char *s)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "d", DAY_MS } };
	int64_t total = 0;

	if (!s || !*s)
		return -1;
	while (*s) {
		int64_t v = thousandths(s, &s);
		size_t u = 0;

		if (v < 0)
			return -1;
		while (u < sizeof(units) / sizeof(*units) &&
		       strncmp(s, units[u].name, strlen(units[u].name)) != 0)
			u++;
		if (u == sizeof(units) / sizeof(*units))
			return -1;
		s += strlen(units[u].name);
		/* v ≤ 1000 days in thousandths of the unit: times a day still fits. */
		total = bounded(total + bounded((v * units[u].ms + 999) / 1000));
	}
	return total;
}

static int64_t one_limit(const char *(*header)(void *, const char *), void *hctx, const char *remaining,
			 const char *reset)
{
	const char *left = header(hctx, remaining);

	return left && strcmp(left, "0") == 0 ? duration(header(hctx, reset)) : -1;
}

int64_t llm_retry_after(const char *(*header)(void *hctx, const char *name), void *hctx, int64_t now_ms,
			int limits)
{
	const char *s = header(hctx, "retry-after-ms"), *end;
	int64_t v, w;

	if (s && (v = thousandths(s, &end)) >= 0 && !*end)
		return bounded((v + 999) / 1000);
	s = header(hctx, "retry-after");
	if (s && (v = thousandths(s, &end)) >= 0 && !*end)
		return bounded(v);
	if (s && (v = clock_parse_http_date(s)) >= 0)
		return v > now_ms ? bounded(v - now_ms) : 0;
	if (!limits)
		return -1;
	v = one_limit(header, hctx, "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests");
	w = one_limit(header, hctx, "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens");
	return v > w ? v : w;
}
