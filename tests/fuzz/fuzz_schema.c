/* SPDX-License-Identifier: MIT */
/* A schema in the first line, a value in the rest: a verdict has reasons, and only then. */
#include "fuzz.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "flow/schema.h"

const char fuzz_name[] = "schema";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str value = { (const char *)data, size }, first = str_cut(&value, '\n');
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct json_object *j = json_parse(a, first.s, first.len, &e);
	struct json_object *v = json_parse(a, value.s, value.len, NULL);
	struct schema *s = j ? schema_compile(a, j, &e) : NULL;
	struct problems p;
	bool ok;

	HOLDS(s || e.msg[0]);
	if (s) {
		ok = schema_validate(s, v, a, &p);
		HOLDS(ok == (p.count == 0) && p.count <= SCHEMA_PROBLEMS_MAX);
		for (size_t i = 0; i < p.count; i++)
			HOLDS(utf8_invalid(p.list[i].sentence, strlen(p.list[i].sentence)) < 0 &&
			      utf8_invalid(p.list[i].pointer, strlen(p.list[i].pointer)) < 0);
		problems_text(a, &p);
	}
	arena_free(a);
	return 0;
}
