/* SPDX-License-Identifier: MIT */
/* Escaping for HTML text and for URLs. */
#include "base/html.h"

#include "base/buf.h"

static const struct {
	const char *s;
	size_t n;
} entities[256] = {
	['&'] = { "&amp;", 5 }, ['<'] = { "&lt;", 4 }, ['>'] = { "&gt;", 4 },
	['"'] = { "&quot;", 6 }, ['\''] = { "&#39;", 5 },
};

void html_escape(struct buf *out, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!entities[c].n)
			continue;
		buf_add(out, s + from, i - from);
		buf_add(out, entities[c].s, entities[c].n);
		from = i + 1;
	}
	buf_add(out, s + from, n - from);
}

void url_escape(struct buf *out, const char *s, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";

	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		    c == '.' || c == '_' || c == '~')
			continue;
		char hex[3] = { '%', digits[c >> 4], digits[c & 15] };

		buf_add(out, s + from, i - from);
		buf_add(out, hex, 3);
		from = i + 1;
	}
	buf_add(out, s + from, n - from);
}
