/* SPDX-License-Identifier: MIT */
/*
 * The subset of JSON Schema (2020-12) that agents' outputs are described in. A
 * schema is trusted but checked: an unknown keyword, a bad pattern, or a $ref that
 * leads nowhere or in a circle without descending is refused when it is compiled.
 * Values are hostile: time is n·log n in their size for a given schema.
 *
 * Keywords: type (a name or a list), enum, const, properties, required,
 * additionalProperties (true, false or a schema), items, minItems, maxItems,
 * uniqueItems, minLength, maxLength (code points), pattern, minimum, maximum,
 * anyOf, $ref (only "#" and "#/$defs/NAME"), $defs at the top. Ignored: $schema,
 * $id, $comment, title, description, default, examples. true and false are schemas.
 *
 * pattern is a POSIX extended regular expression in what it shares with ECMA 262:
 * no (?…), no class or back-reference escapes (\d, \w, \b, \1), no backslash and no [: :] inside
 * […]. It matches anywhere unless anchored; "." is any character but a line's end. Strings of
 * over 64 KiB are refused by any pattern.
 */
#ifndef FLOW_SCHEMA_H
#define FLOW_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct json_object;
struct schema; /* immutable; may be used by any number of threads */

struct problem {
	const char *pointer;  /* RFC 6901 into the value; "" is the whole */
	const char *sentence; /* "must have at least 3 items, and has 1" */
};
struct problems {
	struct problem *list;
	size_t count;
	bool more; /* there were over SCHEMA_PROBLEMS_MAX */
};
#define SCHEMA_PROBLEMS_MAX 40

/* Lives as long as the arena. ERR_INVALID names the pointer into the schema. */
struct schema *schema_compile(struct arena *a, struct json_object *schema, struct err *e);
/* True when the value conforms; otherwise `out` says why, in document order. The value may be
   NULL: JSON's null. */
bool schema_validate(const struct schema *s, struct json_object *value, struct arena *a,
		     struct problems *out);
/* "- /stories/0/points: must be at most 13, and is 40\n…": for a repair prompt. */
const char *problems_text(struct arena *a, const struct problems *p);

#endif
