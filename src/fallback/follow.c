/* SPDX-License-Identifier: MIT */
#include "fallback/follow.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

enum { STEPS = 30 * 1000 * 1000, DEEPEST = 40 };

struct follow *follow_new(struct arena *a, const struct py_file *files, size_t n,
			  bool (*cleans)(const struct follow *w, struct str function))
{
	struct follow *w = arena_alloc(a, sizeof(*w));

	w->a = a;
	w->files = files;
	w->n_files = n;
	w->cleans = cleans;
	w->steps = STEPS;
	w->circle = SIZE_MAX;
	return w;
}

static enum trust worse(enum trust a, enum trust b)
{
	return a > b ? a : b;
}

static bool same(struct str a, struct str b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

static bool among(struct str word, const char *words)
{
	const char *at = words;

	while (*at) {
		size_t n = strcspn(at, " ");
		if (n == word.len && memcmp(at, word.s, n) == 0)
			return true;
		at += n + (at[n] == ' ');
	}
	return false;
}

static bool spend(struct follow *w, size_t steps)
{
	w->steps -= (long)steps;
	return w->steps > 0;
}

size_t follow_end(const struct py_list *l, size_t from)
{
	size_t i = from;

	for (; i < l->n && l->t[i].kind != PY_LINE; i++) {
		const struct py_token *t = &l->t[i];
		if (t->pair > i)
			i = t->pair;
		else if (t->kind == PY_OP && strchr(",)]}:=", *t->text.s) && t->text.len == 1)
			break;
	}
	return i;
}

/* The i-th of the parts between commas in from..to; false when there are fewer. */
static bool part_at(const struct py_list *l, size_t from, size_t to, size_t index, size_t *begin, size_t *end)
{
	*begin = from;
	for (size_t i = from; i <= to; i++) {
		if (i < to && l->t[i].pair > i) {
			i = l->t[i].pair;
			continue;
		}
		if (i < to && !py_is(&l->t[i], ","))
			continue;
		*end = i;
		if (!index--)
			return *begin < *end;
		*begin = i + 1;
	}
	return false;
}

static size_t count_parts(const struct py_list *l, size_t from, size_t to)
{
	size_t n = from < to;

	for (size_t i = from; i < to; i++) {
		if (l->t[i].pair > i)
			i = l->t[i].pair;
		else
			n += py_is(&l->t[i], ",") && i + 1 < to;
	}
	return n;
}

const struct py_def *follow_def(const struct follow *w, const struct py_file *here, bool own, struct str name,
				const struct py_file **file)
{
	const struct py_def *found = NULL;

	for (size_t i = 0; i < w->n_files; i++)
		for (size_t k = 1; k < w->files[i].n_defs && (!found || (&w->files[i] == here) == own); k++)
			if (same(w->files[i].defs[k].name, name)) {
				*file = &w->files[i];
				found = &w->files[i].defs[k];
				break;
			}
	return found;
}

static enum trust resolve(struct follow *w, const struct py_file *f, size_t def, struct str name);

/* What a function gives: all that stands behind its return and yield. */
static enum trust returned(struct follow *w, const struct py_file *f, const struct py_def *d)
{
	const struct py_list *l = f->lists[0];
	size_t def = (size_t)(d - f->defs);
	enum trust worst = TRUSTED;

	if (!spend(w, d->to - d->from))
		return UNSURE;
	for (size_t i = d->from; i < d->to; i++)
		if (l->t[i].def == def && l->t[i].kind == PY_NAME && among(l->t[i].text, "return yield")) {
			size_t end = i + 1;
			while (end < d->to && l->t[end].kind != PY_LINE)
				end++;
			worst = worse(worst, follow_span(w, f, l, i + 1, end));
		}
	return worst;
}

/* Arithmetic other than + and * and % cannot give a text. */
static bool is_number(const struct py_list *l, size_t from, size_t to)
{
	bool number = l->number;

	for (size_t i = from; i < to; i++) {
		const struct py_token *t = &l->t[i];
		if (t->pair > i)
			i = t->pair;
		else if (t->kind == PY_NAME && among(t->text, "if or and for"))
			return l->number;
		else if (py_is(t, "-") || py_is(t, "/") || py_is(t, "//"))
			number = true;
	}
	return number;
}

/* Past a conditional's condition, or a comprehension's "for … in …". */
static size_t past_clause(const struct py_list *l, size_t i, size_t to, bool condition)
{
	int depth = l->t[i].depth;

	for (i++; i < to; i++) {
		if (l->t[i].depth < depth)
			return i - 1;
		if (condition && l->t[i].depth == depth && py_is(&l->t[i], "else"))
			return i;
	}
	return to;
}

static bool is_constant(struct str name)
{
	size_t upper = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (islower((unsigned char)name.s[i]))
			return false;
		upper += isupper((unsigned char)name.s[i]) != 0;
	}
	return upper > 1;
}

static size_t past_trailers(const struct py_list *l, size_t i, size_t to)
{
	while (i + 1 < to) {
		const struct py_token *t = &l->t[i + 1];
		if ((py_is(t, "(") || py_is(t, "[")) && t->pair > i)
			i = t->pair;
		else if (py_is(t, ".") && i + 2 < to)
			i += 2;
		else
			break;
	}
	return i;
}

static size_t past_argument(const struct py_list *l, size_t i, size_t to)
{
	while (i + 1 < to && !py_is(&l->t[i + 1], ",") && l->t[i + 1].depth >= l->t[i].depth &&
	       !(l->t[i + 1].pair && l->t[i + 1].pair < i))
		i = l->t[i + 1].pair > i ? l->t[i + 1].pair : i + 1;
	return i;
}

/* Past what get() looks up, to its default. */
static size_t past_key(const struct py_list *l, size_t open)
{
	size_t end = follow_end(l, open + 1);

	return end < l->t[open].pair ? end : l->t[open].pair;
}

/* One name with what is read from it or called; returns the last token that is dealt with. */
static size_t name_at(struct follow *w, const struct py_file *f, const struct py_list *l, size_t i, size_t to,
		      enum trust *worst)
{
	const struct py_token *t = &l->t[i];
	size_t last = i;

	if (py_is(t, "if"))
		return past_clause(l, i, to, true);
	if (py_is(t, "for"))
		return past_clause(l, i, to, false);
	/* A keyword of a call is no value; what is sorted by does not get into the result. */
	if (i + 1 < to && py_is(&l->t[i + 1], "="))
		return py_is(t, "key") ? past_argument(l, i, to) : i;
	if (among(t->text, "else or and not in is None True False await yield from"))
		return i;
	bool constant = is_constant(t->text);
	for (; last + 2 < to && py_is(&l->t[last + 1], ".") && l->t[last + 2].kind == PY_NAME; last += 2)
		constant |= is_constant(l->t[last + 2].text);
	const struct py_token *end = &l->t[last];
	bool call = last + 1 < to && py_is(&l->t[last + 1], "(") && l->t[last + 1].pair;
	if (call && w->cleans(w, end->text))
		return l->t[last + 1].pair;
	bool looks_up = call && py_is(end, "get");
	if (i && py_is(&l->t[i - 1], "."))
		return looks_up ? past_key(l, last + 1) : i;
	if (constant)
		return past_trailers(l, last, to);
	if (call && last == i &&
	    among(t->text, "sorted reversed list tuple set str zip enumerate min max dict filter"))
		return last;
	const struct py_file *in;
	bool own = last == i || py_is(t, "self") || py_is(t, "cls");
	const struct py_def *d = call ? follow_def(w, f, own, end->text, &in) : NULL;
	if (d && (own || !among(end->text, "get find format join replace strip"))) {
		*worst = worse(*worst, resolve(w, in, (size_t)(d - in->defs), STR("return")));
		return l->t[last + 1].pair;
	}
	if (call && last == i) {
		*worst = worse(*worst, UNSURE);
		return l->t[last + 1].pair;
	}
	*worst = worse(*worst, resolve(w, f, t->def, t->text));
	/* What it is looked up by does not matter; what a method is given does. */
	if (looks_up)
		return past_key(l, last + 1);
	while (!call && last + 1 < to && py_is(&l->t[last + 1], "[") && l->t[last + 1].pair)
		last = l->t[last + 1].pair;
	return last;
}

enum trust follow_string(struct follow *w, const struct py_file *f, const struct py_token *t)
{
	enum trust worst = TRUSTED;

	for (size_t i = 0; i < t->n_parts; i++)
		worst = worse(worst, follow_span(w, f, t->parts[i], 0, t->parts[i]->n));
	return worst;
}

enum trust follow_span(struct follow *w, const struct py_file *f, const struct py_list *l, size_t from,
		       size_t to)
{
	enum trust worst = TRUSTED;

	if (!spend(w, to - from + 1))
		return UNSURE;
	if (is_number(l, from, to))
		return TRUSTED;
	for (size_t i = from; i < to && worst != TAINTED; i++) {
		if (l->t[i].kind == PY_STRING)
			worst = worse(worst, follow_string(w, f, &l->t[i]));
		else if (l->t[i].kind == PY_NAME)
			i = name_at(w, f, l, i, to, &worst);
	}
	return worst;
}

/* name = …, name += …, name[…] = …, a, name = …, …: what it gets. */
static bool assigned(struct follow *w, const struct py_file *f, const struct py_list *l, size_t i,
		     enum trust *worst)
{
	const struct py_token *next = py_at(l, i + 1);
	size_t at = i + 1, begin, end, line = i, commas = 0;

	if (l->t[i].depth || (!py_is(next, "=") && !py_is(next, "+=") && !py_is(next, ",") &&
			      !py_is(next, "[") && !py_is(next, ":")))
		return false;
	while (at < l->n && l->t[at].kind != PY_LINE && !py_is(&l->t[at], "=") && !py_is(&l->t[at], "+="))
		at = l->t[at].pair > at ? l->t[at].pair + 1 : at + 1;
	if (at >= l->n || l->t[at].kind == PY_LINE)
		return false;
	for (; line > 0 && l->t[line - 1].kind != PY_LINE; line--) {
		if (l->t[line - 1].depth == 0 && l->t[line - 1].kind == PY_NAME &&
		    among(l->t[line - 1].text, "return if for while else assert"))
			return false;
		commas += py_is(&l->t[line - 1], ",") && !l->t[line - 1].depth;
	}
	size_t stop = at + 1;
	while (stop < l->n && l->t[stop].kind != PY_LINE)
		stop++;
	bool several = commas || py_is(next, ",");
	if (several && part_at(l, at + 1, stop, commas, &begin, &end) && count_parts(l, at + 1, stop) > 1)
		*worst = worse(*worst, follow_span(w, f, l, begin, end));
	else
		*worst = worse(*worst, follow_span(w, f, l, at + 1, stop));
	return true;
}

static bool added(struct follow *w, const struct py_file *f, const struct py_list *l, size_t i,
		  enum trust *worst)
{
	if (!py_is(py_at(l, i + 1), ".") || !py_is(py_at(l, i + 3), "(") ||
	    !among(py_at(l, i + 2)->text, "append insert extend add appendleft setdefault update"))
		return false;
	*worst = worse(*worst, follow_span(w, f, l, i + 4, l->t[i + 3].pair));
	return true;
}

/* for a, name in zip(x, y): what it runs over. */
static bool looped(struct follow *w, const struct py_file *f, const struct py_list *l, size_t i,
		   enum trust *worst)
{
	size_t at = i, begin, end, index = 0;

	while (at > 0 && !py_is(&l->t[at - 1], "for")) {
		const struct py_token *t = &l->t[--at];
		if (t->kind == PY_LINE || t->kind == PY_STRING ||
		    (t->kind == PY_NAME && among(t->text, "in if else")) ||
		    (t->kind == PY_OP && !py_is(t, ",") && !py_is(t, "(") && !py_is(t, ")")))
			return false;
	}
	if (!at)
		return false;
	for (size_t k = at; k < i; k++)
		index += py_is(&l->t[k], ",") && l->t[k].depth == l->t[at - 1].depth;
	for (at = i; at < l->n && !py_is(&l->t[at], "in"); at++)
		if (l->t[at].kind == PY_LINE)
			return false;
	size_t from = at + 1, to = from;
	while (to < l->n && l->t[to].kind != PY_LINE && !py_is(&l->t[to], ":") && !py_is(&l->t[to], "for") &&
	       !py_is(&l->t[to], "if") && !(l->t[to].kind == PY_OP && strchr(")]}", *l->t[to].text.s)))
		to = l->t[to].pair > to ? l->t[to].pair + 1 : to + 1;
	bool zip = py_is(py_at(l, from), "zip"), counted = py_is(py_at(l, from), "enumerate");
	if (counted && index == 0)
		return true;
	if ((zip || counted) && py_is(py_at(l, from + 1), "(") && l->t[from + 1].pair == to - 1 &&
	    part_at(l, from + 2, to - 1, counted ? 0 : index, &begin, &end)) {
		from = begin;
		to = end;
	}
	*worst = worse(*worst, follow_span(w, f, l, from, to));
	return true;
}

static bool bound(struct follow *w, const struct py_file *f, size_t def, struct str name, enum trust *worst)
{
	bool found = false;

	for (size_t k = 0; k < f->n_lists; k++) {
		const struct py_list *l = f->lists[k];
		size_t from = k ? 0 : f->defs[def].from, to = k ? l->n : f->defs[def].to;
		if (!spend(w, to - from + 1)) {
			*worst = worse(*worst, UNSURE);
			return true;
		}
		for (size_t i = from; i < to; i++) {
			const struct py_token *t = &l->t[i];
			if (t->kind != PY_NAME || t->def != def || !same(t->text, name) ||
			    (i && py_is(&l->t[i - 1], ".")))
				continue;
			if (i && (py_is(&l->t[i - 1], "as") || py_is(py_at(l, i + 1), ":="))) {
				*worst = worse(*worst, UNSURE);
				found = true;
			}
			found |= assigned(w, f, l, i, worst);
			found |= looped(w, f, l, i, worst);
			/* What is put into a list that was made elsewhere does not make it known. */
			added(w, f, l, i, worst);
		}
	}
	return found;
}

/* What one call gives for a parameter; false when it leaves it out. */
static bool argument(struct follow *w, const struct py_file *g, const struct py_list *l, size_t open,
		     struct str name, size_t index, enum trust *worst)
{
	size_t begin, end, close = l->t[open].pair;

	for (size_t k = 0; part_at(l, open + 1, close, k, &begin, &end); k++) {
		bool keyword = l->t[begin].kind == PY_NAME && py_is(py_at(l, begin + 1), "=");
		if (keyword && !same(l->t[begin].text, name))
			continue;
		if (!keyword && k != index && !py_is(&l->t[begin], "*"))
			continue;
		*worst = worse(*worst, follow_span(w, g, l, keyword ? begin + 2 : begin, end));
		return true;
	}
	return false;
}

static enum trust from_callers(struct follow *w, const struct py_def *d, struct str name, size_t index)
{
	enum trust worst = TRUSTED;
	bool called = false;

	for (size_t f = 0; f < w->n_files; f++)
		for (size_t k = 0; k < w->files[f].n_lists; k++) {
			const struct py_list *l = w->files[f].lists[k];
			if (!spend(w, l->n + 1))
				return UNSURE;
			for (size_t i = 0; i + 1 < l->n && worst != TAINTED; i++) {
				if (l->t[i].kind != PY_NAME || !same(l->t[i].text, d->name) ||
				    !py_is(&l->t[i + 1], "(") || !l->t[i + 1].pair ||
				    (i && py_is(&l->t[i - 1], "def")))
					continue;
				called = true;
				argument(w, &w->files[f], l, i + 1, name, index, &worst);
			}
		}
	return called ? worst : TAINTED;
}

static bool parameter(struct follow *w, const struct py_file *f, size_t def, struct str name,
		      enum trust *worst)
{
	const struct py_def *d = &f->defs[def];
	const struct py_list *l = f->lists[0];
	size_t begin, end, selfs = 0;

	for (size_t k = 0; def && part_at(l, d->params, d->params_end, k, &begin, &end); k++) {
		bool starred = l->t[begin].kind == PY_OP && *l->t[begin].text.s == '*';
		while (begin < end && l->t[begin].kind == PY_OP)
			begin++;
		if (k == 0 && (py_is(&l->t[begin], "self") || py_is(&l->t[begin], "cls")))
			selfs = 1;
		if (begin >= end || !same(l->t[begin].text, name))
			continue;
		/* What is gathered by * and ** can be anything. */
		*worst = worse(*worst, k < selfs || starred ? TAINTED : from_callers(w, d, name, k - selfs));
		return true;
	}
	return false;
}

static enum trust look_up(struct follow *w, const struct py_file *f, size_t def, struct str name)
{
	enum trust worst = TRUSTED;

	if (str_eq(name, "return"))
		return returned(w, f, &f->defs[def]);
	for (;; def = f->defs[def].parent) {
		bool found = bound(w, f, def, name, &worst);
		found |= parameter(w, f, def, name, &worst);
		if (found)
			return worst;
		if (!def)
			return UNSURE;
	}
}

/* A name that is being followed already adds nothing to itself; but what was found on such a
   circle holds only once all of the circle is known, so it is not kept. */
static enum trust resolve(struct follow *w, const struct py_file *f, size_t def, struct str name)
{
	size_t at = w->n_known;

	for (size_t i = 0; i < w->n_known; i++)
		if (w->known[i].file == f && w->known[i].def == def && same(w->known[i].name, name)) {
			if (w->known[i].open && i < w->circle)
				w->circle = i;
			return w->known[i].trust;
		}
	if (at == MAX_FOLLOWED || w->depth >= DEEPEST || !spend(w, at + 1))
		return UNSURE;
	w->known[w->n_known++] = (struct followed){ f, def, name, TRUSTED, true };
	w->depth++;
	enum trust trust = look_up(w, f, def, name);
	w->depth--;
	w->known[at].trust = trust;
	w->known[at].open = false;
	if (w->circle < at)
		w->known[at].file = NULL;
	else
		w->circle = SIZE_MAX;
	return trust;
}
