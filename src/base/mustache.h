/* SPDX-License-Identifier: MIT */
/*
 * Mustache templates: the public specification's required modules (comments,
 * delimiters, interpolation, inverted, partials, sections) and inheritance.
 *
 * A template declares its output type by its file name: name.html.mustache,
 * name.txt.mustache, name.md.…, name.prompt.…, name.py.…, name.sql.…,
 * name.json.…, name.c.…, name.sh.…; escaping of {{tag}} follows the type:
 *   html         & < > " '; see below for attributes
 *   txt, md, prompt   nothing is escaped
 *   py, c, json, sql  the text as it stands inside a quoted literal of that language:
 *                py: \\ ' " newline and controls as \\x; c, json: likewise; sql: '' doubled
 *   sh           a single-quoted word
 * {{{raw}}} and {{&raw}} are for txt, md, prompt and the code types free, and in
 * html accept only V_HTML (anything else is escaped).
 *
 * False in a section are null, false, 0, "" and an empty list or table; all else is
 * true. A dotted name is looked up by its first part. An unknown partial is empty by
 * the specification, but an error in templates_load(). Empty lines are not indented
 * by a partial's indentation.
 *
 * Lint for html, at compile time, each an error with file:line: a tag inside
 * <script> or <style>, in an on*, style or srcdoc attribute, in an unquoted attribute,
 * or in a name; a raw tag in an attribute or comment; a section that ends elsewhere
 * than it began; a partial or block that is not in text. In href, src, action,
 * formaction and poster a tag at the start takes only V_URL (others give ""), and a
 * later one is percent-encoded as a path part.
 *
 * A set is immutable once loaded and may be read by any number of threads.
 */
#ifndef BASE_MUSTACHE_H
#define BASE_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;
struct value;

enum mustache_type { MT_HTML, MT_TEXT, MT_PYTHON, MT_C, MT_JSON, MT_SQL, MT_SHELL };

struct templates;

/* Compiles every *.mustache below dir, recursively; a template's name is its path
   below dir without the type and ".mustache" ("partials/nav"). Names are unique.
   NULL on the first error, which names file and line. */
struct templates *templates_load(const char *dir, struct err *e);
/* An empty set for tests and for templates from elsewhere. */
struct templates *templates_new(void);
bool templates_add(struct templates *t, const char *name, enum mustache_type type,
		   const char *text, size_t len, struct err *e);
void templates_free(struct templates *t);
bool templates_has(const struct templates *t, const char *name);
/* Appends. False when there is no such template, partials nest deeper than 64, or
   the buffer overflows; what was appended by then is undefined. */
bool templates_render(const struct templates *t, const char *name, const struct value *view,
		      struct buf *out, struct err *e);

/* For --dev: true when a file below dir was added, removed or changed since load. */
bool templates_stale(const struct templates *t);

#endif
