/* SPDX-License-Identifier: MIT */
#include "fallback/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/words.h"

#define MAX_SENTENCE 1200

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at++)
		if ((at == words || at[-1] == '|') && (at[n] == '\0' || at[n] == '|'))
			return n > 0;
	return false;
}

bool says(const struct sentence *s, const char *phrase)
{
	size_t n = strlen(phrase);

	for (const char *at = s->low; (at = strstr(at, phrase)); at++)
		if ((at == s->low || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[n]))
			return true;
	return false;
}

bool says_any(const struct sentence *s, const char *phrases)
{
	char phrase[80];

	while (*phrases) {
		size_t n = strcspn(phrases, "|");
		if (n < sizeof(phrase)) {
			memcpy(phrase, phrases, n);
			phrase[n] = '\0';
			if (n && says(s, phrase))
				return true;
		}
		phrases += n + (phrases[n] == '|');
	}
	return false;
}

int find_base(const struct sentence *s, int from, const char *words)
{
	for (size_t i = from < 0 ? 0 : (size_t)from; i < s->n; i++)
		if (s->tokens[i].tag != T_PUNCT &&
		    (has_word(words, s->tokens[i].base) || has_word(words, s->tokens[i].word)))
			return (int)i;
	return -1;
}

bool is_punct(const struct sentence *s, size_t i, char c)
{
	return i < s->n && s->tokens[i].tag == T_PUNCT && s->tokens[i].punct == c;
}

/* A full stop ends a sentence unless it stands in a number or an abbreviation. */
static bool ends_sentence(const char *s, size_t i, size_t n)
{
	if (s[i] == '!' || s[i] == '?')
		return true;
	if (s[i] == ';')
		return true;
	if (s[i] != '.')
		return false;
	if (i + 1 < n && !isspace((unsigned char)s[i + 1]) && s[i + 1] != '"' && s[i + 1] != ')')
		return false;
	static const char *const short_forms[] = { "e.g", "i.e",    "etc",  "Mr", "Mrs",
						   "Dr",  "approx", "incl", "No" };
	for (size_t k = 0; k < sizeof(short_forms) / sizeof(*short_forms); k++) {
		size_t m = strlen(short_forms[k]);
		if (i >= m && memcmp(s + i - m, short_forms[k], m) == 0 &&
		    (i == m || !isalpha((unsigned char)s[i - m - 1])))
			return i + 2 < n && isupper((unsigned char)s[i + 2]) && streq(short_forms[k], "etc");
	}
	return true;
}

static void add_sentence(struct text *t, struct arena *a, const struct lexicon *l, const char *s, size_t n,
			 const char *heading, bool is_heading)
{
	struct str view = str_trim((struct str){ s, n });

	while (view.len && strchr(".;!? ", view.s[view.len - 1]))
		view.len--;
	if (view.len < 2 || t->n >= MAX_SENTENCES)
		return;
	if (view.len > MAX_SENTENCE)
		view.len = utf8_prefix(view.s, MAX_SENTENCE, MAX_SENTENCE);
	if (!t->sentences)
		t->sentences = arena_array(a, MAX_SENTENCES, sizeof(*t->sentences));
	struct sentence *out = &t->sentences[t->n++];
	out->text = arena_strndup(a, view.s, view.len);
	out->heading = heading;
	out->is_heading = is_heading;
	words_read(out, a, l);
}

static void add_block(struct text *t, struct arena *a, const struct lexicon *l, const struct buf *block,
		      const char *heading)
{
	const char *s = buf_str(block);
	size_t n = block->len, from = 0;
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '(')
			depth++;
		if (s[i] == ')' && depth)
			depth--;
		if (depth > 0 && i - from < MAX_SENTENCE)
			continue;
		if (ends_sentence(s, i, n)) {
			add_sentence(t, a, l, s + from, i - from, heading, false);
			from = i + 1;
		}
	}
	add_sentence(t, a, l, s + from, n - from, heading, false);
}

/* The text of a line behind its bullet or number; `bullet` says whether there was one. */
static struct str without_bullet(struct str line, bool *bullet)
{
	size_t i = 0;

	*bullet = false;
	if (line.len > 2 && strchr("-*+", line.s[0]) && line.s[1] == ' ') {
		*bullet = true;
		i = 2;
	} else if (line.len > 4 && memcmp(line.s, "\xe2\x80\xa2", 3) == 0) {
		*bullet = true;
		i = 3;
	} else {
		while (i < line.len && i < 3 && isdigit((unsigned char)line.s[i]))
			i++;
		*bullet =
		    i && i + 1 < line.len && (line.s[i] == '.' || line.s[i] == ')') && line.s[i + 1] == ' ';
		i = *bullet ? i + 2 : 0;
	}
	line.s += i;
	line.len -= i;
	if (*bullet && line.len > 4 && line.s[0] == '[' && line.s[2] == ']') {
		line.s += 3;
		line.len -= 3;
	}
	return str_trim(line);
}

/* Emphasis, code marks, control characters and broken UTF-8 go; the words stay. */
static void add_clean(struct buf *block, struct str line)
{
	if (block->len)
		buf_addc(block, ' ');
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.s[i];
		if (c < 32 || c == 127)
			buf_addc(block, ' ');
		else if (c == 0xe2 && i + 2 < line.len && (unsigned char)line.s[i + 1] == 0x80 &&
			 ((unsigned char)line.s[i + 2] & 0xfe) == 0x98) {
			buf_addc(block, '\'');
			i += 2;
		} else if (!strchr("*`_#|", c))
			buf_addc(block, (char)c);
		else if (c == '_' || c == '|')
			buf_addc(block, ' ');
	}
}

void text_add(struct text *t, struct arena *a, const struct lexicon *l, const char *s)
{
	struct buf block;
	struct str rest = str_from(s);
	const char *heading = "";

	if (!t->title)
		t->title = "";
	buf_init(&block, 256 * 1024);
	while (rest.len && t->n < MAX_SENTENCES) {
		bool bullet;
		struct str line = str_trim(str_cut(&rest, '\n'));
		bool is_heading = line.len > 1 && line.s[0] == '#';
		struct str body = without_bullet(line, &bullet);
		if (!line.len || is_heading || bullet) {
			add_block(t, a, l, &block, heading);
			buf_clear(&block);
		}
		if (is_heading) {
			add_clean(&block, line);
			heading = arena_strndup(a, str_trim(str_from(buf_str(&block))).s,
						str_trim(str_from(buf_str(&block))).len);
			if (!*t->title)
				t->title = heading;
			add_sentence(t, a, l, heading, strlen(heading), "", true);
			buf_clear(&block);
		} else if (line.len && buf_ok(&block)) {
			add_clean(&block, body);
		}
	}
	if (buf_ok(&block))
		add_block(t, a, l, &block, heading);
	buf_release(&block);
}
