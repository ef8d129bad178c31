/* SPDX-License-Identifier: MIT */
/*
 * A part of an output as a form, made by its schema: a flat list of fields for a template, and what was
 * typed into them as JSON again. A field is named "_" and its JSON pointer. What was not touched stays as
 * it was, byte for byte; a list has an empty element at its end, and one that was emptied goes.
 */
#ifndef WEB_EDIT_FORM_H
#define WEB_EDIT_FORM_H

#include <stdbool.h>

struct arena;
struct json_object;
struct problems;
struct request;
struct value;

/* By JSON pointer; NULL: there is nothing, as for "-", the place after a list's last. */
struct json_object *json_at(struct arena *a, struct json_object *whole, const char *pointer);
/* The schema of what stands there; NULL: it has none. */
struct json_object *schema_at(struct arena *a, struct json_object *root, const char *pointer);

/* A member of an output that is edited at pointer "": texts and what consists of them, not lists of
   things, files, or what goes with the work. */
bool edit_is_text(struct json_object *root, const char *member);
/* [{name, label, hint, text, error, group, new, _is: {area, line, number, choice}, options}] */
struct value *edit_fields(struct arena *a, struct json_object *root, const char *pointer, struct json_object *v,
			  const struct problems *wrong);
/* What the request's form makes of `old`, which may be NULL. Owned by the arena. */
struct json_object *edit_typed(struct arena *a, struct json_object *root, const char *pointer,
			       struct json_object *old, const struct request *req);

#endif
