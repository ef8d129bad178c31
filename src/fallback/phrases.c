/* SPDX-License-Identifier: MIT */
#include "fallback/phrases.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"

static bool is_noun(const struct token *t)
{
	return t->tag == T_NOUN && isalpha((unsigned char)t->word[0]) && strlen(t->word) > 1 &&
	       !(t->classes & W_STOP);
}

static const char *joined(struct design *d, const struct sentence *s, size_t from, size_t to, bool nouns,
			  bool one)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = from; i < to; i++) {
		const struct token *t = &s->tokens[i];
		if (nouns && !is_noun(t))
			continue;
		if (b.len)
			buf_addc(&b, ' ');
		buf_adds(&b, i + 1 == to && one && t->base ? t->base : t->word);
	}
	const char *text = arena_strdup(d->a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* "date of birth", "number of guests": one field although there is an "of". */
static size_t of_tail(struct design *d, const struct sentence *s, size_t to)
{

	if (to + 1 >= s->n || !streq(s->tokens[to].word, "of") || !is_noun(&s->tokens[to + 1]))
		return to;
	size_t end = to + 2;
	while (end < s->n && is_noun(&s->tokens[end]))
		end++;
	const char *head = s->tokens[to - 1].word;
	const char *whole = arena_printf(d->a, "%s of %s", head, joined(d, s, to + 1, end, false, false));
	bool counts = streq(head, "number") || streq(head, "amount") || streq(head, "name");
	return counts || lexicon_field(d->l, whole) ? end : to;
}

bool phrase_at(struct design *d, const struct sentence *s, size_t i, struct phrase *p)
{
	*p = (struct phrase){ .from = i, .number = -1 };
	while (i < s->n && (s->tokens[i].tag == T_DET || s->tokens[i].tag == T_NUMBER)) {
		const struct token *t = &s->tokens[i];
		if (t->tag == T_NUMBER)
			p->number = t->number;
		else if (streq(t->word, "each") || streq(t->word, "every"))
			p->each = true;
		else
			p->article = true;
		i++;
	}
	size_t start = i;
	while (i < s->n && s->tokens[i].tag == T_ADJ)
		i++;
	size_t first_noun = i;
	while (i < s->n && is_noun(&s->tokens[i]) && i < first_noun + 4)
		i++;
	if (i == first_noun)
		return false;
	const struct token *head = &s->tokens[i - 1];
	p->plural = head->plural;
	p->classes = head->classes;
	p->head = head->base;
	p->noun = joined(d, s, first_noun, i, true, true);
	p->to = of_tail(d, s, i);
	p->text = joined(d, s, start, p->to, false, false);
	return true;
}

bool phrase_before(struct design *d, const struct sentence *s, size_t i, struct phrase *p)
{
	size_t from = i;

	while (from > 0 && is_noun(&s->tokens[from - 1]))
		from--;
	if (from == i)
		return false;
	while (from > 0 && (s->tokens[from - 1].tag == T_ADJ || s->tokens[from - 1].tag == T_DET ||
			    s->tokens[from - 1].tag == T_NUMBER))
		from--;
	return phrase_at(d, s, from, p);
}

bool phrase_after(struct design *d, const struct sentence *s, size_t i, struct phrase *p)
{
	for (; i < s->n; i++) {
		const struct token *t = &s->tokens[i];
		if (t->tag == T_PUNCT || t->tag == T_CONJ || t->tag == T_MODAL)
			return false;
		if (phrase_at(d, s, i, p))
			return true;
	}
	return false;
}

/* "where it is kept" stands for a field "location". */
static bool clause_item(struct design *d, const struct sentence *s, size_t i, struct phrase *p)
{
	static const struct { const char *word, *next, *field; } clauses[] = {
		{ "where", "", "location" }, { "when", "", "date" }, { "who", "", "responsible" },
		{ "how", "many", "quantity" }, { "how", "much", "amount" }, { "how", "long", "duration" },
	};
	for (size_t k = 0; k < sizeof(clauses) / sizeof(*clauses); k++) {
		if (!streq(s->tokens[i].word, clauses[k].word) ||
		    (*clauses[k].next && (i + 1 >= s->n || !streq(s->tokens[i + 1].word, clauses[k].next))))
			continue;
		*p = (struct phrase){ .from = i, .number = -1, .text = clauses[k].field,
				      .noun = clauses[k].field, .head = clauses[k].field };
		while (i < s->n && s->tokens[i].tag != T_PUNCT && s->tokens[i].tag != T_CONJ)
			i++;
		if (i == p->from)
			for (i++;
			     i < s->n && s->tokens[i].tag != T_PUNCT && !streq(s->tokens[i].word, "and");)
				i++;
		p->to = i;
		(void)d;
		return true;
	}
	return false;
}

static bool is_joint(const struct sentence *s, size_t i)
{
	const char *word = s->tokens[i].word;
	return is_punct(s, i, ',') || streq(word, "and") || streq(word, "or") || streq(word, "plus") ||
	       streq(word, "&") || is_punct(s, i, '/');
}

/* Behind an item: "(in kg)", "in grams", "with dose and days". */
static size_t skip_remark(const struct sentence *s, size_t i, struct phrase *item)
{
	if (is_punct(s, i, '(')) {
		if (i + 1 < s->n && s->tokens[i + 1].tag != T_PREP)
			item->nested = i + 1;
		while (i < s->n && !is_punct(s, i, ')'))
			i++;
		item->nested_end = i;
		return i < s->n ? i + 1 : i;
	}
	if (i < s->n && (streq(s->tokens[i].word, "where") || streq(s->tokens[i].word, "that") ||
			 streq(s->tokens[i].word, "which")))
		while (i < s->n && s->tokens[i].tag != T_PUNCT && s->tokens[i].tag != T_CONJ)
			i++;
	if (i < s->n && (streq(s->tokens[i].word, "in") || streq(s->tokens[i].word, "per") ||
			 streq(s->tokens[i].word, "for") || streq(s->tokens[i].word, "as")))
		while (i < s->n && s->tokens[i].tag != T_PUNCT && s->tokens[i].tag != T_CONJ &&
		       s->tokens[i].tag != T_VERB && s->tokens[i].tag != T_MODAL)
			i++;
	return i;
}

size_t phrase_list(struct design *d, const struct sentence *s, size_t i, struct phrase *items, size_t *end)
{
	size_t n = 0;

	*end = i;
	while (i < s->n && n < MAX_ITEMS) {
		while (i < s->n && is_joint(s, i))
			i++;
		while (i < s->n && s->tokens[i].tag == T_ADV)
			i++;
		if (i >= s->n)
			break;
		struct phrase *item = &items[n];
		if (!clause_item(d, s, i, item) && !phrase_at(d, s, i, item)) {
			/* "paid or unpaid": an adjective alone is a yes-or-no. */
			const struct token *t = &s->tokens[i];
			bool alone = t->tag == T_ADJ &&
				     (i + 1 >= s->n || is_joint(s, i + 1) || is_punct(s, i + 1, ')'));
			if (!alone || !lexicon_field(d->l, t->word))
				break;
			*item = (struct phrase){ .from = i, .to = i + 1, .text = t->word, .noun = t->word,
						 .head = t->word, .number = -1 };
		}
		n++;
		i = *end = skip_remark(s, item->to, item);
		if (i < s->n && streq(s->tokens[i].word, "with")) {
			item->nested = i + 1;
			while (i < s->n && !is_punct(s, i, ',') && !is_punct(s, i, ')'))
				i++;
			*end = item->nested_end = i;
		}
		if (i >= s->n || !is_joint(s, i))
			break;
	}
	return n;
}

bool phrase_is_thing(const struct phrase *p)
{
	return !(p->classes & (W_DULL | W_STOP)) && strlen(p->head) > 2 && isalpha((unsigned char)p->head[0]);
}
