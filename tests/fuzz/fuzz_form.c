/* SPDX-License-Identifier: MIT */
/* A body, as a form or (first byte '{') as JSON, read by a specification: either every field keeps
   its promise, or there is a problem that can be written. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "http/exchange.h"
#include "http/form.h"

const char fuzz_name[] = "form";

struct thing {
	const char *line, *text, *kind;
	int64_t count, money;
	bool flag;
};
static const char *const kinds[] = { "a", "b", NULL };
static const struct field fields[] = {
	FIELD_TEXT("line", struct thing, line, 1, 20, REQUIRED, "Line"),
	FIELD_TEXT("text", struct thing, text, 0, 100, MULTILINE, "Text"),
	FIELD_ENUM("kind", struct thing, kind, kinds, 0, "Kind"),
	FIELD_INT("count", struct thing, count, -5, 5, 0, "Count"),
	FIELD_MONEY("money", struct thing, money, 1000000000, 0, "Money"),
	FIELD_BOOL("flag", struct thing, flag, "Flag"),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(0);
	const char *s = (const char *)data;
	struct request r = { .path = "/" };
	struct exchange x = { .arena = a, .req = &r };
	struct thing t = { 0 };
	struct value *problems;
	struct err e = { 0 };
	struct buf b;
	bool read = true;
	buf_init(&b, (size_t)64 << 20);
	if (size && s[0] == '{')
		read = (r.json = json_parse(a, s, size, &e)) != NULL;
	else
		read = form_decode(a, s, size, &r.form, &r.form_count, &e);
	if (read && form_read(&x, fields, sizeof(fields) / sizeof(fields[0]), &t, &problems, &e)) {
		size_t n = utf8_length(t.line, strlen(t.line));
		HOLDS(n >= 1 && n <= 20 && !strchr(t.line, '\n'));
		HOLDS(!t.text || !strchr(t.text, '\r'));
		HOLDS(!t.kind || streq(t.kind, "a") || streq(t.kind, "b"));
		HOLDS(t.count >= -5 && t.count <= 5 && t.money >= -1 && t.money <= 1000000000);
	} else if (read) {
		HOLDS(e.class == ERR_INVALID);
		value_write_json(problems, &b);
		HOLDS(buf_ok(&b) && json_parse(a, b.data, b.len, &e));
	}
	buf_release(&b);
	arena_free(a);
	return 0;
}
