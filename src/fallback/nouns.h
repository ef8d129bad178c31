/* SPDX-License-Identifier: MIT */
/* English singular and plural, and names for the software made from phrases. */
#ifndef FALLBACK_NOUNS_H
#define FALLBACK_NOUNS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define MAX_PLURALS 256

struct plurals {
	struct { const char *one, *many; } pair[MAX_PLURALS];
	size_t n;
};

void plurals_add(struct plurals *p, const char *one, const char *many);
const char *plurals_singular(const struct plurals *p, struct arena *a, const char *noun);
const char *plurals_plural(const struct plurals *p, struct arena *a, const char *noun);

/* [a-z][a-z0-9_]{0,39}, never a word that Python keeps for itself; "" when nothing usable
   is left. */
char *make_field_name(struct arena *a, const char *phrase);
/* For an entity: no name that the generated code uses either. */
char *make_name(struct arena *a, const char *phrase);
/* Text that may stand in a label: letters, digits, space, - ' / & only; straight quotes
   become typographic ones; at most 60 characters; the first letter a capital. */
char *make_label(struct arena *a, const char *phrase);
char *lower(struct arena *a, const char *s); /* ASCII only */
/* "sign_up" → "SignUp". */
char *make_class_name(struct arena *a, const char *name);

#endif
