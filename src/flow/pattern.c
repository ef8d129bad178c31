/* SPDX-License-Identifier: MIT */
/*
 * Translates and refuses. What the two languages read differently is refused:
 * escapes of letters (but \n \r \t), (?…), a quantifier on a quantifier or on nothing,
 * empty alternatives, and inside […] backslashes, [: [. [= and a ] that comes first.
 */
#include "flow/pattern.h"

#include <locale.h>
#include <regex.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define REPEAT_MAX 255
#define PATTERN_MAX 1000

struct pattern {
	regex_t re;
};

static locale_t utf8;

__attribute__((constructor)) static void find_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static void drop(void *p)
{
	regfree(&((struct pattern *)p)->re);
}

/* "{2}", "{2,}" or "{2,5}" at s: its length; 0 when it is none or too much. */
static size_t bounds(const char *s)
{
	size_t n = 1;
	int64_t low, high;
	char number[8];
	size_t len = strspn(s + n, "0123456789");

	if (!len || len >= sizeof(number))
		return 0;
	memcpy(number, s + n, len);
	number[len] = '\0';
	if (!parse_i64(number, 0, REPEAT_MAX, &low))
		return 0;
	n += len;
	if (s[n] == ',') {
		n++;
		len = strspn(s + n, "0123456789");
		if (len >= sizeof(number))
			return 0;
		memcpy(number, s + n, len);
		number[len] = '\0';
		if (len && !parse_i64(number, low, REPEAT_MAX, &high))
			return 0;
		n += len;
	}
	return s[n] == '}' ? n + 1 : 0;
}

/* A whole "[…]" at s: its length, 0 when it has what differs. */
static size_t bracket(const char *s)
{
	size_t i = 1;

	if (s[i] == '^')
		i++;
	if (s[i] == ']')
		return 0;
	for (; s[i] && s[i] != ']'; i++)
		if (s[i] == '\\' || (s[i] == '[' && strchr(":.=", s[i + 1]) && s[i + 1]))
			return 0;
	return s[i] ? i + 1 : 0;
}

/* A character after a backslash. */
static const char *escape(struct buf *out, char c)
{
	static const char controls[] = "nrt", meant[] = "\n\r\t";
	const char *known = c ? strchr(controls, c) : NULL;

	if (known) {
		buf_addc(out, meant[known - controls]);
		return NULL;
	}
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || !c)
		return "an escape of a letter or digit";
	if (strchr("\\^$.|?*+()[]{}", c))
		buf_addc(out, '\\');
	buf_addc(out, c);
	return NULL;
}

/* NULL, or what is not supported. */
static const char *translate(struct buf *out, const char *s)
{
	bool atom = false; /* something stands before that a quantifier may follow */
	bool branch = false; /* the alternative in hand has something in it */
	size_t n;

	while (*s) {
		const char *wrong = NULL;
		char c = *s++;

		switch (c) {
		case '*':
		case '+':
		case '?':
			if (!atom)
				return "a quantifier after nothing or after another one";
			buf_addc(out, c);
			atom = false;
			continue;
		case '{':
			n = atom ? bounds(s - 1) : 0;
			if (!n)
				return "a '{' that is no repetition up to 255 (escape it)";
			buf_add(out, s - 1, n);
			s += n - 1;
			atom = false;
			continue;
		case '|':
		case ')':
			if (!branch)
				return "an empty alternative";
			buf_addc(out, c);
			atom = branch = c == ')';
			continue;
		case '(':
			if (*s == '?')
				return "a group with (?";
			buf_addc(out, c);
			atom = branch = false;
			continue;
		case '^':
		case '$':
			buf_addc(out, c);
			atom = false;
			branch = true;
			continue;
		case '}':
		case ']':
			return "a '}' or ']' alone (escape it)";
		case '[':
			n = bracket(s - 1);
			if (!n)
				return "a backslash, a class name or a leading ']' inside […]";
			buf_add(out, s - 1, n);
			s += n - 1;
			break;
		case '.':
			buf_adds(out, "[^\n\r]");
			break;
		case '\\':
			wrong = escape(out, *s);
			if (wrong)
				return wrong;
			s++;
			break;
		default:
			buf_addc(out, c);
			/* The bytes of one character are one atom. */
			while (((unsigned char)*s & 0xc0) == 0x80)
				buf_addc(out, *s++);
		}
		atom = branch = true;
	}
	return branch ? NULL : "an empty alternative";
}

struct pattern *pattern_compile(struct arena *a, const char *ecma, struct err *e)
{
	struct pattern *p = arena_alloc(a, sizeof(*p));
	const char *wrong;
	locale_t before;
	struct buf out;
	int rc = 0;

	buf_init(&out, PATTERN_MAX);
	wrong = translate(&out, ecma);
	if (!wrong && !buf_ok(&out))
		wrong = "more than 1000 characters";
	if (!wrong) {
		before = uselocale(utf8);
		rc = regcomp(&p->re, buf_str(&out), REG_EXTENDED | REG_NOSUB);
		uselocale(before);
	}
	buf_release(&out);
	if (wrong || rc) {
		err_set(e, ERR_INVALID, "the pattern \"%.100s\" has %s", ecma,
			wrong ? wrong : "an error that the C library refuses");
		return NULL;
	}
	arena_defer(a, drop, p);
	return p;
}

bool pattern_matches(const struct pattern *p, const char *s)
{
	locale_t before = uselocale(utf8);
	bool found = regexec(&p->re, s, 0, NULL, 0) == 0;

	uselocale(before);
	return found;
}
