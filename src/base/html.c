/* SPDX-License-Identifier: MIT */
/* Escaping for HTML text and for URLs. */
#include "base/html.h"

#include "base/buf.h"

/* Which entity stands for a byte, if one does. */
static const unsigned char special[256] = { ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5 };
static const char *const entities[] = { "", "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

/* Where the first special byte is, or n. Most texts have none, so eight bytes are looked at in one step. */
static size_t plain_length(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0;

	for (; n - i >= 8; i += 8, p += 8) {
		if (special[p[0]] | special[p[1]] | special[p[2]] | special[p[3]] |
		    special[p[4]] | special[p[5]] | special[p[6]] | special[p[7]])
			break;
	}
	while (i < n && !special[(unsigned char)s[i]])
		i++;
	return i;
}

void html_escape(struct buf *out, const char *s, size_t n)
{
	for (;;) {
		size_t plain = plain_length(s, n);

		buf_add(out, s, plain);
		if (plain == n)
			return;
		buf_adds(out, entities[special[(unsigned char)s[plain]]]);
		s += plain + 1;
		n -= plain + 1;
	}
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
