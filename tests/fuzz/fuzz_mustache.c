/* SPDX-License-Identifier: MIT */
/*
 * A template of any type, from the input "TYPE TEMPLATE NUL VIEW": it is refused with a
 * place, or renders within its limits. It may include itself.
 */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/value.h"

const char fuzz_name[] = "mustache";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1, *end;
	struct templates *set;
	struct arena *a;
	struct buf out;
	struct err e = { 0 };

	if (size < 1 || size > 4096)
		return 0;
	end = memchr(text, '\0', size - 1);
	if (!end)
		end = (const char *)data + size;
	a = arena_new(0);
	set = templates_new();
	buf_init(&out, 65536);
	if (templates_add(set, "a", (enum mustache_type)(data[0] % (MT_SHELL + 1)), text,
			  (size_t)(end - text), &e)) {
		const char *json = end < (const char *)data + size ? end + 1 : end;
		struct json_object *j = json_parse(a, json, (size_t)((const char *)data + size - json), NULL);

		if (!templates_render(set, "a", j ? value_from_json(a, j) : NULL, &out, &e))
			HOLDS(e.msg[0]);
		HOLDS(out.len <= 65536);
	} else {
		HOLDS(memcmp(e.msg, "a:", 2) == 0);
	}
	buf_release(&out);
	templates_free(set);
	arena_free(a);
	return 0;
}
