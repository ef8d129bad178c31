/* SPDX-License-Identifier: MIT */
/* The unix socket at which a responder listens. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

struct err;

/* Listens there, mode 0660 from the first moment (no other thread may run yet). A socket that nobody serves
   any more is removed first; one that is served, or another file, is not. -1 on failure. */
int listen_at(const char *path, struct err *e);

#endif
