/* SPDX-License-Identifier: MIT */
/* What stands for a piece of text in each type of output. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/html.h"
#include "base/json.h"
#include "base/mustache_ops.h"

/* The inside of a quoted literal. C's octal form, unlike its \x, ends after three digits; its '?'
   is escaped because C17 still has trigraphs. */
static void escape_literal(struct buf *out, const char *s, size_t n, bool python)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		char esc[8];

		if (c == '\\' || c == '\'' || c == '"' || (c == '?' && !python))
			snprintf(esc, sizeof(esc), "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			snprintf(esc, sizeof(esc), python ? "\\x%02x" : "\\%03o", c);
		else
			continue;
		buf_add(out, s + from, i - from);
		buf_adds(out, esc);
		from = i + 1;
	}
	buf_add(out, s + from, n - from);
}

static void escape_json(struct buf *out, const char *s, size_t n)
{
	struct buf quoted;

	buf_init(&quoted, out->cap);
	json_write_str(&quoted, s, n);
	if (buf_ok(&quoted))
		buf_add(out, quoted.data + 1, quoted.len - 2);
	else
		out->overflow = true;
	buf_release(&quoted);
}

/* Each `quote` becomes `instead`. */
static void escape_one(struct buf *out, const char *s, size_t n, char quote, const char *instead)
{
	const char *end = s + n, *at;

	while (s < end && (at = memchr(s, quote, (size_t)(end - s)))) {
		buf_add(out, s, (size_t)(at - s));
		buf_adds(out, instead);
		s = at + 1;
	}
	buf_add(out, s, (size_t)(end - s));
}

void mustache_escape(enum mustache_type type, struct buf *out, const char *s, size_t n)
{
	switch (type) {
	case MT_HTML:
		html_escape(out, s, n);
		break;
	case MT_TEXT:
		buf_add(out, s, n);
		break;
	case MT_PYTHON:
		escape_literal(out, s, n, true);
		break;
	case MT_C:
		escape_literal(out, s, n, false);
		break;
	case MT_JSON:
		escape_json(out, s, n);
		break;
	case MT_SQL:
		escape_one(out, s, n, '\'', "''");
		break;
	case MT_SHELL:
		buf_addc(out, '\'');
		escape_one(out, s, n, '\'', "'\\''");
		buf_addc(out, '\'');
		break;
	}
}
