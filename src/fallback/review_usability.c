/* SPDX-License-Identifier: MIT */
/*
 * What hinders people, as far as it can be seen in the markup that stands in Python's strings
 * and in .html files. What stands in an f-string's braces is kept by its names only, so that a
 * form's control that a function makes is found where the function is called.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/contrast.h"
#include "fallback/review.h"

enum { MAX_PIECES = 4000, MAX_LINES = 40, MAX_SHEETS = 50, MAX_TAG = 4000 };
/* Bytes that may be gone over: tags without an end must not make it slow. */
enum { EFFORT = 40 * 1000 * 1000 };

/* Adjacent literals as one text. */
struct piece {
	const char *path;
	struct str text;
	struct str function; /* in which it is written; "" for none */
	struct {
		size_t at;
		int line;
	} lines[MAX_LINES]; /* where each literal begins */
	size_t n_lines;
};

struct pages {
	struct review *r;
	struct piece *list;
	size_t n, all; /* all: bytes of all pieces */
	long left;     /* of the effort */
};

static int line_at(const struct piece *p, size_t at)
{
	size_t i = p->n_lines;

	while (i > 1 && p->lines[i - 1].at > at)
		i--;
	struct str part = { p->text.s + p->lines[i - 1].at, p->text.len - p->lines[i - 1].at };
	return p->lines[i - 1].line + line_of(part, at - p->lines[i - 1].at) - 1;
}

/* Names, calls and lines remain of what stands in braces; nothing that looks like markup. */
static void add_literal(struct buf *b, const struct py_token *t)
{
	int braces = 0;

	for (size_t i = 0; i < t->text.len; i++) {
		char c = t->text.s[i];
		bool inside = t->n_parts && braces > 0;
		braces += c == '{';
		braces -= c == '}' && braces > 0;
		if (!inside || c == '\n' || c == '}' || c == '(' || c == '_' || isalnum((unsigned char)c))
			buf_addc(b, c);
	}
}

static void add_piece(struct pages *g, const struct py_file *f, const struct py_list *l, size_t from,
		      size_t to)
{
	struct piece *p = &g->list[g->n++];
	struct buf b;

	*p = (struct piece){ .path = f->path, .function = f->defs[l->t[from].def].name };
	buf_init(&b, (size_t)4 << 20);
	for (size_t i = from; i < to; i++) {
		if (p->n_lines < MAX_LINES) {
			p->lines[p->n_lines].at = b.len;
			p->lines[p->n_lines++].line = l->t[i].line;
		}
		add_literal(&b, &l->t[i]);
	}
	p->text = (struct str){ arena_strndup(g->r->a, buf_str(&b), b.len), b.len };
	buf_release(&b);
}

static void gather(struct pages *g)
{
	for (size_t f = 0; f < g->r->n_files; f++)
		for (size_t k = 0; k < g->r->files[f].n_lists; k++) {
			const struct py_list *l = g->r->files[f].lists[k];
			for (size_t i = 0, end; i < l->n && g->n < MAX_PIECES; i = end) {
				end = i + 1;
				if (l->t[i].kind != PY_STRING)
					continue;
				while (end < l->n && l->t[end].kind == PY_STRING)
					end++;
				add_piece(g, &g->r->files[f], l, i, end);
			}
		}
	for (size_t i = 0; i < g->r->n_sources && g->n < MAX_PIECES; i++) {
		const struct source *s = &g->r->sources[i];
		size_t n = strlen(s->path);
		if (s->python || n < 5 || strcasecmp(s->path + n - 5, ".html") != 0)
			continue;
		g->list[g->n++] = (struct piece){ .path = s->path,
						  .text = s->text,
						  .function = STR(""),
						  .lines = { { 0, 1 } },
						  .n_lines = 1 };
	}
}

static struct str tag_at(const struct piece *p, size_t at)
{
	size_t left = p->text.len - at, most = left < MAX_TAG ? left : MAX_TAG;
	const char *end = memchr(p->text.s + at, '>', most);

	return (struct str){ p->text.s + at, end ? (size_t)(end - p->text.s) - at : most };
}

static bool holds(struct str s, const char *text)
{
	return find_text(s, 0, text) >= 0;
}

static bool any_holds(const struct pages *g, const char *text)
{
	for (size_t i = 0; i < g->n; i++)
		if (holds(g->list[i].text, text))
			return true;
	return false;
}

/* Where the next tag of this name begins, -1 at the end. The name of one that closes begins with '/'. */
static ptrdiff_t next_tag(struct str s, size_t from, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = from; at + n < s.len; at++) {
		const char *open = memchr(s.s + at, '<', s.len - at - n);
		if (!open)
			break;
		at = (size_t)(open - s.s);
		bool whole = at + 1 + n >= s.len ||
			     (!isalnum((unsigned char)s.s[at + 1 + n]) && s.s[at + 1 + n] != '-');
		if (whole && strncasecmp(open + 1, name, n) == 0)
			return (ptrdiff_t)at;
	}
	return -1;
}

static bool in_label(const struct piece *p, size_t at)
{
	struct str before = { p->text.s, at };
	ptrdiff_t opened = -1, closed = -1;

	for (ptrdiff_t i = -1; (i = next_tag(before, (size_t)(i + 1), "label")) >= 0;)
		opened = i;
	for (ptrdiff_t i = -1; (i = next_tag(before, (size_t)(i + 1), "/label")) >= 0;)
		closed = i;
	return opened > closed;
}

/* A control that a function makes is labelled where the function is put into a page. */
static bool is_called_in_labels(const struct pages *g, struct str function)
{
	const char *call = arena_printf(g->r->a, "%.*s(", (int)function.len, function.s);
	size_t n = 0;

	if (!function.len)
		return false;
	for (size_t i = 0; i < g->n; i++)
		for (ptrdiff_t at = -1; (at = find_text(g->list[i].text, (size_t)(at + 1), call)) >= 0; n++)
			if (!in_label(&g->list[i], (size_t)at))
				return false;
	return n > 0;
}

static bool needs_no_label(const struct pages *g, struct str tag)
{
	static const char *const fine[] = { "type=\"hidden", "type=hidden",  "type=\"submit", "type=submit",
					    "type=\"button", "type=\"image", "aria-label",    "title=" };

	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		if (holds(tag, fine[i]))
			return true;
	ptrdiff_t id = find_text(tag, 0, " id=\"");
	if (id < 0)
		return false;
	struct str rest = { tag.s + id + 5, tag.len - (size_t)id - 5 }, name = str_cut(&rest, '"');
	return any_holds(g, arena_printf(g->r->a, "for=\"%.*s\"", (int)name.len, name.s));
}

static bool spend(struct pages *g, size_t bytes)
{
	g->left -= (long)bytes;
	return g->left > 0;
}

static void look_at_controls(struct pages *g, const struct piece *p)
{
	static const char *const controls[] = { "input", "select", "textarea" };

	for (size_t i = 0; i < sizeof(controls) / sizeof(*controls); i++)
		for (ptrdiff_t at = -1;
		     (at = next_tag(p->text, (size_t)(at + 1), controls[i])) >= 0 && spend(g, g->all);)
			if (!needs_no_label(g, tag_at(p, (size_t)at)) && !in_label(p, (size_t)at) &&
			    !is_called_in_labels(g, p->function))
				review_add(
					g->r, HIGH, p->path, line_at(p, (size_t)at), "A field has no label",
					"Who does not see the page is not told what to write here.",
					"Put the field into a label with its name, or give it aria-label.");
}

static void look_at_images(struct pages *g, const struct piece *p)
{
	for (ptrdiff_t at = -1;
	     (at = next_tag(p->text, (size_t)(at + 1), "img")) >= 0 && spend(g, p->text.len);)
		if (!holds(tag_at(p, (size_t)at), "alt="))
			review_add(g->r, HIGH, p->path, line_at(p, (size_t)at), "An image has no text",
				   "Who does not see it does not know what it says.",
				   "Give it alt=\"…\", or alt=\"\" when it is only decoration.");
}

static void look_at_words(struct pages *g, const struct piece *p, const char *open, const char *close)
{
	static const char *const poor[] = { "here", "click here", "more",  "read more",
					    "link", "this",	  "click", "" };

	for (ptrdiff_t at = -1;
	     (at = next_tag(p->text, (size_t)(at + 1), open)) >= 0 && spend(g, p->text.len);) {
		struct str tag = tag_at(p, (size_t)at);
		size_t from = (size_t)at + tag.len + 1;
		ptrdiff_t end = from <= p->text.len ? next_tag(p->text, from, close) : -1;
		if (end < 0 || holds(tag, "aria-label") || holds(tag, "title="))
			continue;
		struct str words = str_trim((struct str){ p->text.s + from, (size_t)end - from });
		for (size_t i = 0; i < sizeof(poor) / sizeof(*poor); i++)
			if (words.len == strlen(poor[i]) && strncasecmp(words.s, poor[i], words.len) == 0)
				review_add(g->r, MEDIUM, p->path, line_at(p, (size_t)at),
					   "The words of a link or button do not say where it leads",
					   "Read out alone, as screen readers do, it says nothing.",
					   "Name what one gets: “New loan”, “All invoices”.");
	}
}

static void look_at_frame(const struct pages *g, const struct piece *p)
{
	static const struct {
		const char *says, *title, *problem, *advice;
	} parts[] = {
		{ "lang=", "A page does not say its language", "Screen readers read it out in the wrong one.",
		  "Name it by lang=\"…\" at the page's root element." },
		{ "<title", "A page has no title", "Tabs, history and screen readers cannot name it.",
		  "Give each page a title element of its own." },
		{ "viewport", "A page is not made for phones", "Phones show it tiny.",
		  "Add a meta element: viewport, width=device-width, initial-scale=1." },
	};
	ptrdiff_t at = next_tag(p->text, 0, "html");

	for (size_t i = 0; at >= 0 && i < sizeof(parts) / sizeof(*parts); i++)
		if (!holds(i ? p->text : tag_at(p, (size_t)at), parts[i].says))
			review_add(g->r, MEDIUM, p->path, line_at(p, (size_t)at), parts[i].title,
				   parts[i].problem, parts[i].advice);
}

static bool any_tag(const struct pages *g, const char *tag, const struct piece **where, size_t *at)
{
	for (size_t i = 0; i < g->n; i++) {
		ptrdiff_t k = next_tag(g->list[i].text, 0, tag);
		if (k < 0)
			continue;
		*where = &g->list[i];
		*at = (size_t)k;
		return true;
	}
	return false;
}

static bool any_of(const struct pages *g, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (any_holds(g, texts[i]))
			return true;
	return false;
}

/* What is there at least once in an application that thinks of people. */
static void look_at_whole(const struct pages *g)
{
	static const char *const empty[] = { "nothing",	   " yet",	   "no entries",
					     "no results", "there are no", "class=\"empty" };
	static const char *const mistake[] = { "role=\"alert",	"aria-invalid",	   "aria-describedby",
					       "class=\"error", "class=\"problem", "class=\"mistake" };
	const struct piece *p, *other;
	size_t at, there;

	if (any_tag(g, "body", &p, &at) && !any_tag(g, "h1", &other, &there))
		review_add(g->r, MEDIUM, p->path, line_at(p, at), "Pages have no heading",
			   "One does not see at once where one is.",
			   "Begin each page with a heading of the first level.");
	if (any_tag(g, "table", &p, &at)) {
		if (!any_tag(g, "th", &other, &there))
			review_add(g->r, MEDIUM, p->path, line_at(p, at), "A table has no headings",
				   "One has to guess what the columns are.",
				   "Begin the table with a row of th elements.");
		if (!any_of(g, empty, sizeof(empty) / sizeof(*empty)))
			review_add(g->r, MEDIUM, p->path, line_at(p, at), "An empty list says nothing",
				   "Nobody knows whether nothing is there or something is broken.",
				   "Say that there is nothing yet, and how to add the first.");
	}
	if (any_tag(g, "form", &p, &at) && (any_holds(g, "method=\"post") || any_holds(g, "method=post")) &&
	    !any_of(g, mistake, sizeof(mistake) / sizeof(*mistake)))
		review_add(g->r, HIGH, p->path, line_at(p, at), "A mistake is not told beside its field",
			   "Who makes one does not learn which field is wrong and why.",
			   "Show the form again with what was typed and a message with role=\"alert\" beside "
			   "the field.");
}

static void look_at_colours(struct review *r)
{
	size_t sheets = 0;

	for (size_t i = 0; i < r->n_sources && sheets < MAX_SHEETS; i++) {
		const struct source *s = &r->sources[i];
		const struct py_list *l = s->python ? s->python->lists[0] : NULL;
		size_t n = strlen(s->path);
		if (!l && n > 4 && strcasecmp(s->path + n - 4, ".css") == 0)
			contrast_check(r, s->path, s->text, 1);
		for (size_t k = 0; l && k < l->n && sheets < MAX_SHEETS; k++)
			if (l->t[k].kind == PY_STRING && holds(l->t[k].text, "color:") &&
			    holds(l->t[k].text, "{") && ++sheets)
				contrast_check(r, s->path, l->t[k].text, l->t[k].line);
		ptrdiff_t style = l ? -1 : next_tag(s->text, 0, "style");
		ptrdiff_t end = style < 0 ? -1 : next_tag(s->text, (size_t)style, "/style");
		if (end > style + 7)
			contrast_check(r, s->path,
				       (struct str){ s->text.s + style + 7, (size_t)(end - style - 7) },
				       line_of(s->text, (size_t)style));
	}
}

static void look(struct review *r)
{
	struct pages g = { .r = r, .list = arena_array(r->a, MAX_PIECES, sizeof(struct piece)) };

	gather(&g);
	g.left = EFFORT;
	for (size_t i = 0; i < g.n; i++)
		g.all += g.list[i].text.len;
	for (size_t i = 0; i < g.n; i++) {
		if (!memchr(g.list[i].text.s, '<', g.list[i].text.len))
			continue;
		look_at_frame(&g, &g.list[i]);
		look_at_controls(&g, &g.list[i]);
		look_at_images(&g, &g.list[i]);
		look_at_words(&g, &g.list[i], "a", "/a");
		look_at_words(&g, &g.list[i], "button", "/button");
	}
	look_at_whole(&g);
	look_at_colours(r);
}

struct value *usability_review(struct task *t, struct err *e)
{
	return review_answer(
		t, look,
		"fields without a label, pages without title, language, viewport or heading, lists that "
		"say nothing when empty, mistakes that are not told, words of links and buttons, images "
		"without a text, colours that are hard to read");
}
