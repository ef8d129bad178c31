/* SPDX-License-Identifier: MIT */
/* Escaping by destination, and Markdown from hostile text. */
#ifndef BASE_HTML_H
#define BASE_HTML_H

#include <stddef.h>

struct arena;
struct buf;
struct value;

/* & < > " ' for text and quoted attributes. */
void html_escape(struct buf *out, const char *s, size_t n);
/* Percent-encodes everything but RFC 3986 unreserved characters. */
void url_escape(struct buf *out, const char *s, size_t n);

/*
 * GitHub-flavoured Markdown by cmark-gfm in safe mode: no raw HTML, no
 * javascript: or data: links; images become links; links get rel="nofollow
 * noopener"; headings are lowered by two levels (a page has its own h1 and h2).
 * Input over 512 KiB or with over 4,000 "![" is shown as plain text; with over 10,000
 * '@' bare addresses are not linked. Where pipes in the widest line ×
 * lines with a pipe > 200,000 the table extension stays off: it is quadratic.
 */
struct value *markdown_html(struct arena *a, const char *s, size_t n);

#endif
