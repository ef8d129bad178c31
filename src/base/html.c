/* SPDX-License-Identifier: MIT */
/* Escaping for HTML text and for URLs. */
#include "base/html.h"

#include "base/buf.h"

/* Which entity stands for a byte, if one does. */
static const unsigned char special[256] = { ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5 };
static const char *const entities[] = { "", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

void html_escape(struct buf *out, const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char which = special[(unsigned char)s[i]];

		if (!which)
			continue;
		buf_add(out, s + from, i - from);
		buf_adds(out, entities[which]);
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
