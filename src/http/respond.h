/* SPDX-License-Identifier: MIT */
/*
 * The end of the way: the view becomes a page or JSON, an error a problem page or problem+json.
 * A page finds x->page in its view as "_page"; keys that start with '_' never reach JSON.
 * Every answer gets the security headers, every one to a person is private to them.
 */
#ifndef HTTP_RESPOND_H
#define HTTP_RESPOND_H

#include <stdbool.h>

struct exchange;
struct err;

/* Sets ETag and answers If-None-Match with 304 where the view is a GET's. What a handler has
   already put into x->res (a redirect, a stream, a body of its own) is left as it is. */
void respond(struct exchange *x);
/* application/problem+json (RFC 9457: type, title, status, detail, instance, errors) or the template
   "error". With x->problems and x->template_ set and HTML wanted, that template shows x->view again
   with the problems' members and "problem", the error's sentence, under the error's status. */
void respond_error(struct exchange *x, const struct err *e);

#endif
