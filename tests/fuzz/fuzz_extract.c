/* SPDX-License-Identifier: MIT */
/* What is found in a model's prose is an object, stands in it, and is found again. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "llm/extract.h"

const char fuzz_name[] = "extract";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	const char *s = (const char *)data;
	struct err e = { 0 };
	struct str span = { NULL, 0 };
	struct json_object *j = llm_extract(a, s, size, &span, &e), *again;

	if (j) {
		HOLDS(json_object_is_type(j, json_type_object));
		HOLDS(span.s >= s && span.s + span.len <= s + size);
		again = llm_extract(a, span.s, span.len, NULL, &e);
		HOLDS(again && streq(json_text(a, again), json_text(a, j)));
	} else {
		HOLDS(e.class == ERR_MALFORMED && e.msg[0]);
	}
	arena_free(a);
	return 0;
}
