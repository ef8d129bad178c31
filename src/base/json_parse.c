/* SPDX-License-Identifier: MIT */
/*
 * The strict reader: RFC 8259 to json-c objects, one pass, refusing at the first
 * byte that is wrong.
 */
#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DEPTH_MAX 64
#define NUMBER_MAX 512

struct reader {
	const char *s;
	size_t n, at;
	struct buf text; /* the string being decoded */
	struct err *e;
	bool failed;
};

static struct json_object *fail(struct reader *r, size_t at, const char *what)
{
	if (!r->failed)
		err_set(r->e, ERR_MALFORMED, "%s at byte %zu", what, at);
	r->failed = true;
	return NULL;
}

static int peek(const struct reader *r)
{
	return r->at < r->n ? (unsigned char)r->s[r->at] : -1;
}

static void skip_space(struct reader *r)
{
	while (r->at < r->n && strchr(" \t\n\r", r->s[r->at]) && r->s[r->at])
		r->at++;
}

static bool read_hex4(struct reader *r, unsigned *out)
{
	unsigned u = 0;

	if (r->n - r->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = r->s[r->at++];

		if (c >= '0' && c <= '9')
			u = u << 4 | (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			u = u << 4 | (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
	}
	*out = u;
	return true;
}

static void add_utf8(struct buf *b, unsigned u)
{
	if (u < 0x80) {
		buf_addc(b, (char)u);
		return;
	}
	if (u < 0x800) {
		buf_addc(b, (char)(0xc0 | u >> 6));
	} else if (u < 0x10000) {
		buf_addc(b, (char)(0xe0 | u >> 12));
		buf_addc(b, (char)(0x80 | (u >> 6 & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | u >> 18));
		buf_addc(b, (char)(0x80 | (u >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (u >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (u & 0x3f)));
}

static bool read_unicode(struct reader *r, size_t start)
{
	unsigned u, low;

	if (!read_hex4(r, &u))
		return fail(r, start, "a \\u without four hexadecimal digits");
	if (u == 0)
		return fail(r, start, "a NUL character");
	if (u >= 0xd800 && u <= 0xdbff) {
		if (r->n - r->at < 2 || r->s[r->at] != '\\' || r->s[r->at + 1] != 'u')
			return fail(r, start, "half a surrogate pair");
		r->at += 2;
		if (!read_hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
			return fail(r, start, "half a surrogate pair");
		u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
	} else if (u >= 0xdc00 && u <= 0xdfff) {
		return fail(r, start, "half a surrogate pair");
	}
	add_utf8(&r->text, u);
	return true;
}

/* Decodes the string whose opening quote is at r->at into r->text. */
static bool read_string(struct reader *r)
{
	static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

	buf_clear(&r->text);
	r->at++;
	for (;;) {
		size_t start = r->at;
		const char *known;

		while (r->at < r->n && (unsigned char)r->s[r->at] >= 0x20 && r->s[r->at] != '"' &&
		       r->s[r->at] != '\\')
			r->at++;
		buf_add(&r->text, r->s + start, r->at - start);
		if (r->at == r->n)
			return fail(r, r->at, "a string without its end");
		start = r->at;
		if (r->s[r->at] == '"') {
			r->at++;
			return true;
		}
		if (r->s[r->at] != '\\')
			return fail(r, start, "a raw control character in a string");
		if (++r->at == r->n)
			return fail(r, r->at, "a string without its end");
		if (r->s[r->at] == 'u') {
			r->at++;
			if (!read_unicode(r, start))
				return false;
			continue;
		}
		known = r->s[r->at] ? strchr(escapes, r->s[r->at]) : NULL;
		if (!known)
			return fail(r, start, "an unknown escape in a string");
		buf_addc(&r->text, meant[known - escapes]);
		r->at++;
	}
}

static size_t skip_digits(struct reader *r)
{
	size_t start = r->at;

	while (r->at < r->n && r->s[r->at] >= '0' && r->s[r->at] <= '9')
		r->at++;
	return r->at - start;
}

static struct json_object *read_number(struct reader *r)
{
	char text[NUMBER_MAX + 1];
	size_t start = r->at, len, digits;
	bool whole = true;
	int64_t i;
	double d;

	if (peek(r) == '-')
		r->at++;
	digits = r->at;
	if (!skip_digits(r))
		return fail(r, start, "a number without digits");
	if (r->s[digits] == '0' && r->at - digits > 1)
		return fail(r, start, "a number with a leading zero");
	if (peek(r) == '.') {
		whole = false;
		r->at++;
		if (!skip_digits(r))
			return fail(r, start, "a number without digits after its point");
	}
	if (peek(r) == 'e' || peek(r) == 'E') {
		whole = false;
		r->at++;
		if (peek(r) == '+' || peek(r) == '-')
			r->at++;
		if (!skip_digits(r))
			return fail(r, start, "a number without digits in its exponent");
	}
	len = r->at - start;
	if (len > NUMBER_MAX)
		return fail(r, start, "a number that is too long");
	memcpy(text, r->s + start, len);
	text[len] = '\0';
	if (whole && parse_i64(text, INT64_MIN, INT64_MAX, &i))
		return json_object_new_int64(i);
	d = strtod(text, NULL);
	if (!isfinite(d))
		return fail(r, start, "a number out of range");
	return json_object_new_double_s(d, text);
}

static struct json_object *read_value(struct reader *r, int depth);

static struct json_object *read_array(struct reader *r, int depth)
{
	struct json_object *array = json_object_new_array();

	r->at++;
	skip_space(r);
	if (peek(r) == ']') {
		r->at++;
		return array;
	}
	for (;;) {
		struct json_object *v = read_value(r, depth + 1);

		if (r->failed)
			break;
		if (json_object_array_add(array, v) != 0) {
			json_object_put(v);
			fail(r, r->at, "no memory for an array");
			break;
		}
		skip_space(r);
		if (peek(r) == ']') {
			r->at++;
			return array;
		}
		if (peek(r) != ',') {
			fail(r, r->at, "expected ',' or ']'");
			break;
		}
		r->at++;
	}
	json_object_put(array);
	return NULL;
}

static struct json_object *read_object(struct reader *r, int depth)
{
	struct json_object *object = json_object_new_object();

	r->at++;
	skip_space(r);
	if (peek(r) == '}') {
		r->at++;
		return object;
	}
	for (;;) {
		struct json_object *v;
		size_t start;
		char *key;

		skip_space(r);
		start = r->at;
		if (peek(r) != '"') {
			fail(r, r->at, "expected a string as the name of a member");
			break;
		}
		if (!read_string(r))
			break;
		if (json_object_object_get_ex(object, buf_str(&r->text), NULL)) {
			fail(r, start, "the same name twice in an object");
			break;
		}
		/* The value's strings reuse the decoding buffer. */
		key = strdup(buf_str(&r->text));
		skip_space(r);
		if (peek(r) != ':') {
			free(key);
			fail(r, r->at, "expected ':'");
			break;
		}
		r->at++;
		v = read_value(r, depth + 1);
		if (r->failed || !key || json_object_object_add(object, key, v) != 0) {
			free(key);
			json_object_put(v);
			fail(r, r->at, "no memory for an object");
			break;
		}
		free(key);
		skip_space(r);
		if (peek(r) == '}') {
			r->at++;
			return object;
		}
		if (peek(r) != ',') {
			fail(r, r->at, "expected ',' or '}'");
			break;
		}
		r->at++;
	}
	json_object_put(object);
	return NULL;
}

static bool read_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (r->n - r->at < n || memcmp(r->s + r->at, word, n) != 0)
		return fail(r, r->at, "not a JSON value");
	r->at += n;
	return true;
}

/* NULL is also the JSON null: r->failed tells. */
static struct json_object *read_value(struct reader *r, int depth)
{
	skip_space(r);
	if ((peek(r) == '{' || peek(r) == '[') && depth > DEPTH_MAX)
		return fail(r, r->at, "nested deeper than 64 levels");
	switch (peek(r)) {
	case -1:
		return fail(r, r->at, "an unexpected end");
	case '{':
		return read_object(r, depth);
	case '[':
		return read_array(r, depth);
	case '"':
		if (!read_string(r))
			return NULL;
		return json_object_new_string_len(buf_str(&r->text), (int)r->text.len);
	case 't':
		return read_word(r, "true") ? json_object_new_boolean(1) : NULL;
	case 'f':
		return read_word(r, "false") ? json_object_new_boolean(0) : NULL;
	case 'n':
		read_word(r, "null");
		return NULL;
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return read_number(r);
	default:
		return fail(r, r->at, "not a JSON value");
	}
}

struct json_object *json_parse(struct arena *a, const char *s, size_t n, struct err *e)
{
	struct reader r = { .s = s, .n = n, .e = e };
	struct json_object *j = NULL;
	ptrdiff_t bad;

	if (n > INT32_MAX) {
		err_set(e, ERR_TOO_LARGE, "JSON text of more than 2 GiB");
		return NULL;
	}
	bad = utf8_invalid(s, n);
	if (bad >= 0)
		return fail(&r, (size_t)bad, s[bad] ? "invalid UTF-8" : "a NUL character");
	buf_init(&r.text, n);
	j = read_value(&r, 1);
	skip_space(&r);
	if (!r.failed && r.at != n)
		fail(&r, r.at, "more text after the JSON value");
	if (!r.failed && !j)
		fail(&r, 0, "null where a value is needed");
	buf_release(&r.text);
	if (r.failed) {
		json_object_put(j);
		return NULL;
	}
	return json_own(a, j);
}
