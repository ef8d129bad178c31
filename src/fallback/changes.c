/* SPDX-License-Identifier: MIT */
#include "fallback/changes.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"

enum { MAX_POINTS = 30, LONGEST_POINT = 400 };

size_t changes_quotes(const char *changes)
{
	size_t n = 0;
	bool inside = false;

	while (*changes) {
		if (*changes == '>' && !inside)
			n++;
		inside = *changes == '>';
		changes += strcspn(changes, "\n");
		changes += *changes == '\n';
	}
	return n;
}

static size_t describe_fields(struct buf *out, const struct entity *before, struct entity *after)
{
	size_t n = 0;

	for (size_t i = 0; i < after->n_fields; i++) {
		struct field *f = &after->fields[i];
		struct field *old = entity_field((struct entity *)before, f->name);
		if (!old) {
			buf_addf(out, "- Added the field “%s” (%s) to %s.\n", f->label, f->type,
				 after->plural_label);
			n++;
		} else if (!streq(old->type, f->type) || old->required != f->required ||
			   old->unique != f->unique || old->n_choices != f->n_choices) {
			buf_addf(out, "- Changed the field “%s” of %s.\n", f->label, after->plural_label);
			n++;
		}
	}
	for (size_t i = 0; i < before->n_fields; i++)
		if (!entity_field(after, before->fields[i].name)) {
			buf_addf(out, "- Removed the field “%s” from %s.\n", before->fields[i].label,
				 after->plural_label);
			n++;
		}
	return n;
}

static size_t describe_rules(struct buf *out, struct design *before, struct design *after)
{
	size_t n = 0;

	for (size_t i = 0; i < after->n_rules; i++) {
		struct rule *r = &after->rules[i];
		struct rule *old = design_rule(before, r->kind, r->entity);
		if (!old) {
			buf_addf(out, "- New: %s\n", *r->statement ? r->statement : r->kind);
			n++;
		} else if (old->number != r->number || old->n_values != r->n_values ||
			   !streq(old->field, r->field)) {
			buf_addf(out, "- Changed: %s", *r->statement ? r->statement : r->kind);
			if (old->number && r->number && old->number != r->number)
				buf_addf(out, " (was %d)", old->number);
			buf_addc(out, '\n');
			n++;
		}
	}
	for (size_t i = 0; i < before->n_rules; i++)
		if (!design_rule(after, before->rules[i].kind, before->rules[i].entity)) {
			const struct rule *r = &before->rules[i];
			buf_addf(out, "- Dropped: %s\n", *r->statement ? r->statement : r->kind);
			n++;
		}
	return n;
}

void changes_describe(struct buf *out, struct design *before, struct design *after)
{
	size_t n = 0;

	for (size_t i = 0; i < after->n_entities; i++) {
		struct entity *old = design_entity(before, after->entities[i].name);
		if (old) {
			n += describe_fields(out, old, &after->entities[i]);
		} else {
			buf_addf(out, "- Added “%s”.\n", after->entities[i].plural_label);
			n++;
		}
	}
	n += describe_rules(out, before, after);
	size_t from = before->text.n < after->text.n ? before->text.n : after->text.n;
	for (size_t i = from; i < after->text.n; i++)
		if (!after->used[i])
			buf_addf(out, "- Not understood, so nothing was changed for it: “%s”.\n",
				 after->text.sentences[i].text);
	if (!n)
		buf_adds(
		    out,
		    "- Nothing in the design has changed: what was asked is there already or could not be "
		    "understood without a language model.\n");
}

void changes_tests(struct buf *out)
{
	buf_adds(out, "The suite failed. Without a language model the code is written anew from the accepted "
		      "design; it comes out the same unless the design has changed, so a person should look "
		      "at the failing tests.");
}

/* The next bullet that begins with bold words, as reviews and concerns are written; the rest of
   the text is not taken. False at the end. */
static bool next_point(struct str *rest, struct str *point)
{
	while (rest->len) {
		struct str line = str_cut(rest, '\n');
		if (line.len > 4 && memcmp(line.s, "- **", 4) == 0) {
			*point = (struct str){ line.s + 2,
					       utf8_prefix(line.s + 2, line.len - 2, LONGEST_POINT) };
			return true;
		}
	}
	return false;
}

static const struct value *file_at(const struct value *files, const char *path)
{
	for (const struct item *i = files ? files->u.list.first : NULL; i; i = i->next)
		if (streq(value_str(value_get(i->v, "path")), path))
			return i->v;
	return NULL;
}

/* Whether a file that the point names had another content before, or is no more there. */
static bool is_rewritten(struct str point, struct json_object *previous, const struct value *files)
{
	struct json_object *before = json_get_array(previous, "files");

	for (size_t i = 0; files && before && i < json_object_array_length(before); i++) {
		struct json_object *f = json_object_array_get_idx(before, i);
		const char *path = json_get_str(f, "path", ""), *old = json_get_str(f, "content", NULL);
		if (!*path || !old || !memmem(point.s, point.len, path, strlen(path)))
			continue;
		const struct value *now = file_at(files, path);
		if (!now || !streq(value_str(value_get(now, "content")), old))
			return true;
	}
	return false;
}

void changes_review(struct buf *out, const char *review, struct json_object *previous,
		    const struct value *files)
{
	struct str rest = str_from(review), point;
	size_t n = 0;

	buf_adds(out, "The review was read. Without a language model single findings cannot be mended: "
		      "all is written anew from the accepted design and comes out the same unless that has "
		      "changed.\n\n");
	for (; n < MAX_POINTS && next_point(&rest, &point); n++)
		buf_addf(out, "- %s: %.*s\n",
			 is_rewritten(point, previous, files) ? "Its file was written anew, please look again"
							      : "Not changed",
			 (int)point.len, point.s);
	if (!n)
		buf_adds(out, "- Nothing was changed for it.\n");
}

/* How many nouns of the concern the sentence of the brief holds. */
static size_t shared_nouns(const struct sentence *concern, const struct sentence *s)
{
	size_t n = 0;

	for (size_t i = 0; i < concern->n; i++) {
		const struct token *w = &concern->tokens[i];
		for (size_t k = 0; w->tag == T_NOUN && k < s->n; k++)
			if (s->tokens[k].tag == T_NOUN && streq(s->tokens[k].base, w->base)) {
				n++;
				break;
			}
	}
	return n;
}

static const struct sentence *closest(const struct text *brief, const struct text *concern)
{
	const struct sentence *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < brief->n; i++) {
		size_t n = 0;
		for (size_t k = 0; k < concern->n && !brief->sentences[i].is_heading; k++)
			n += shared_nouns(&concern->sentences[k], &brief->sentences[i]);
		if (n > most) {
			most = n;
			best = &brief->sentences[i];
		}
	}
	return best;
}

void changes_concern(struct buf *out, struct arena *a, const struct lexicon *l, const char *concerns,
		     const char *brief)
{
	struct text said = { 0 };
	struct str rest = str_from(concerns), point;
	size_t n = 0;

	text_add(&said, a, l, brief);
	for (; n < MAX_POINTS && next_point(&rest, &point); n++) {
		const char *text = arena_strndup(a, point.s, point.len), *after = strstr(text, "**: ");
		struct text concern = { 0 };
		text_add(&concern, a, l, after ? after + 4 : text);
		const struct sentence *s = closest(&said, &concern);
		buf_addf(out, "- %s\n  ", after ? after + 4 : text);
		if (s)
			buf_addf(out, "It stands as it is, because the brief says: “%.*s”\n",
				 (int)utf8_prefix(s->text, strlen(s->text), LONGEST_POINT), s->text);
		else
			buf_adds(out, "The brief does not speak of it, so what was assumed stands until a "
				      "person decides otherwise.\n");
	}
	if (!n)
		buf_adds(out, "- No concern could be read, so nothing was changed.\n");
}
