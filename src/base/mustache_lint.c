/* SPDX-License-Identifier: MIT */
/*
 * Where a tag stands in HTML: the states of an HTML tokenizer, as far as they decide
 * what escaping can protect. What it cannot protect is refused.
 */
#include <string.h>
#include <strings.h>

#include "base/mustache_ops.h"

enum state {
	S_TEXT, S_OPEN /* '<' */, S_ELEMENT, S_INSIDE, S_ATTRIBUTE, S_AFTER_NAME, S_BEFORE_VALUE,
	S_QUOTED, S_BARE, S_RAW /* script, style */, S_COMMENT, S_DECLARATION
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static void name_begin(struct lint *l, char c)
{
	l->name[0] = lower(c);
	l->name[1] = '\0';
	l->name_len = 1;
}

static void name_add(struct lint *l, char c)
{
	/* No name that matters is longer, and "on" shows in the first two. */
	if (l->name_len >= sizeof(l->name) - 1)
		return;
	l->name[l->name_len++] = lower(c);
	l->name[l->name_len] = '\0';
}

static void element_named(struct lint *l)
{
	l->raw[0] = '\0';
	if (!l->closed && (strcmp(l->name, "script") == 0 || strcmp(l->name, "style") == 0))
		strcpy(l->raw, l->name);
}

static void attribute_named(struct lint *l)
{
	static const char *const urls[] = { "href", "src", "action", "formaction", "poster", "xlink:href" };

	l->url = false;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
		l->url = l->url || strcmp(l->name, urls[i]) == 0;
	l->url_start = l->url;
	l->barred = strncmp(l->name, "on", 2) == 0 || strcmp(l->name, "style") == 0 ||
		    strcmp(l->name, "srcdoc") == 0;
}

static void tag_ended(struct lint *l)
{
	l->state = l->raw[0] ? S_RAW : S_TEXT;
	l->seen = 0;
	l->closed = false;
}

static void in_raw(struct lint *l, char c)
{
	size_t n = strlen(l->raw);

	/* "</" and the name; then an ordinary closing tag follows. */
	if (l->seen == 0 || (l->seen == 1 && c != '/') || (l->seen >= 2 && lower(c) != l->raw[l->seen - 2])) {
		l->seen = c == '<';
		return;
	}
	l->seen++;
	if (l->seen == n + 2) {
		l->closed = true;
		strcpy(l->name, l->raw);
		l->name_len = (uint8_t)n;
		l->raw[0] = '\0';
		l->state = S_ELEMENT;
	}
}

static void in_comment(struct lint *l, char c)
{
	if (c == '>' && l->seen >= 2)
		l->state = S_TEXT;
	else if (c == '-')
		l->seen = l->seen < 2 ? l->seen + 1 : 2;
	else
		l->seen = 0;
}

static void in_tag_open(struct lint *l, char c)
{
	if (c == '/' && !l->closed) {
		l->closed = true;
	} else if (is_letter(c)) {
		name_begin(l, c);
		l->state = S_ELEMENT;
	} else if (c == '!' && !l->closed) {
		l->seen = 0;
		l->state = S_DECLARATION;
		l->name_len = 0;
	} else {
		l->closed = false;
		l->state = c == '<' ? S_OPEN : S_TEXT;
	}
}

static void in_declaration(struct lint *l, char c)
{
	/* "<!--" is a comment, all else goes to the next '>'. */
	if (l->name_len < 2) {
		l->name_len = c == '-' ? l->name_len + 1 : 3;
		if (l->name_len == 2) {
			l->state = S_COMMENT;
			l->seen = 2; /* "<!-->" is a whole comment */
			return;
		}
	}
	if (c == '>')
		l->state = S_TEXT;
}

static const char *in_tag(struct lint *l, char c)
{
	if (l->edge && !is_space(c) && c != '>' && c != '/')
		return "a section splits the name of an element or attribute";
	l->edge = false;
	if (c == '>' || is_space(c) || c == '/') {
		if (l->state == S_ELEMENT)
			element_named(l);
		if (c == '>')
			tag_ended(l);
		else if (l->state == S_ATTRIBUTE || l->state == S_AFTER_NAME)
			l->state = c == '/' ? S_INSIDE : S_AFTER_NAME;
		else
			l->state = S_INSIDE;
		return NULL;
	}
	switch (l->state) {
	case S_ELEMENT:
		name_add(l, c);
		break;
	case S_ATTRIBUTE:
		if (c != '=') {
			name_add(l, c);
			break;
		}
		attribute_named(l);
		l->state = S_BEFORE_VALUE;
		break;
	default:
		if (c == '=' && l->state == S_AFTER_NAME) {
			attribute_named(l);
			l->state = S_BEFORE_VALUE;
		} else if (c == '=' || c == '"' || c == '\'' || c == '<') {
			return "markup that is no attribute inside a tag";
		} else {
			name_begin(l, c);
			l->state = S_ATTRIBUTE;
		}
	}
	return NULL;
}

static void in_value(struct lint *l, char c)
{
	if (l->state == S_BEFORE_VALUE) {
		if (is_space(c))
			return;
		if (c == '"' || c == '\'') {
			l->quote = c;
			l->state = S_QUOTED;
		} else if (c == '>') {
			tag_ended(l);
		} else {
			l->state = S_BARE;
		}
	} else if (l->state == S_QUOTED) {
		if (c == l->quote)
			l->state = S_INSIDE;
		else
			l->url_start = false;
	} else if (c == '>') {
		tag_ended(l);
	} else if (is_space(c)) {
		l->state = S_INSIDE;
	}
}

const char *lint_text(struct lint *l, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *fault = NULL;

		switch (l->state) {
		case S_TEXT:
			if (s[i] == '<')
				l->state = S_OPEN;
			break;
		case S_OPEN:
			in_tag_open(l, s[i]);
			break;
		case S_BEFORE_VALUE:
		case S_QUOTED:
		case S_BARE:
			in_value(l, s[i]);
			break;
		case S_RAW:
			in_raw(l, s[i]);
			break;
		case S_COMMENT:
			in_comment(l, s[i]);
			break;
		case S_DECLARATION:
			in_declaration(l, s[i]);
			break;
		default:
			fault = in_tag(l, s[i]);
		}
		if (fault)
			return fault;
	}
	return NULL;
}

/* What no tag at all may do here. */
static const char *barred(const struct lint *l)
{
	switch (l->state) {
	case S_RAW:
		return l->raw[1] == 'c' ? "a tag inside <script>; hand data over in a data- attribute"
					: "a tag inside <style>; use a class";
	case S_OPEN:
		return "a tag right behind '<'";
	case S_BEFORE_VALUE:
	case S_BARE:
		return "a tag in an attribute without quotes";
	case S_DECLARATION:
		return "a tag inside a declaration";
	case S_QUOTED:
		return l->barred ? "a tag in an on*, style or srcdoc attribute" : NULL;
	default:
		return NULL;
	}
}

const char *lint_variable(struct lint *l, bool raw, enum place *place)
{
	const char *fault = barred(l);

	*place = PLACE_TEXT;
	if (fault)
		return fault;
	switch (l->state) {
	case S_ELEMENT:
	case S_INSIDE:
	case S_ATTRIBUTE:
	case S_AFTER_NAME:
		return "a tag in the name of an element or attribute";
	case S_QUOTED:
		if (raw)
			return "a raw tag in an attribute";
		if (l->url)
			*place = l->url_start ? PLACE_URL_START : PLACE_URL_REST;
		l->url_start = false;
		return NULL;
	case S_COMMENT:
		return raw ? "a raw tag in a comment" : NULL;
	default:
		return NULL;
	}
}

/* Where a section may begin or end, states that differ only in the past are one. */
const char *lint_section(struct lint *l)
{
	const char *fault = barred(l);

	if (fault)
		return fault;
	if (l->state == S_ELEMENT || l->state == S_ATTRIBUTE)
		l->edge = true;
	else if (l->state == S_AFTER_NAME)
		l->state = S_INSIDE;
	return NULL;
}

static uint8_t kind_of(const struct lint *l)
{
	return l->state == S_ELEMENT || l->state == S_ATTRIBUTE ? S_INSIDE : l->state;
}

const char *lint_section_end(struct lint *l, const struct lint *before)
{
	const char *fault = lint_section(l);

	if (fault)
		return fault;
	if (kind_of(l) != kind_of(before) || l->closed != before->closed ||
	    (l->state == S_QUOTED && (l->quote != before->quote || l->url != before->url)))
		return "a section must end where it began: in text, in the same tag, or in the same "
		       "attribute";
	l->url_start = l->url_start || before->url_start;
	l->edge = l->edge || before->edge;
	/* A section must not hide which element this is. */
	if (before->state == S_ELEMENT) {
		memcpy(l->name, before->name, sizeof(l->name));
		l->name_len = before->name_len;
		l->state = S_ELEMENT;
		l->edge = true;
	}
	return NULL;
}

const char *lint_whole(const struct lint *l)
{
	return l->state == S_TEXT
		       ? NULL
		       : "a partial, a block and a template must begin and end in text, not in a tag";
}
