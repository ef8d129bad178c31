/* SPDX-License-Identifier: MIT */
/* Template text to tokens: delimiters, nesting, and which tags stand alone in a line. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/mustache_ops.h"
#include "base/str.h"

#define DELIMITER_MAX 8

struct scanner {
	struct arena *scratch;
	const char *where, *s, *end;
	struct tokens t;
	size_t room;
	unsigned line;
	bool bol;
	struct str open, close;
	size_t nested[NESTING_MAX];
	size_t depth;
	struct err *e;
};

static bool fail(struct scanner *sc, unsigned line, const char *what)
{
	return err_set(sc->e, ERR_INVALID, "%s:%u: %s", sc->where, line, what);
}

static struct token *push(struct scanner *sc, enum token_kind kind, const char *s, size_t len)
{
	struct token *k;

	if (sc->t.count == sc->room) {
		size_t room = sc->room ? 2 * sc->room : 64;
		struct token *larger = arena_array(sc->scratch, room, sizeof(*larger));

		if (sc->t.count)
			memcpy(larger, sc->t.at, sc->t.count * sizeof(*larger));
		sc->t.at = larger;
		sc->room = room;
	}
	k = &sc->t.at[sc->t.count++];
	*k = (struct token){ .kind = kind, .s = s, .len = len, .line = sc->line, .bol = sc->bol };
	sc->bol = false;
	return k;
}

static bool is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\n' &&
		    !(s[i] == '\r' && i + 2 == n && s[i + 1] == '\n'))
			return false;
	}
	return true;
}

static void push_text(struct scanner *sc, const char *s, size_t n)
{
	while (n > 0) {
		const char *newline = memchr(s, '\n', n);
		size_t len = newline ? (size_t)(newline - s) + 1 : n;
		struct token *k = push(sc, TK_TEXT, s, len);

		k->nl = newline != NULL;
		k->blank = is_blank(s, len);
		if (newline) {
			sc->line++;
			sc->bol = true;
		}
		s += len;
		n -= len;
	}
}

static const char *find(const char *s, const char *end, struct str what)
{
	return memmem(s, (size_t)(end - s), what.s, what.len);
}

static bool take_delimiters(struct scanner *sc, struct str body)
{
	struct str first, second;
	size_t i = 0;

	if (body.len < 1 || body.s[body.len - 1] != '=')
		return fail(sc, sc->line, "a change of delimiters must read {{=open close=}}");
	body.len--;
	body = str_trim(body);
	while (i < body.len && body.s[i] != ' ' && body.s[i] != '\t' && body.s[i] != '\n')
		i++;
	first = (struct str){ body.s, i };
	second = str_trim((struct str){ body.s + i, body.len - i });
	if (!first.len || !second.len || first.len > DELIMITER_MAX || second.len > DELIMITER_MAX ||
	    memchr(first.s, '=', first.len) || memchr(second.s, '=', second.len) ||
	    memchr(second.s, ' ', second.len) || memchr(second.s, '\n', second.len))
		return fail(sc, sc->line, "a change of delimiters must read {{=open close=}}");
	sc->open = first;
	sc->close = second;
	return true;
}

static bool nest(struct scanner *sc, size_t index)
{
	struct token *k = &sc->t.at[index], *open;

	if (k->kind != TK_CLOSE) {
		if (sc->depth == NESTING_MAX)
			return fail(sc, k->line, "sections are nested deeper than 64");
		sc->nested[sc->depth++] = index;
		return true;
	}
	if (sc->depth == 0)
		return fail(sc, k->line, "a section ends that was not begun");
	open = &sc->t.at[sc->nested[--sc->depth]];
	if (open->len != k->len || memcmp(open->s, k->s, k->len) != 0)
		return err_set(sc->e, ERR_INVALID, "%s:%u: {{/%.*s}} ends {{%.*s}} of line %u", sc->where,
			       k->line, (int)(k->len > 60 ? 60 : k->len), k->s,
			       (int)(open->len > 60 ? 60 : open->len), open->s, open->line);
	open->match = index;
	k->match = sc->nested[sc->depth];
	return true;
}

static bool name_valid(struct str name)
{
	if (name.len == 0 || name.len > 200)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if ((unsigned char)name.s[i] <= ' ')
			return false;
	}
	return true;
}

/* The '}' that stands right before the closing delimiter. */
static const char *find_triple(const struct scanner *sc, const char *s)
{
	while ((s = memchr(s, '}', (size_t)(sc->end - s)))) {
		if ((size_t)(sc->end - s) <= sc->close.len)
			return NULL;
		if (memcmp(s + 1, sc->close.s, sc->close.len) == 0)
			return s;
		s++;
	}
	return NULL;
}

/* The tag whose opening delimiter stands at `open`; moves sc->s behind it. */
static bool scan_tag(struct scanner *sc, const char *open)
{
	static const struct {
		char sign;
		enum token_kind kind;
	} signs[] = {
		{ '#', TK_SECTION }, { '^', TK_INVERTED }, { '/', TK_CLOSE }, { '>', TK_PARTIAL },
		{ '<', TK_PARENT }, { '$', TK_BLOCK }, { '!', TK_COMMENT }, { '=', TK_COMMENT },
		{ '&', TK_RAW }, { '{', TK_RAW },
	};
	const char *s = open + sc->open.len, *close;
	enum token_kind kind = TK_VAR;
	struct str body;
	char sign = s < sc->end ? *s : '\0';

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		if (sign == signs[i].sign)
			kind = signs[i].kind;
	}
	if (kind != TK_VAR)
		s++;
	close = sign == '{' ? find_triple(sc, s) : find(s, sc->end, sc->close);
	if (!close)
		return fail(sc, sc->line, "a tag without its end");
	body = str_trim((struct str){ s, (size_t)(close - s) });
	sc->s = close + sc->close.len + (sign == '{');
	if (kind != TK_COMMENT && !name_valid(body))
		return fail(sc, sc->line, "a tag's name must be one word of 1 to 200 bytes");
	push(sc, kind, body.s, body.len);
	if (kind >= TK_SECTION && kind <= TK_BLOCK && kind != TK_PARTIAL && !nest(sc, sc->t.count - 1))
		return false;
	if (sign == '=' && !take_delimiters(sc, body))
		return false;
	for (const char *p = open; p < sc->s; p++)
		sc->line += *p == '\n';
	return true;
}

/* Tokens that a line's own parts end before: a parent counts as one with its content. */
static size_t after(const struct tokens *t, size_t i)
{
	return t->at[i].kind == TK_PARENT ? t->at[i].match + 1 : i + 1;
}

static void settle_line(struct tokens *t, size_t from, size_t to, bool begins, bool ends)
{
	struct token *tag = NULL, *lead = t->at[from].kind == TK_TEXT ? &t->at[from] : NULL;
	bool alone = begins && (ends || (to > from && t->at[to - 1].nl));

	for (size_t i = from; i < to; i = after(t, i)) {
		struct token *k = &t->at[i];

		if (k->kind == TK_TEXT) {
			alone = alone && k->blank;
		} else {
			alone = alone && !tag && k->kind != TK_VAR && k->kind != TK_RAW;
			/* A block that follows white space hands it on to what replaces it. */
			if (!tag && k->kind == TK_BLOCK && lead && lead->bol && lead->blank && !lead->nl) {
				k->indent = lead->s;
				k->indent_len = lead->len;
			}
			tag = tag ? tag : k;
		}
	}
	if (!alone || !tag)
		return;
	tag->standalone = true;
	if (lead && lead < tag) {
		tag->indent = lead->s;
		tag->indent_len = lead->len;
	}
	for (size_t i = from; i < to; i = after(t, i))
		t->at[i].dropped = t->at[i].kind == TK_TEXT;
}

/* `begins` and `ends`: whether the tokens' edges are edges of lines, too. */
static void settle_lines(struct tokens *t, size_t from, size_t to, bool begins, bool ends)
{
	size_t start = from, i = from;

	while (i < to) {
		size_t next = after(t, i);

		if (t->at[i].nl || next >= to) {
			settle_line(t, start, next, begins, ends && next >= to);
			begins = true;
			start = next;
		}
		i = next;
	}
}

/* Content of a block inside a parent begins and ends where its own lines do. */
static void settle_arguments(struct tokens *t, size_t parent)
{
	for (size_t i = parent + 1; i < t->at[parent].match;) {
		struct token *k = &t->at[i];
		size_t from = i + 1, to = k->match;
		bool begins = false;

		if (k->kind != TK_BLOCK) {
			i = k->kind >= TK_SECTION && k->kind <= TK_PARENT && k->match > i ? k->match + 1
											  : i + 1;
			continue;
		}
		if (from < to && t->at[from].blank && t->at[from].nl) {
			t->at[from++].dropped = true;
			begins = true;
		}
		if (from < to && t->at[to - 1].blank && !t->at[to - 1].nl && t->at[to - 1].bol)
			t->at[--to].dropped = true;
		settle_lines(t, from, to, begins, false);
		i = k->match + 1;
	}
}

bool mustache_scan(struct arena *scratch, const char *where, const char *text, size_t len, struct tokens *out,
		   struct err *e)
{
	struct scanner sc = {
		.scratch = scratch, .where = where, .s = text, .end = text + len, .line = 1, .bol = true,
		.open = STR("{{"), .close = STR("}}"), .e = e,
	};

	while (sc.s < sc.end) {
		const char *open = find(sc.s, sc.end, sc.open);

		push_text(&sc, sc.s, (size_t)((open ? open : sc.end) - sc.s));
		sc.s = sc.end;
		if (open && !scan_tag(&sc, open))
			return false;
	}
	if (sc.depth) {
		const struct token *k = &sc.t.at[sc.nested[sc.depth - 1]];

		return err_set(e, ERR_INVALID, "%s:%u: {{%.*s}} has no end", where, k->line,
			       (int)(k->len > 60 ? 60 : k->len), k->s);
	}
	settle_lines(&sc.t, 0, sc.t.count, true, true);
	for (size_t i = 0; i < sc.t.count; i++) {
		if (sc.t.at[i].kind == TK_PARENT)
			settle_arguments(&sc.t, i);
	}
	*out = sc.t;
	return true;
}

static bool counts(const struct token *k)
{
	return k->kind != TK_SECTION && k->kind != TK_INVERTED && k->kind != TK_COMMENT &&
	       k->kind != TK_CLOSE;
}

size_t mustache_common_indent(const struct tokens *t, size_t from, size_t to)
{
	size_t common = SIZE_MAX;

	for (size_t i = from; i < to; i = after(t, i)) {
		const struct token *k = &t->at[i];
		size_t width = 0;

		if (!k->bol || (k->blank && k->nl))
			continue;
		if (k->kind == TK_TEXT) {
			if (k->blank && (i + 1 >= to || (t->at[i + 1].standalone && !counts(&t->at[i + 1]))))
				continue;
			while (width < k->len && (k->s[width] == ' ' || k->s[width] == '\t'))
				width++;
		} else if (k->standalone && !counts(k)) {
			continue;
		}
		common = width < common ? width : common;
	}
	return common == SIZE_MAX ? 0 : common;
}
