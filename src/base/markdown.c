/* SPDX-License-Identifier: MIT */
/* Markdown from hostile text: cmark-gfm's tree, with links and images made ours. */
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/html.h"
#include "base/markdown_mem.h"
#include "base/value.h"

#define INPUT_MAX ((size_t)512 << 10)
#define OUTPUT_MAX ((size_t)64 << 20)
/* Past these the parser's work grows with the square: measured, 4,000 cost 50 ms. */
#define TABLE_WORK 200000
#define IMAGES_MAX 4000
#define ADDRESSES_MAX 10000
#define OPTIONS (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)
#define HEADINGS_LOWERED 2

static pthread_once_t registered = PTHREAD_ONCE_INIT;

static bool tables_are_cheap(const char *s, size_t n)
{
	size_t lines = 0, pipes = 0, widest = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] == '|') {
			pipes++;
		} else if (i == n || s[i] == '\n' || s[i] == '\r') {
			lines += pipes > 0;
			widest = pipes > widest ? pipes : widest;
			pipes = 0;
		}
	}
	return lines == 0 || widest <= TABLE_WORK / lines;
}

static size_t occurrences(const char *s, size_t n, const char *what)
{
	size_t found = 0, len = strlen(what);
	const char *end = s + n;

	while ((s = memmem(s, (size_t)(end - s), what, len))) {
		found++;
		s += len;
	}
	return found;
}

/* A scheme that is not known is none that may be followed. */
static bool url_allowed(const char *url)
{
	static const char *const schemes[] = { "http", "https", "mailto" };
	size_t n = strcspn(url, ":/?#");

	if (url[n] != ':')
		return url[0] != '\0';
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (strlen(schemes[i]) == n && strncasecmp(url, schemes[i], n) == 0)
			return true;
	}
	return false;
}

static void add_url(struct buf *b, const char *url)
{
	for (; *url; url++) {
		unsigned char c = (unsigned char)*url;

		if (c == '&')
			buf_adds(b, "&amp;");
		else if (c <= ' ' || c >= 0x7f || strchr("\"'<>`\\{}|^", c))
			buf_addf(b, "%%%02X", c);
		else
			buf_addc(b, (char)c);
	}
}

static bool inside_link(cmark_node *node)
{
	while ((node = cmark_node_parent(node))) {
		cmark_node_type type = cmark_node_get_type(node);

		if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE || type == CMARK_NODE_CUSTOM_INLINE)
			return true;
	}
	return false;
}

/* An image, too, becomes a link: a page must not fetch what a model names. */
static void replace_link(cmark_node *node, cmark_mem *mem)
{
	cmark_node *ours = cmark_node_new_with_mem(CMARK_NODE_CUSTOM_INLINE, mem), *child;
	const char *url = cmark_node_get_url(node);
	bool link = url && url_allowed(url) && !inside_link(node);
	struct buf b;

	buf_init(&b, OUTPUT_MAX);
	if (link) {
		buf_adds(&b, "<a href=\"");
		add_url(&b, url);
		buf_adds(&b, "\" rel=\"nofollow noopener\">");
	}
	if (!cmark_node_first_child(node))
		buf_adds(&b, cmark_node_get_type(node) == CMARK_NODE_IMAGE ? "image" : "link");
	cmark_node_set_on_enter(ours, buf_str(&b));
	cmark_node_set_on_exit(ours, link ? "</a>" : "");
	buf_release(&b);
	while ((child = cmark_node_first_child(node)))
		cmark_node_append_child(ours, child);
	cmark_node_replace(node, ours);
	cmark_node_free(node);
}

static void rework(cmark_node *document, cmark_mem *mem)
{
	cmark_iter *it = cmark_iter_new(document);
	cmark_event_type event;

	while ((event = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(node);

		if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_HEADING) {
			int level = cmark_node_get_heading_level(node) + HEADINGS_LOWERED;

			cmark_node_set_heading_level(node, level > 6 ? 6 : level);
		}
		/* On leaving, the iterator has its next step and the node may go. */
		if (event == CMARK_EVENT_EXIT && (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE))
			replace_link(node, mem);
	}
	cmark_iter_free(it);
}

static struct value *plain(struct arena *a, const char *s, size_t n)
{
	struct value *v;
	struct buf b;

	buf_init(&b, 6 * n + 16);
	buf_adds(&b, "<pre>");
	html_escape(&b, s, n);
	buf_adds(&b, "</pre>\n");
	v = value_html(a, arena_strndup(a, buf_str(&b), b.len), b.len);
	buf_release(&b);
	return v;
}

static void attach(cmark_parser *parser, const char *extension)
{
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extension));
}

struct value *markdown_html(struct arena *a, const char *s, size_t n)
{
	cmark_mem *mem;
	cmark_parser *parser;
	cmark_node *document;
	struct value *v;
	char *html;
	size_t len;

	if (n > INPUT_MAX || occurrences(s, n, "![") > IMAGES_MAX)
		return plain(a, s, n);
	pthread_once(&registered, cmark_gfm_core_extensions_ensure_registered);
	mem = markdown_mem_begin();
	parser = cmark_parser_new_with_mem(OPTIONS, mem);
	attach(parser, "strikethrough");
	attach(parser, "tasklist");
	if (occurrences(s, n, "@") <= ADDRESSES_MAX)
		attach(parser, "autolink");
	if (tables_are_cheap(s, n))
		attach(parser, "table");
	cmark_parser_feed(parser, s, n);
	document = cmark_parser_finish(parser);
	rework(document, mem);
	html = cmark_render_html_with_mem(document, OPTIONS, cmark_parser_get_syntax_extensions(parser), mem);
	len = strlen(html);
	v = value_html(a, arena_strndup(a, html, len), len);
	cmark_node_free(document);
	cmark_parser_free(parser);
	markdown_mem_end();
	return v;
}
