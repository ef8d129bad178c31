/* SPDX-License-Identifier: MIT */
/*
 * Input by specification, one for forms and JSON bodies alike: a table of fields fills in a
 * struct, and every mistake is kept beside its field together with what was typed.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exchange;
struct err;
struct value;

enum field_kind { FIELD_KIND_TEXT, FIELD_KIND_INT, FIELD_KIND_ENUM, FIELD_KIND_MONEY, FIELD_KIND_BOOL };
#define REQUIRED 1u
#define MULTILINE 2u /* newlines and tabs allowed; CRLF becomes LF */
#define SECRET    4u /* a password: taken as it is, not even trimmed, and never shown again */

struct field {
	const char *name;          /* in the form and in JSON */
	enum field_kind kind;
	size_t offset;             /* of a const char *, int64_t (INT; MONEY in micro-dollars, -1 absent) or bool */
	int64_t min, max;          /* code points for text, value for numbers */
	const char *const *allowed; /* ENUM: NULL-terminated */
	unsigned flags;
	const char *label;         /* for messages: "Name" */
};

#define FIELD_TEXT(n, st, m, lo, hi, fl, lb)  { n, FIELD_KIND_TEXT, offsetof(st, m), lo, hi, NULL, fl, lb }
#define FIELD_INT(n, st, m, lo, hi, fl, lb)   { n, FIELD_KIND_INT, offsetof(st, m), lo, hi, NULL, fl, lb }
#define FIELD_ENUM(n, st, m, list, fl, lb)    { n, FIELD_KIND_ENUM, offsetof(st, m), 0, 0, list, fl, lb }
#define FIELD_MONEY(n, st, m, hi, fl, lb)     { n, FIELD_KIND_MONEY, offsetof(st, m), 0, hi, NULL, fl, lb }
#define FIELD_BOOL(n, st, m, lb)              { n, FIELD_KIND_BOOL, offsetof(st, m), 0, 0, NULL, 0, lb }

/*
 * Reads the exchange's body into *out (zeroed by the caller). False with ERR_INVALID when any field
 * is wrong. *problems, set in both cases so that more can be added, is
 *   {errors: [{detail, pointer: "/name", field: "name"}], typed: {name: "…", …}, error: {name: "…"}}
 * which a page shows beside the fields and problem+json carries. Unknown members of a JSON body and
 * unknown or repeated form fields are errors; form fields that start with '_' are ours and skipped.
 * Text of one line is trimmed.
 */
bool form_read(struct exchange *x, const struct field *fields, size_t count, void *out,
	       struct value **problems, struct err *e);
/* Adds a problem found by other means (a unique name) to one field. */
void form_problem(struct exchange *x, struct value **problems, const char *field, const char *detail);

#endif
