/* SPDX-License-Identifier: MIT */
/*
 * Strict RFC 8259 in front of json-c, which is too lenient even in its strict
 * mode: invalid UTF-8, NUL, raw control characters, single quotes, duplicate
 * keys, NaN, numbers out of a double's range, depth over 64 and trailing bytes
 * are all refused with the byte offset.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

struct arena;
struct buf;
struct err;

/* Owned by the arena. NULL on error (ERR_MALFORMED, "… at byte N"). A JSON null
   is refused as a whole document. */
struct json_object *json_parse(struct arena *a, const char *s, size_t n, struct err *e);
/* Parses a file of at most `max` bytes; the message names the file. */
struct json_object *json_load(struct arena *a, const char *path, size_t max, struct err *e);
/* Compact, "/" unescaped, in insertion order; owned by the arena. */
const char *json_text(struct arena *a, struct json_object *j);
/* Hands a json-c object that the caller owns to the arena; returns it. */
struct json_object *json_own(struct arena *a, struct json_object *j);

/* NULL or the default where the member is absent or of another type. */
struct json_object *json_get(struct json_object *o, const char *key);
const char *json_get_str(struct json_object *o, const char *key, const char *otherwise);
int64_t json_get_int(struct json_object *o, const char *key, int64_t otherwise);
bool json_get_bool(struct json_object *o, const char *key, bool otherwise);
struct json_object *json_get_array(struct json_object *o, const char *key); /* NULL if no array */

/* Appends a quoted JSON string. Invalid UTF-8 becomes U+FFFD. */
void json_write_str(struct buf *out, const char *s, size_t n);

#endif
