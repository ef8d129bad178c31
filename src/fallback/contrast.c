/* SPDX-License-Identifier: MIT */
#include "fallback/contrast.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "fallback/review.h"

enum { MAX_VARIABLES = 60, MAX_RULES_READ = 400, MAX_MEDIA = 8, DEEPEST = 5 };

struct variable {
	struct str name, value;
	bool dark;
};

struct css_rule {
	struct str selector, color, background;
	size_t at;
	bool dark;
};

struct sheet {
	struct str css;
	struct variable variables[MAX_VARIABLES];
	struct css_rule rules[MAX_RULES_READ];
	size_t n_variables, n_rules;
	bool has_dark;
};

struct rgb {
	double c[3];
};

static bool same(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.s, b.s, a.len) == 0;
}

static bool begins(struct str s, const char *with)
{
	size_t n = strlen(with);
	return s.len >= n && strncasecmp(s.s, with, n) == 0;
}

static void declare(struct sheet *s, struct css_rule *rule, struct str declaration)
{
	struct str value = declaration, name = str_trim(str_cut(&value, ':'));

	value = str_trim(value);
	if (begins(name, "--") && s->n_variables < MAX_VARIABLES)
		s->variables[s->n_variables++] = (struct variable){ name, value, rule->dark };
	else if (same(name, STR("color")))
		rule->color = value;
	else if (same(name, STR("background")) || same(name, STR("background-color")))
		rule->background = value;
}

static struct str without_comment(struct str s)
{
	s = str_trim(s);
	while (begins(s, "/*")) {
		const char *end = memmem(s.s, s.len, "*/", 2);
		if (!end)
			return STR("");
		s = str_trim((struct str){ end + 2, s.len - (size_t)(end + 2 - s.s) });
	}
	return s;
}

static void read_sheet(struct sheet *s, struct str css)
{
	bool media[MAX_MEDIA] = { false };
	size_t depth = 0, from = 0;
	struct css_rule *rule = NULL;

	s->css = css;
	for (size_t i = 0; i < css.len; i++) {
		char c = css.s[i];
		if (c != '{' && c != '}' && c != ';')
			continue;
		struct str text = without_comment((struct str){ css.s + from, i - from });
		bool dark = depth && media[depth - 1];
		from = i + 1;
		if (c == '{' && begins(text, "@")) {
			bool now = dark || find_text(text, 0, "prefers-color-scheme: dark") >= 0;
			if (depth < MAX_MEDIA)
				media[depth++] = now;
			s->has_dark |= now;
		} else if (c == '{' && s->n_rules < MAX_RULES_READ) {
			rule = &s->rules[s->n_rules++];
			*rule = (struct css_rule){ .selector = text,
						   .at = (size_t)(text.s - css.s),
						   .dark = dark };
		} else if (rule && text.len) {
			declare(s, rule, text);
		}
		if (c == '}' && rule)
			rule = NULL;
		else if (c == '}' && depth)
			depth--;
	}
}

static bool hex_colour(struct str s, struct rgb *out)
{
	size_t digits = s.len - 1;

	if (digits != 3 && digits != 6)
		return false;
	for (size_t i = 0; i < 3; i++) {
		unsigned v = 0;
		for (size_t k = 0; k < 2; k++) {
			char c = s.s[1 + (digits == 3 ? i : i * 2 + k)];
			if (!isxdigit((unsigned char)c))
				return false;
			v = v * 16 + (unsigned)(isdigit((unsigned char)c) ? c - '0' : tolower(c) - 'a' + 10);
		}
		out->c[i] = v / 255.0;
	}
	return true;
}

static bool colour(const struct sheet *s, struct str value, bool dark, int depth, struct rgb *out);

static bool variable_colour(const struct sheet *s, struct str name, bool dark, int depth, struct rgb *out)
{
	const struct variable *best = NULL;

	for (size_t i = 0; i < s->n_variables; i++)
		if (same(s->variables[i].name, name) && (dark || !s->variables[i].dark))
			best = &s->variables[i];
	return best && depth < DEEPEST && colour(s, best->value, dark, depth + 1, out);
}

/* The first word of the value that is a colour. */
static bool colour(const struct sheet *s, struct str value, bool dark, int depth, struct rgb *out)
{
	while (value.len) {
		struct str word = str_cut(&value, ' ');
		if (begins(word, "var(") && word.s[word.len - 1] == ')') {
			struct str name = { word.s + 4, word.len - 5 };
			return variable_colour(s, str_trim(str_cut(&name, ',')), dark, depth, out);
		}
		if (begins(word, "#"))
			return hex_colour(word, out);
		if (same(word, STR("white")) || same(word, STR("black"))) {
			double v = tolower(word.s[0]) == 'w';
			*out = (struct rgb){ { v, v, v } };
			return true;
		}
	}
	return false;
}

/* Relative luminance and contrast as WCAG 2.1 defines them. */
static double luminance(const struct rgb *c)
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (size_t i = 0; i < 3; i++)
		sum += weights[i] *
		       (c->c[i] <= 0.04045 ? c->c[i] / 12.92 : pow((c->c[i] + 0.055) / 1.055, 2.4));
	return sum;
}

static double contrast(const struct rgb *a, const struct rgb *b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static bool is_page(struct str selector)
{
	return same(selector, STR("body")) || same(selector, STR("html")) || same(selector, STR(":root"));
}

/* What the sheet says last for the rule's selector. In the dark the rules for the dark count too. */
static struct str stated(const struct sheet *s, const struct css_rule *rule, bool dark, bool background)
{
	struct str found = STR("");

	for (size_t i = 0; i < s->n_rules; i++) {
		struct str value = background ? s->rules[i].background : s->rules[i].color;
		if (value.len && (dark || !s->rules[i].dark) && same(s->rules[i].selector, rule->selector))
			found = value;
	}
	return found;
}

/* What is behind a text whose rule names no background: the page's. */
static struct str page_background(const struct sheet *s, bool dark)
{
	struct str found = STR("");

	for (size_t i = 0; i < s->n_rules; i++)
		if (is_page(s->rules[i].selector) && s->rules[i].background.len &&
		    (dark || !s->rules[i].dark))
			found = s->rules[i].background;
	return found;
}

void contrast_check(struct review *r, const char *path, struct str css, int line)
{
	struct sheet *s = arena_alloc(r->a, sizeof(*s));

	read_sheet(s, css);
	for (int dark = 0; dark <= (int)s->has_dark; dark++)
		for (size_t i = 0; i < s->n_rules; i++) {
			const struct css_rule *rule = &s->rules[i];
			struct str text = stated(s, rule, dark, false), behind = stated(s, rule, dark, true);
			struct rgb ink, paper;
			if (!behind.len)
				behind = page_background(s, dark);
			if (!rule->color.len || (rule->dark && !dark) || !colour(s, text, dark, 0, &ink) ||
			    !colour(s, behind, dark, 0, &paper))
				continue;
			double ratio = contrast(&ink, &paper);
			if (ratio >= 4.5)
				continue;
			review_add(r, ratio < 3 ? HIGH : MEDIUM, path, line + line_of(css, rule->at) - 1,
				   "Text is hard to read on its background",
				   arena_printf(r->a,
						"“%.*s” has a contrast of %.1f to 1%s; people with weak eyes "
						"need 4.5.",
						(int)utf8_prefix(rule->selector.s, rule->selector.len, 80),
						rule->selector.s, ratio, dark ? " in the dark" : ""),
				   "Take a darker text or a lighter background, or the other way round in "
				   "the dark.");
		}
}
