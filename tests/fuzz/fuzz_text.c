/* SPDX-License-Identifier: MIT */
/* UTF-8, decimals and dates agree with themselves. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"

const char fuzz_name[] = "text";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	const char *s = arena_strndup(a, (const char *)data, size), *hex;
	ptrdiff_t bad = utf8_invalid((const char *)data, size);
	char *back = arena_alloc(a, size);
	int64_t v, again;

	HOLDS(bad >= -1 && bad < (ptrdiff_t)(size ? size : 1));
	if (bad < 0) {
		size_t points = utf8_length(s, size);

		HOLDS(points <= size && utf8_prefix(s, size, points) == size);
		HOLDS(utf8_invalid(s, utf8_prefix(s, size, points / 2)) < 0);
	} else {
		HOLDS(utf8_invalid(s, (size_t)bad) < 0);
	}
	if (parse_decimal(s, 6, INT64_MAX, &v)) {
		const char *text =
			arena_printf(a, "%lld.%06lld", (long long)(v / 1000000), (long long)(v % 1000000));

		HOLDS(v >= 0 && parse_decimal(text, 6, INT64_MAX, &again) && again == v);
	}
	if (parse_i64(s, INT64_MIN, INT64_MAX, &v))
		HOLDS(parse_i64(arena_printf(a, "%lld", (long long)v), INT64_MIN, INT64_MAX, &again) &&
		      again == v);
	HOLDS(clock_parse_http_date(s) >= -1);
	hex = hex_encode(a, data, size);
	HOLDS(hex_decode(hex, back, size) && (size == 0 || memcmp(back, data, size) == 0));
	arena_free(a);
	return 0;
}
