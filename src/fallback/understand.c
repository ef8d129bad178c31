/* SPDX-License-Identifier: MIT */
#include "fallback/understand.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"
#include "fallback/phrases.h"

typedef bool reader_fn(struct design *d, const struct sentence *s);

/* Entities first, over all sentences: rules name them. Lending before lists, since a loan
   that is due is no reminder; planning before lists for the same reason. */
static reader_fn *const rule_readers[] = {
	read_lending, read_booking, read_signup, read_billing, read_planning, read_stock, read_lists,
};

static void read_from(struct design *d, size_t from, bool corrections)
{
	bool corrected[MAX_SENTENCES] = { false };

	for (size_t i = from; corrections && i < d->text.n; i++)
		d->used[i] = corrected[i] = read_corrections(d, &d->text.sentences[i]);
	for (size_t i = from; i < d->text.n; i++)
		if (!corrected[i])
			d->used[i] |= read_things(d, &d->text.sentences[i]);
	for (size_t r = 0; r < sizeof(rule_readers) / sizeof(*rule_readers); r++)
		for (size_t i = from; i < d->text.n; i++)
			if (!corrected[i])
				d->used[i] |= rule_readers[r](d, &d->text.sentences[i]);
}

/* The first sentence that says what it is for. */
static const char *purpose_of(const struct design *d)
{
	for (size_t i = 0; i < d->text.n; i++)
		if (!d->text.sentences[i].is_heading && strlen(d->text.sentences[i].text) > 20)
			return d->text.sentences[i].text;
	return "";
}

static struct design *design_new(struct arena *a, const struct lexicon *l, const char *name)
{
	struct design *d = arena_alloc(a, sizeof(*d));

	d->a = a;
	d->l = l;
	d->title = name;
	d->purpose = "";
	d->text.title = "";
	return d;
}

void design_apply(struct design *d, const char *const *requests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = d->text.n;
		text_add(&d->text, d->a, d->l, requests[i]);
		read_from(d, from, true);
		design_complete(d);
	}
}

struct design *design_understand(struct arena *a, const struct lexicon *l, const char *name,
				 const char *brief, const char *const *requests, size_t n)
{
	struct design *d = design_new(a, l, name);

	text_add(&d->text, a, l, brief);
	read_from(d, 0, false);
	d->purpose = purpose_of(d);
	if (!*d->title)
		d->title = *d->text.title ? d->text.title : "Record keeper";
	design_complete(d);
	design_apply(d, requests, n);
	return d;
}

struct design *design_from_json(struct arena *a, const struct lexicon *l, const char *name,
				struct json_object *output)
{
	struct design *d = design_new(a, l, name);

	return design_read_json(d, output) ? d : NULL;
}
