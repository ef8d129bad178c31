/* SPDX-License-Identifier: MIT */
#include "fallback/python.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"

enum { MAX_DEPTH = 100, MAX_NESTED = 6, MAX_OPEN_DEFS = 60 };

struct lexer {
	struct arena *a;
	struct py_file *file;
	size_t size_lists, size_defs;
};

static void *grown(struct arena *a, void *old, size_t n, size_t *size, size_t each)
{
	if (n < *size)
		return old;
	*size = *size ? *size * 2 : 32;
	void *more = arena_array(a, *size, each);
	if (n)
		memcpy(more, old, n * each);
	return more;
}

static struct py_token *add(struct lexer *x, struct py_list *l, enum py_kind kind, struct str text, int line)
{
	l->t = grown(x->a, l->t, l->n, &l->size, sizeof(*l->t));
	l->t[l->n] = (struct py_token){ .kind = kind, .text = text, .line = line };
	return &l->t[l->n++];
}

static struct py_list *new_list(struct lexer *x)
{
	struct py_file *f = x->file;

	f->lists = grown(x->a, f->lists, f->n_lists, &x->size_lists, sizeof(*f->lists));
	return f->lists[f->n_lists++] = arena_alloc(x->a, sizeof(struct py_list));
}

static void lex(struct lexer *x, struct py_list *l, struct str s, int line, int nested, size_t def);

/* Where the braces that open at s.s[i] close, and where their expression ends before a
   conversion or a format. */
static size_t brace_end(struct str s, size_t i, size_t *expression)
{
	int depth = 0;

	*expression = 0;
	for (; i < s.len; i++) {
		char c = s.s[i];
		if (c == '\'' || c == '"') {
			const char *end = memchr(s.s + i + 1, c, s.len - i - 1);
			if (!end)
				break;
			i = (size_t)(end - s.s);
		} else if (c && strchr("([{", c)) {
			depth++;
		} else if (c && strchr(")]}", c)) {
			if (--depth == 0) {
				if (!*expression)
					*expression = i;
				return i;
			}
		} else if (depth == 1 && !*expression &&
			   (c == ':' || (c == '!' && i + 1 < s.len && s.s[i + 1] != '='))) {
			*expression = i;
		}
	}
	return s.len;
}

static void lex_parts(struct lexer *x, struct py_token *t, int nested, size_t def)
{
	struct str s = t->text;
	int line = t->line;
	size_t size = 0;

	for (size_t i = 0; i < s.len && nested < MAX_NESTED; i++) {
		size_t expression;
		line += s.s[i] == '\n';
		if (s.s[i] != '{')
			continue;
		if (i + 1 < s.len && s.s[i + 1] == '{') {
			i++;
			continue;
		}
		size_t end = brace_end(s, i, &expression);
		if (end == s.len)
			return;
		struct py_list *l = new_list(x);
		lex(x, l, (struct str){ s.s + i + 1, expression - i - 1 }, line, nested + 1, def);
		l->number = end > expression + 1 && s.s[expression] == ':' &&
			    strchr("bcdoxXeEfFgGn%", s.s[end - 1]);
		t->parts = grown(x->a, (void *)t->parts, t->n_parts, &size, sizeof(*t->parts));
		t->parts[t->n_parts++] = l;
		for (; i < end; i++)
			line += s.s[i] == '\n';
	}
}

/* The length of a string literal that begins at s.s[i], 0 when none does. */
static size_t string_at(struct str s, size_t i, struct str *body, bool *formatted)
{
	size_t k = i;

	*formatted = false;
	while (k < s.len && k < i + 2 && strchr("rRbBuUfF", s.s[k]) && s.s[k]) {
		*formatted |= s.s[k] == 'f' || s.s[k] == 'F';
		k++;
	}
	if (k >= s.len || (s.s[k] != '"' && s.s[k] != '\''))
		return 0;
	char q = s.s[k];
	bool triple = k + 2 < s.len && s.s[k + 1] == q && s.s[k + 2] == q;
	size_t from = k + (triple ? 3 : 1), e = from;
	for (; e < s.len; e++) {
		if (s.s[e] == '\\') {
			e++;
			continue;
		}
		if (!triple && (s.s[e] == q || s.s[e] == '\n'))
			break;
		if (triple && s.s[e] == q && e + 2 < s.len && s.s[e + 1] == q && s.s[e + 2] == q)
			break;
	}
	if (e > s.len)
		e = s.len;
	*body = (struct str){ s.s + from, e - from };
	e += triple ? 3 : 1;
	return (e > s.len ? s.len : e) - i;
}

static size_t word_length(struct str s, size_t i)
{
	size_t k = i;

	while (k < s.len && (isalnum((unsigned char)s.s[k]) || s.s[k] == '_' || (unsigned char)s.s[k] >= 128))
		k++;
	return k - i;
}

static size_t operator_length(struct str s, size_t i)
{
	static const char *const two[] = { "//", "**", "->", ":=", "+=", "-=", "*=",
					   "/=", "%=", "|=", "==", "!=", "<=", ">=" };

	for (size_t k = 0; i + 1 < s.len && k < sizeof(two) / sizeof(*two); k++)
		if (memcmp(s.s + i, two[k], 2) == 0)
			return 2;
	return 1;
}

struct scope {
	size_t open[MAX_DEPTH], depth; /* brackets */
	size_t defs[MAX_OPEN_DEFS], n_defs, def;
};

static void bracket(struct py_list *l, struct py_token *t, struct scope *c)
{
	size_t at = (size_t)(t - l->t);

	if (strchr("([{", *t->text.s)) {
		t->depth = (int)c->depth;
		if (c->depth < MAX_DEPTH)
			c->open[c->depth++] = at;
	} else if (strchr(")]}", *t->text.s) && c->depth) {
		size_t other = c->open[--c->depth];
		t->depth = (int)c->depth;
		t->pair = other;
		l->t[other].pair = at;
	}
}

/* A logical line begins: functions that are indented as far or farther have ended. */
static void begin_line(struct lexer *x, struct scope *c, struct str s, size_t i, size_t at)
{
	struct py_file *f = x->file;
	int indent = 0;
	size_t k = i;

	while (k > 0 && s.s[k - 1] != '\n') {
		k--;
		indent++;
	}
	while (c->n_defs && f->defs[c->defs[c->n_defs - 1]].indent >= indent)
		f->defs[c->defs[--c->n_defs]].to = at;
	c->def = c->n_defs ? c->defs[c->n_defs - 1] : 0;
	if (s.len - i > 6 && memcmp(s.s + i, "async ", 6) == 0)
		i += 6;
	if (s.len - i < 5 || memcmp(s.s + i, "def ", 4) != 0 || c->n_defs == MAX_OPEN_DEFS)
		return;
	f->defs = grown(x->a, f->defs, f->n_defs, &x->size_defs, sizeof(*f->defs));
	f->defs[f->n_defs] = (struct py_def){
		.name = { s.s + i + 4, word_length(s, i + 4) }, .from = at, .parent = c->def, .indent = indent
	};
	c->def = c->defs[c->n_defs++] = f->n_defs++;
}

static void lex(struct lexer *x, struct py_list *l, struct str s, int line, int nested, size_t def)
{
	struct scope c = { .def = def };
	bool fresh = nested == 0;

	for (size_t i = 0; i < s.len;) {
		struct str body;
		bool formatted;
		char ch = s.s[i];
		if (ch == '\n') {
			if (!c.depth && !nested && !fresh)
				add(x, l, PY_LINE, STR("\n"), line)->def = c.def;
			fresh = nested == 0 && !c.depth;
			line++;
			i++;
			continue;
		}
		if (isspace((unsigned char)ch) || ch == '\\' || !ch) {
			line += ch == '\\' && i + 1 < s.len && s.s[i + 1] == '\n';
			i += ch == '\\' ? 2 : 1;
			continue;
		}
		if (ch == '#') {
			while (i < s.len && s.s[i] != '\n')
				i++;
			continue;
		}
		if (fresh)
			begin_line(x, &c, s, i, l->n);
		fresh = false;
		struct py_token *t;
		size_t n = string_at(s, i, &body, &formatted);
		if (n) {
			t = add(x, l, PY_STRING, body, line);
			/* Long strings begin on the line of their quotes. */
			if (formatted)
				lex_parts(x, t, nested, c.def);
			for (size_t k = i; k < i + n; k++)
				line += s.s[k] == '\n';
		} else if ((n = word_length(s, i))) {
			t = add(x, l, isdigit((unsigned char)ch) ? PY_NUMBER : PY_NAME,
				(struct str){ s.s + i, n }, line);
		} else {
			n = operator_length(s, i);
			t = add(x, l, PY_OP, (struct str){ s.s + i, n }, line);
		}
		t->def = c.def;
		t->depth = (int)c.depth;
		if (t->kind == PY_OP && n == 1)
			bracket(l, t, &c);
		i += n;
	}
	while (c.n_defs)
		x->file->defs[c.defs[--c.n_defs]].to = l->n;
}

bool py_is(const struct py_token *t, const char *text)
{
	return t->kind != PY_STRING && str_eq(t->text, text);
}

const struct py_token *py_at(const struct py_list *l, size_t i)
{
	static const struct py_token nothing = { .kind = PY_LINE, .text = { "\n", 1 } };

	return i < l->n ? &l->t[i] : &nothing;
}

struct py_file py_read(struct arena *a, const char *path, struct str source)
{
	struct py_file f = { .path = path };
	struct lexer x = { .a = a, .file = &f };

	f.defs = grown(a, NULL, 0, &x.size_defs, sizeof(*f.defs));
	f.defs[f.n_defs++] = (struct py_def){ .indent = -1 };
	lex(&x, new_list(&x), source, 1, 0, 0);
	f.defs[0].to = f.lists[0]->n;
	for (size_t i = 1; i < f.n_defs; i++) {
		struct py_def *d = &f.defs[i];
		size_t at = d->from;
		while (at < d->to && !py_is(py_at(f.lists[0], at), "("))
			at++;
		d->params = at + 1;
		d->params_end = py_at(f.lists[0], at)->pair;
	}
	return f;
}
