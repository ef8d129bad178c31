/* SPDX-License-Identifier: MIT */
/*
 * Candidates are the places where an object may begin: the insides of code fences,
 * then each '{' of the prose that a name follows. A cheap scan for the matching '}'
 * comes before the strict parser. A candidate that fails is passed over whole: what
 * is nested in it was never meant as the answer.
 */
#include "llm/extract.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "llm/bounded.h"

#define TRIES 32

struct search {
	struct arena *a;
	int tries;
	struct err first; /* of the first candidate: what a repair should mend */
	struct str span;
};

/* Past the '}' that closes s[0] == '{'; 0 when none does. */
static size_t balanced(const char *s, size_t n)
{
	bool quoted = false;
	size_t depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (quoted) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				quoted = false;
		} else if (s[i] == '"') {
			quoted = true;
		} else if (s[i] == '{' || s[i] == '[') {
			depth++;
		} else if ((s[i] == '}' || s[i] == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

static struct json_object *attempt(struct search *f, struct str s)
{
	struct err e = { 0 };
	struct json_object *j;

	f->tries++;
	j = llm_json(f->a, s.s, s.len, &e);
	if (json_object_is_type(j, json_type_object)) {
		f->span = s;
		return j;
	}
	if (f->first.class == ERR_NONE)
		f->first = e;
	return NULL;
}

static bool is_fence(struct str line)
{
	line = str_trim(line);
	return line.len >= 3 && (memcmp(line.s, "```", 3) == 0 || memcmp(line.s, "~~~", 3) == 0);
}

static struct json_object *in_fences(struct search *f, struct str text)
{
	struct str rest = text;
	const char *inside = NULL;

	while (rest.len && f->tries < TRIES) {
		struct str line = str_cut(&rest, '\n');
		struct json_object *j;

		if (!is_fence(line))
			continue;
		if (!inside) {
			inside = rest.s;
			continue;
		}
		struct str body = str_trim((struct str){ inside, (size_t)(line.s - inside) });

		inside = NULL;
		if (body.len && body.s[0] == '{' && (j = attempt(f, body)))
			return j;
	}
	return NULL;
}

/* "{see below}" and "{}" in a sentence are no objects; "{ \"name\"…" means to be one. */
static bool begins_object(const char *p, const char *end)
{
	for (p++; p < end && strchr(" \t\r\n", *p) && *p; p++)
		;
	return p < end && *p == '"';
}

static struct json_object *in_prose(struct search *f, struct str text)
{
	const char *end = text.s + text.len, *p = text.s;

	while (f->tries < TRIES && p < end && (p = memchr(p, '{', (size_t)(end - p)))) {
		size_t len = 1;

		if (begins_object(p, end)) {
			struct json_object *j;

			len = balanced(p, (size_t)(end - p));
			if (!len) /* the parser says best what is missing */
				len = (size_t)(end - p);
			j = attempt(f, (struct str){ p, len });
			if (j)
				return j;
		}
		p += len;
	}
	return NULL;
}

struct json_object *llm_extract(struct arena *a, const char *text, size_t n, struct str *span,
				struct err *e)
{
	struct search f = { .a = a };
	struct str all = str_trim((struct str){ text, n });
	struct json_object *j = NULL;

	if (all.len >= 3 && memcmp(all.s, "\xef\xbb\xbf", 3) == 0)
		all = str_trim((struct str){ all.s + 3, all.len - 3 });
	if (!all.len) {
		err_set(e, ERR_MALFORMED, "the answer is empty; one JSON object was asked for");
		return NULL;
	}
	if (all.s[0] == '{' && balanced(all.s, all.len) == all.len)
		j = attempt(&f, all);
	else if (all.s[0] != '{')
		j = in_fences(&f, all);
	if (!j)
		j = in_prose(&f, all);
	if (j) {
		if (span)
			*span = f.span;
		return j;
	}
	if (f.first.class == ERR_NONE)
		err_set(e, ERR_MALFORMED, "the answer has no JSON object");
	else
		err_set(e, ERR_MALFORMED, "the answer is no JSON object: %s", f.first.msg);
	return NULL;
}
