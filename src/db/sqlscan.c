/* SPDX-License-Identifier: MIT */
#include "db/sqlscan.h"

#include <string.h>

void sql_scan_init(struct sql_scan *s, struct str sql)
{
	*s = (struct sql_scan){ .at = sql.s, .end = sql.s + sql.len, .line = 1, .token_line = 1 };
}

static char peek(const struct sql_scan *s, size_t ahead)
{
	return (size_t)(s->end - s->at) > ahead ? s->at[ahead] : '\0';
}

static void advance(struct sql_scan *s, size_t n)
{
	for (; n > 0 && s->at < s->end; n--)
		if (*s->at++ == '\n')
			s->line++;
}

static bool word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool word_part(char c)
{
	return word_start(c) || digit(c);
}

static bool broken(struct sql_scan *s, const char *problem)
{
	s->problem = problem;
	return false;
}

/* White space and comments; block comments nest. */
static bool skip_blank(struct sql_scan *s)
{
	for (;;) {
		char c = peek(s, 0);
		if (s->at < s->end && (c == ' ' || (c >= '\t' && c <= '\r'))) {
			advance(s, 1);
		} else if (c == '-' && peek(s, 1) == '-') {
			while (s->at < s->end && *s->at != '\n')
				s->at++;
		} else if (c == '/' && peek(s, 1) == '*') {
			int depth = 0;
			s->token_line = s->line;
			do {
				if (s->at >= s->end)
					return broken(s, "a comment that does not end");
				if (peek(s, 0) == '/' && peek(s, 1) == '*') {
					depth++;
					advance(s, 2);
				} else if (peek(s, 0) == '*' && peek(s, 1) == '/') {
					depth--;
					advance(s, 2);
				} else {
					advance(s, 1);
				}
			} while (depth > 0);
		} else {
			return true;
		}
	}
}

/* From the opening quote to behind the closing one; a doubled quote is none. */
static bool skip_quoted(struct sql_scan *s, char quote, bool backslash)
{
	advance(s, 1);
	while (s->at < s->end) {
		if (backslash && *s->at == '\\') {
			advance(s, 2);
		} else if (*s->at != quote) {
			advance(s, 1);
		} else if (peek(s, 1) == quote) {
			advance(s, 2);
		} else {
			advance(s, 1);
			return true;
		}
	}
	return broken(s, quote == '"' ? "a quoted name that does not end" : "a literal that does not end");
}

/* At '$': $tag$ … $tag$. *matched tells whether it was one. */
static bool skip_dollar_quoted(struct sql_scan *s, bool *matched)
{
	size_t tag = 1;
	if (!digit(peek(s, 1)))
		while (word_part(peek(s, tag)))
			tag++;
	*matched = peek(s, tag) == '$';
	if (!*matched)
		return true;
	tag++;
	const char *open = s->at;
	advance(s, tag);
	while ((size_t)(s->end - s->at) >= tag) {
		if (memcmp(s->at, open, tag) == 0) {
			advance(s, tag);
			return true;
		}
		advance(s, 1);
	}
	return broken(s, "a $$ literal that does not end");
}

static enum sql_token scan(struct sql_scan *s, struct str *text)
{
	char c = *s->at;
	if (c == ';') {
		advance(s, 1);
		return SQL_SEMICOLON;
	}
	if (c == '\'' || c == '"')
		return skip_quoted(s, c, false) ? SQL_OTHER : SQL_BROKEN;
	if ((c == 'e' || c == 'E') && peek(s, 1) == '\'') {
		advance(s, 1);
		return skip_quoted(s, '\'', true) ? SQL_OTHER : SQL_BROKEN;
	}
	if (c == '$' && digit(peek(s, 1))) {
		advance(s, 1);
		text->s = s->at;
		while (digit(peek(s, 0)))
			advance(s, 1);
		return SQL_PARAM;
	}
	if (c == '$') {
		bool matched;
		if (!skip_dollar_quoted(s, &matched))
			return SQL_BROKEN;
		if (!matched)
			advance(s, 1);
		return SQL_OTHER;
	}
	if (word_start(c)) {
		/* A '$' inside a name belongs to it. */
		while (word_part(peek(s, 0)) || peek(s, 0) == '$')
			advance(s, 1);
		return SQL_WORD;
	}
	if (digit(c)) {
		while (word_part(peek(s, 0)) || peek(s, 0) == '.')
			advance(s, 1);
		return SQL_OTHER;
	}
	advance(s, 1);
	return SQL_OTHER;
}

enum sql_token sql_next(struct sql_scan *s, struct str *text)
{
	if (!skip_blank(s))
		return SQL_BROKEN;
	*text = (struct str){ s->at, 0 };
	s->token_line = s->line;
	if (s->at >= s->end)
		return SQL_END;
	enum sql_token token = scan(s, text);
	text->len = (size_t)(s->at - text->s);
	return token;
}
