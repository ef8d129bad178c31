/* SPDX-License-Identifier: MIT */
/*
 * What a brief comes to: entities with fields, and rules. The Analyst's stories, the
 * Architect's document, the code and its tests are all written from one of these.
 * Names are safe for Python and for addresses (make_name), labels are safe to stand
 * between markup and in string literals (make_label).
 */
#ifndef FALLBACK_DESIGN_H
#define FALLBACK_DESIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "fallback/text.h"

struct arena;
struct lexicon;
struct json_object;

#define MAX_ENTITIES 14
#define MAX_FIELDS 20
#define MAX_RULES 60
#define MAX_CHOICES 12

struct field {
	const char *name, *label;
	const char *type;     /* text, longtext, integer, decimal, money, date, datetime, boolean,
				 choice, reference, tags, email */
	bool required, unique;
	const char *choices[MAX_CHOICES];
	size_t n_choices;
	const char *references; /* an entity's name, or "" */
	const char *initial;    /* "today", or "" */
	const char *hint;
};

struct entity {
	const char *name, *plural, *label, *plural_label;
	const char *part_of;  /* the entity that this is a line of, or "" */
	const char *source;   /* the sentence that it comes from */
	struct field fields[MAX_FIELDS];
	size_t n_fields;
	int weight;           /* how sure we are that it is one */
	int source_weight;    /* how sure the source sentence alone makes us */
	bool person, event;
};

/* kind is "feature.part"; the rules of one feature and entity make one module. */
struct rule {
	const char *kind;
	const char *entity, *item, *holder, *field; /* names, or "" */
	int number;           /* 0 for none */
	const char *values[MAX_CHOICES];
	size_t n_values;
	const char *statement; /* one sentence for people */
	const char *source;    /* the sentence of the brief, or "" when it is our assumption */
};

struct design {
	struct arena *a;
	const struct lexicon *l;
	const char *title, *purpose;
	struct text text;
	struct entity entities[MAX_ENTITIES];
	size_t n_entities;
	struct rule rules[MAX_RULES];
	size_t n_rules;
	bool used[MAX_SENTENCES]; /* the sentence led to something */
};

/* NULL when there is none. */
struct entity *design_entity(struct design *d, const char *name);
/* By any noun in singular or plural. */
struct entity *design_entity_of(struct design *d, const char *noun);
/* Finds or adds; NULL when the noun gives no name or there are too many. */
struct entity *design_add(struct design *d, const char *noun, const char *source, int weight);
struct field *entity_field(struct entity *en, const char *name);
/* Finds or adds; NULL when there are too many. The type comes from the lists when NULL. */
struct field *design_field(struct design *d, struct entity *en, const char *phrase, const char *type);
/* A reference field named as the entity it refers to. */
struct field *design_reference(struct design *d, struct entity *en, struct entity *to, bool required);
struct rule *design_rule(struct design *d, const char *kind, const char *entity);
/* Finds or adds a rule of this kind for this entity. */
struct rule *design_set_rule(struct design *d, const char *kind, const struct entity *en, const char *source);
void entity_drop_field(struct entity *en, const char *name);
const char *field_label_lower(struct design *d, const char *label);

/* Reads a brief and what was asked for later. Always gives something that can be built. */
struct design *design_understand(struct arena *a, const struct lexicon *l, const char *name,
				 const char *brief, const char *const *requests, size_t n_requests);
/* From the Architect's output; NULL when it has no usable entities. */
struct design *design_from_json(struct arena *a, const struct lexicon *l, const char *name,
				struct json_object *output);
/* Takes further requests into a design that exists already. */
void design_apply(struct design *d, const char *const *requests, size_t n_requests);
/* Makes it consistent: names, references, required fields, rules that lack what they need. */
void design_complete(struct design *d);

#endif
