/* SPDX-License-Identifier: MIT */
#include "fallback/nouns.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define LABEL_POINTS 60
#define NAME_MAX_LEN 40

void plurals_add(struct plurals *p, const char *one, const char *many)
{
	if (p->n < MAX_PLURALS && *one && *many) {
		p->pair[p->n].one = one;
		p->pair[p->n++].many = many;
	}
}

static bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n > m && streq(s + n - m, suffix);
}

static const char *last_word(const char *phrase)
{
	const char *space = strrchr(phrase, ' ');
	return space ? space + 1 : phrase;
}

static char *with_tail(struct arena *a, const char *phrase, size_t cut, const char *tail)
{
	return arena_printf(a, "%.*s%s", (int)(strlen(phrase) - cut), phrase, tail);
}

const char *plurals_singular(const struct plurals *p, struct arena *a, const char *noun)
{
	const char *word = last_word(noun);
	size_t n = strlen(word);

	for (size_t i = 0; i < p->n; i++)
		if (streq(word, p->pair[i].many) || streq(word, p->pair[i].one))
			return with_tail(a, noun, n, p->pair[i].one);
	if (n < 3 || word[n - 1] != 's' || ends(word, "ss") || ends(word, "us") || ends(word, "is"))
		return noun;
	if (ends(word, "ies"))
		return with_tail(a, noun, 3, "y");
	if (ends(word, "sses") || ends(word, "shes") || ends(word, "ches") || ends(word, "xes") ||
	    ends(word, "zzes"))
		return with_tail(a, noun, 2, "");
	return with_tail(a, noun, 1, "");
}

const char *plurals_plural(const struct plurals *p, struct arena *a, const char *noun)
{
	const char *word = last_word(noun);
	size_t n = strlen(word);

	for (size_t i = 0; i < p->n; i++)
		if (streq(word, p->pair[i].one))
			return with_tail(a, noun, n, p->pair[i].many);
	if (!n)
		return noun;
	if (n > 1 && word[n - 1] == 'y' && !strchr("aeiou", word[n - 2]))
		return with_tail(a, noun, 1, "ies");
	if (word[n - 1] == 's' || word[n - 1] == 'x' || word[n - 1] == 'z' || ends(word, "ch") ||
	    ends(word, "sh"))
		return arena_printf(a, "%ses", noun);
	return arena_printf(a, "%ss", noun);
}

char *lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);
	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static bool is_one_of(const char *name, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (streq(name, words[i]))
			return true;
	return false;
}

/* Words that mean something to Python, or to every record and address. */
static bool is_keyword(const char *name)
{
	static const char *const words[] = {
		"and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
		"elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
		"is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
		"with", "yield", "none", "true", "false", "id", "q", "page", "back", "new",
	};
	return is_one_of(name, words, sizeof(words) / sizeof(*words));
}

/* An entity's name is a variable in some of the generated code as well. */
static bool is_taken(const char *name)
{
	static const char *const words[] = {
		"self",	    "record", "records", "status", "rows", "answer",
		"returned", "late",   "loans",	 "range",  "len",
	};
	return is_one_of(name, words, sizeof(words) / sizeof(*words));
}

char *make_field_name(struct arena *a, const char *phrase)
{
	char *name = arena_alloc(a, NAME_MAX_LEN + 2);
	size_t n = 0;

	for (const unsigned char *c = (const unsigned char *)phrase; *c && n < NAME_MAX_LEN; c++) {
		if (isalnum(*c) && *c < 128) {
			if (n || isalpha(*c))
				name[n++] = (char)tolower(*c);
		} else if (n && name[n - 1] != '_' && *c != '\'') {
			name[n++] = '_';
		}
	}
	while (n && name[n - 1] == '_')
		n--;
	name[n] = '\0';
	return is_keyword(name) ? arena_printf(a, "%s_", name) : name;
}

char *make_name(struct arena *a, const char *phrase)
{
	char *name = make_field_name(a, phrase);
	return is_taken(name) ? arena_printf(a, "%s_", name) : name;
}

char *make_label(struct arena *a, const char *phrase)
{
	size_t n = strlen(phrase), out = 0;
	char *label = arena_alloc(a, n * 3 + 1);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)phrase[i];
		if (c == '\'') {
			memcpy(label + out, "\xe2\x80\x99", 3);
			out += 3;
		} else if (isalnum(c) || c >= 128 || strchr("-/&", c)) {
			label[out++] = (char)c;
		} else if (out && label[out - 1] != ' ') {
			label[out++] = ' ';
		}
	}
	while (out && label[out - 1] == ' ')
		out--;
	label[out] = '\0';
	if (utf8_invalid(label, out) >= 0)
		out = (size_t)utf8_invalid(label, out);
	out = utf8_prefix(label, out, LABEL_POINTS);
	label[out] = '\0';
	label[0] = (char)toupper((unsigned char)label[0]);
	return label;
}

char *make_class_name(struct arena *a, const char *name)
{
	char *class = arena_alloc(a, strlen(name) + 1);
	size_t n = 0;
	bool capital = true;

	for (; *name; name++) {
		if (*name == '_') {
			capital = true;
			continue;
		}
		class[n++] = capital ? (char)toupper((unsigned char)*name) : *name;
		capital = false;
	}
	return class;
}
