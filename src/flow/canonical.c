/* SPDX-License-Identifier: MIT */
/* Canonical JSON text. */
#include "flow/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

#define TEXT_MAX ((size_t)128 << 20)

struct member {
	const char *name;
	struct json_object *value;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void write_object(struct arena *a, struct buf *out, struct json_object *j)
{
	size_t n = (size_t)json_object_object_length(j), i = 0;
	struct member *m = arena_array(a, n, sizeof(*m));

	json_object_object_foreach(j, name, value) {
		m[i].name = name;
		m[i++].value = value;
	}
	if (n > 1)
		qsort(m, n, sizeof(*m), by_name);
	buf_addc(out, '{');
	for (i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		json_write_str(out, m[i].name, strlen(m[i].name));
		buf_addc(out, ':');
		canonical_write(a, out, m[i].value);
	}
	buf_addc(out, '}');
}

/* A whole number that an int64 holds is written as one, whatever it was spelled as. */
static void write_double(struct buf *out, double d)
{
	if (d >= -9223372036854775808.0 && d < 9223372036854775808.0 && (double)(int64_t)d == d)
		buf_addint(out, (int64_t)d);
	else
		buf_addf(out, "%.17g", d);
}

void canonical_write(struct arena *a, struct buf *out, struct json_object *j)
{
	switch (json_object_get_type(j)) {
	case json_type_null:
		buf_adds(out, "null");
		break;
	case json_type_boolean:
		buf_adds(out, json_object_get_boolean(j) ? "true" : "false");
		break;
	case json_type_int:
		buf_addint(out, json_object_get_int64(j));
		break;
	case json_type_double:
		write_double(out, json_object_get_double(j));
		break;
	case json_type_string:
		json_write_str(out, json_object_get_string(j), (size_t)json_object_get_string_len(j));
		break;
	case json_type_array:
		buf_addc(out, '[');
		for (size_t i = 0; i < json_object_array_length(j); i++) {
			if (i)
				buf_addc(out, ',');
			canonical_write(a, out, json_object_array_get_idx(j, i));
		}
		buf_addc(out, ']');
		break;
	case json_type_object:
		write_object(a, out, j);
		break;
	}
}

const char *canonical_text(struct arena *a, struct json_object *j)
{
	const char *text;
	struct buf b;

	buf_init(&b, TEXT_MAX);
	canonical_write(a, &b, j);
	text = arena_strndup(a, buf_str(&b), b.len);
	buf_release(&b);
	return text;
}
