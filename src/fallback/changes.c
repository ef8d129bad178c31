/* SPDX-License-Identifier: MIT */
#include "fallback/changes.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"

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
