/* SPDX-License-Identifier: MIT */
#include "fallback/design.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/nouns.h"

struct entity *design_entity(struct design *d, const char *name)
{
	for (size_t i = 0; i < d->n_entities; i++)
		if (streq(d->entities[i].name, name))
			return &d->entities[i];
	return NULL;
}

struct entity *design_entity_of(struct design *d, const char *noun)
{
	const char *one = noun_singular(d->l, d->a, lower(d->a, noun));
	const char *name = make_name(d->a, one);
	struct entity *en = design_entity(d, name), *longer = NULL;

	if (en || !*name)
		return en;
	/* "each room" after "meeting rooms": the same, when there is only one of that kind. */
	for (size_t i = 0; i < d->n_entities; i++) {
		size_t n = strlen(d->entities[i].name), m = strlen(name);
		if (n <= m + 1 || !streq(d->entities[i].name + n - m, name) ||
		    d->entities[i].name[n - m - 1] != '_' || d->entities[i].event || *d->entities[i].part_of)
			continue;
		if (longer)
			return NULL;
		longer = &d->entities[i];
	}
	return longer;
}

/* An entity's plural is its table and its address: it may be no other's, nor the start
   of an address that the application keeps for something else. */
static bool plural_taken(struct design *d, const char *plural)
{
	static const char *const kept[] = {
		"api", "health", "static", "export", "today", "reminders", "overdue", "revenue", "week",
		"shopping", "low", "balances", "board", "totals", "style", "sqlite_master",
	};
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (streq(plural, kept[i]))
			return true;
	for (size_t i = 0; i < d->n_entities; i++)
		if (streq(plural, d->entities[i].plural))
			return true;
	return strncmp(plural, "sqlite_", 7) == 0;
}

struct entity *design_add(struct design *d, const char *noun, const char *source, int weight)
{
	const char *one = noun_singular(d->l, d->a, lower(d->a, noun));
	const char *name = make_name(d->a, one);
	struct entity *en = design_entity_of(d, one);

	if (en) {
		if (weight > en->source_weight && *source) {
			en->source = source;
			en->source_weight = weight;
		}
		en->weight += weight;
		return en;
	}
	if (!*name || d->n_entities == MAX_ENTITIES)
		return NULL;
	const char *many = noun_plural(d->l, d->a, one);
	const char *plural = make_field_name(d->a, many);
	if (streq(plural, name) || plural_taken(d, plural))
		plural = arena_printf(d->a, "%s_list", name);
	if (plural_taken(d, plural))
		return NULL;
	en = &d->entities[d->n_entities++];
	*en = (struct entity){ .name = name, .plural = plural, .label = make_label(d->a, one),
			       .plural_label = make_label(d->a, many), .part_of = "", .source = source,
			       .weight = weight, .source_weight = weight };
	const char *last = strrchr(one, ' ');
	en->person = lexicon_classes(d->l, d->a, last ? last + 1 : one, NULL) & W_PEOPLE;
	return en;
}

struct field *entity_field(struct entity *en, const char *name)
{
	for (size_t i = 0; i < en->n_fields; i++)
		if (streq(en->fields[i].name, name))
			return &en->fields[i];
	return NULL;
}

void entity_drop_field(struct entity *en, const char *name)
{
	struct field *f = entity_field(en, name);

	if (!f)
		return;
	size_t place = (size_t)(f - en->fields);
	memmove(f, f + 1, (en->n_fields - place - 1) * sizeof(*f));
	en->n_fields--;
}

/* Looks for the longest tail of the phrase that the lists know: "loan due date". */
static const struct field_kind *kind_of(struct design *d, const char *phrase)
{
	for (const char *tail = phrase; tail; tail = strchr(tail, ' ') ? strchr(tail, ' ') + 1 : NULL) {
		const struct field_kind *kind = lexicon_field(d->l, tail);
		if (kind && tail != phrase && streq(tail, "number"))
			return NULL; /* "part number" is no count */
		if (kind)
			return kind;
	}
	return lexicon_field(d->l, noun_singular(d->l, d->a, phrase));
}

static const char *guess_type(const char *phrase)
{
	size_t n = strlen(phrase);

	if (strncmp(phrase, "number of ", 10) == 0 || strncmp(phrase, "how many ", 9) == 0)
		return "integer";
	if (strncmp(phrase, "is ", 3) == 0 || strncmp(phrase, "has ", 4) == 0 ||
	    strncmp(phrase, "whether ", 8) == 0)
		return "boolean";
	if (strncmp(phrase, "date ", 5) == 0 || (n > 5 && streq(phrase + n - 5, " date")))
		return "date";
	return "text";
}

struct field *design_field(struct design *d, struct entity *en, const char *phrase, const char *type)
{
	const char *low = lower(d->a, phrase);
	const char *name = make_field_name(d->a, low);
	struct field *f = entity_field(en, name);

	if (f || !*name || en->n_fields == MAX_FIELDS)
		return f;
	const struct field_kind *kind = type ? NULL : kind_of(d, low);
	f = &en->fields[en->n_fields++];
	*f = (struct field){
		.name = name, .label = make_label(d->a, low), .references = "", .initial = "", .hint = ""
	};
	f->type = type ? type : kind ? kind->type : guess_type(low);
	if (streq(f->type, "quantities") || streq(f->type, "names"))
		f->type = "text";
	if (kind && streq(f->type, "choice")) {
		f->n_choices = kind->n_choices;
		memcpy(f->choices, kind->choices, kind->n_choices * sizeof(char *));
	}
	return f;
}

struct field *design_reference(struct design *d, struct entity *en, struct entity *to, bool required)
{
	struct field *f = entity_field(en, to->name);

	if (!f) {
		if (en->n_fields == MAX_FIELDS)
			return NULL;
		f = &en->fields[en->n_fields++];
		*f = (struct field){ .name = to->name, .label = to->label, .initial = "", .hint = "" };
	}
	f->type = "reference";
	f->references = to->name;
	f->n_choices = 0;
	f->required = f->required || required;
	return f;
}

struct rule *design_rule(struct design *d, const char *kind, const char *entity)
{
	for (size_t i = 0; i < d->n_rules; i++)
		if (streq(d->rules[i].kind, kind) && (!entity || streq(d->rules[i].entity, entity)))
			return &d->rules[i];
	return NULL;
}

struct rule *design_set_rule(struct design *d, const char *kind, const struct entity *en, const char *source)
{
	struct rule *r = design_rule(d, kind, en ? en->name : "");

	if (!r) {
		if (d->n_rules == MAX_RULES)
			return &d->rules[MAX_RULES - 1];
		r = &d->rules[d->n_rules++];
		*r = (struct rule){ .kind = kind,
				    .entity = en ? en->name : "",
				    .item = "",
				    .holder = "",
				    .field = "",
				    .statement = "",
				    .source = "" };
	}
	if (*source)
		r->source = source;
	return r;
}

const char *field_label_lower(struct design *d, const char *label)
{
	char *low = arena_strdup(d->a, label);

	/* "VAT number" stays as it is. */
	if (low[0] && !isupper((unsigned char)low[1]))
		low[0] = (char)tolower((unsigned char)low[0]);
	return low;
}
