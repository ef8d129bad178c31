/* SPDX-License-Identifier: MIT */
#include "http/urlencoded.h"

#include <string.h>

#include <uriparser/Uri.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/request.h"

/* More names than any form of ours has; bounds what hostile input costs. */
#define FIELDS_MAX 1000

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* uriparser leaves bad escapes as they are and ends the text at %00, so both are refused first. */
static bool escapes_valid(const char *s, size_t n, const char *what, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\0')
			return err_set(e, ERR_MALFORMED, "%s contains a NUL byte.", what);
		if (s[i] != '%')
			continue;
		if (n - i < 3 || hex_digit(s[i + 1]) < 0 || hex_digit(s[i + 2]) < 0)
			return err_set(e, ERR_MALFORMED, "%s has a broken escape at byte %zu: %% is followed by two "
							 "hexadecimal digits.", what, i);
		if (s[i + 1] == '0' && s[i + 2] == '0')
			return err_set(e, ERR_MALFORMED, "%s contains the escape %%00.", what);
	}
	return true;
}

char *percent_decode(struct arena *a, const char *s, size_t n, bool plus, const char *what, struct err *e)
{
	if (!escapes_valid(s, n, what, e))
		return NULL;
	char *text = arena_strndup(a, s, n);
	const char *end = uriUnescapeInPlaceExA(text, plus ? URI_TRUE : URI_FALSE, URI_BR_DONT_TOUCH);
	ptrdiff_t bad = utf8_invalid(text, (size_t)(end - text));
	if (bad >= 0) {
		err_set(e, ERR_MALFORMED, "%s is not valid UTF-8 at byte %td.", what, bad);
		return NULL;
	}
	return text;
}

bool form_decode(struct arena *a, const char *s, size_t n, struct field_value **out, size_t *count,
		 struct err *e)
{
	size_t parts = n > 0;
	*out = NULL;
	*count = 0;
	for (size_t i = 0; i < n; i++)
		parts += s[i] == '&';
	if (parts > FIELDS_MAX)
		return err_set(e, ERR_MALFORMED, "There are more than %d fields.", FIELDS_MAX);
	*out = arena_array(a, parts, sizeof(**out));

	struct str rest = { s, n };
	while (rest.len) {
		struct str value = str_cut(&rest, '&');
		if (!value.len)
			continue;
		struct str name = str_cut(&value, '=');
		struct field_value *f = &(*out)[*count];
		f->name = percent_decode(a, name.s, name.len, true, "A field's name", e);
		f->value = f->name ? percent_decode(a, value.len ? value.s : "", value.len, true,
						    "A field's value", e) : NULL;
		if (!f->value)
			return false;
		f->len = strlen(f->value);
		(*count)++;
	}
	return true;
}
