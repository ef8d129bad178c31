/* SPDX-License-Identifier: MIT */
/*
 * The end of the way: the view becomes a page or JSON, an error a problem page or problem+json.
 * Every page's view has under "_page": base (URL prefix), title, who {name, role}, csrf, path,
 * dev, runner_warning; keys that start with '_' never reach JSON.
 */
#ifndef HTTP_RESPOND_H
#define HTTP_RESPOND_H

#include <stdbool.h>

struct exchange;
struct err;
struct value;

/* Sets ETag and answers If-None-Match with 304 where the view is a GET's. */
void respond(struct exchange *x);
/* application/problem+json (RFC 9457: type, title, status, detail, instance, errors) or the template
   "error"; `problems` may be NULL. Where `form_template` is set and HTML is wanted, that template is
   shown again with the problems and what was typed, under the error's status. */
void respond_error(struct exchange *x, const struct err *e, struct value *problems,
		   const char *form_template);

#endif
