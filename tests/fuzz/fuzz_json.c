/* SPDX-License-Identifier: MIT */
/* What is accepted can be written and is then accepted again, unchanged. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"

const char fuzz_name[] = "json";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct json_object *j = json_parse(a, (const char *)data, size, &e);
	struct buf b;

	buf_init(&b, (size_t)64 << 20);
	json_write_str(&b, (const char *)data, size);
	HOLDS(utf8_invalid(b.data, b.len) < 0);
	if (j) {
		const char *text = json_text(a, j);
		struct json_object *again = json_parse(a, text, strlen(text), &e);

		HOLDS(again);
		HOLDS(streq(text, json_text(a, again)));
		buf_clear(&b);
		value_write_json(value_from_json(a, j), &b);
		HOLDS(utf8_invalid(b.data, b.len) < 0);
	} else {
		HOLDS(e.class == ERR_MALFORMED && e.msg[0]);
	}
	buf_release(&b);
	arena_free(a);
	return 0;
}
