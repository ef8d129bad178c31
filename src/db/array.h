/* SPDX-License-Identifier: MIT */
/*
 * Array parameters on their way to the server: in its binary form where the parameter's type says which
 * that is ("array_recv" in PostgreSQL's source has it), which neither side must escape or parse, and as text
 * where it is one that text is needed for.
 */
#ifndef DB_ARRAY_H
#define DB_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include <libpq-fe.h>

#include "db/db.h"

bool array_is(const struct param *p);
/* What array_put() writes at most; `type` is the parameter's, as the server has described it. */
size_t array_room(const struct param *p, Oid type);
/* How many bytes were written. *binary says how the server is to read them; a text has a NUL at its end,
   which does not count. */
size_t array_put(char *out, const struct param *p, Oid type, bool *binary);

#endif
