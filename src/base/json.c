/* SPDX-License-Identifier: MIT */
/* Reading members of json-c objects, and writing JSON text. */
#include "base/json.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

struct json_object *json_load(struct arena *a, const char *path, size_t max, struct err *e)
{
	struct json_object *j;
	struct str text;

	if (!file_read(a, path, max, &text, e))
		return NULL;
	j = json_parse(a, text.s, text.len, e);
	if (!j)
		err_prefix(e, "%s", path);
	return j;
}

const char *json_text(struct arena *a, struct json_object *j)
{
	size_t n;
	const char *s = json_object_to_json_string_length(
		j, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);

	return arena_strndup(a, s ? s : "null", s ? n : 4);
}

static void put(void *j)
{
	json_object_put(j);
}

struct json_object *json_own(struct arena *a, struct json_object *j)
{
	if (j)
		arena_defer(a, put, j);
	return j;
}

struct json_object *json_get(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(o, json_type_object))
		return NULL;
	json_object_object_get_ex(o, key, &v);
	return v;
}

const char *json_get_str(struct json_object *o, const char *key, const char *otherwise)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : otherwise;
}

int64_t json_get_int(struct json_object *o, const char *key, int64_t otherwise)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_int) ? json_object_get_int64(v) : otherwise;
}

bool json_get_bool(struct json_object *o, const char *key, bool otherwise)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_boolean) ? json_object_get_boolean(v) : otherwise;
}

struct json_object *json_get_array(struct json_object *o, const char *key)
{
	struct json_object *v = json_get(o, key);

	return json_object_is_type(v, json_type_array) ? v : NULL;
}

/* Text known to be UTF-8, NUL allowed. */
static void write_escaped(struct buf *out, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		char esc[2] = { '\\', 0 };

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s + from, i - from);
		from = i + 1;
		switch (c) {
		case '"':
		case '\\':
			esc[1] = (char)c;
			break;
		case '\n':
			esc[1] = 'n';
			break;
		case '\r':
			esc[1] = 'r';
			break;
		case '\t':
			esc[1] = 't';
			break;
		case '\b':
			esc[1] = 'b';
			break;
		case '\f':
			esc[1] = 'f';
			break;
		default:
			buf_addf(out, "\\u%04x", c);
			continue;
		}
		buf_add(out, esc, 2);
	}
	buf_add(out, s + from, n - from);
}

/* ASCII that JSON writes as it stands; eight bytes at once. */
static bool is_plain(const char *s, size_t n)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		uint64_t w, quote, slash;

		memcpy(&w, s + i, 8);
		quote = w ^ ones * '"';
		slash = w ^ ones * '\\';
		if ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & tops)
			return false;
	}
	for (; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			return false;
	}
	return true;
}

void json_write_str(struct buf *out, const char *s, size_t n)
{
	buf_addc(out, '"');
	if (is_plain(s, n)) {
		buf_add(out, s, n);
		n = 0;
	}
	while (n > 0) {
		ptrdiff_t bad = utf8_invalid(s, n);
		size_t good = bad < 0 ? n : (size_t)bad;

		write_escaped(out, s, good);
		s += good;
		n -= good;
		if (n > 0) {
			if (*s)
				buf_adds(out, "\xef\xbf\xbd");
			else
				buf_adds(out, "\\u0000");
			s++;
			n--;
		}
	}
	buf_addc(out, '"');
}
