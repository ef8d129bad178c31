/* SPDX-License-Identifier: MIT */
/* A decision record, alone or among the files of an unpacked download. */
#ifndef CLI_VERIFY_RECORD_H
#define CLI_VERIFY_RECORD_H

#include <stdbool.h>

#include "base/str.h"

struct arena;
struct audit_head;
struct err;
struct record;

struct record_place {
	const char *file;   /* the record */
	const char *folder; /* what was unpacked with it; NULL: only the record was named */
};

/* A record, or a folder in which one lies, if `path` is that. With several files that call themselves a
   record in a folder, each is a place: only the true one can know the hashes of the others. */
bool record_places(struct arena *a, const char *path, struct record_place **out, size_t *count);
/* Proves it, and its folder's files. *files is how many there are. */
bool record_prove(struct arena *a, const struct record_place *p, struct record *out, size_t *files,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e);
/* What was proved: each output with who decided on it. */
void record_print(struct arena *a, const struct record *r);

#endif
