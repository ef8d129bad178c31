/* SPDX-License-Identifier: MIT */
/* Caps on what may be spent: of the site, of each day, of accounts, of projects. Amounts are micro-dollars.
 */
#ifndef MODEL_BUDGET_H
#define MODEL_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct value;

/* [{kind, key, name, cap_usd, spent_usd, held_usd, unconfirmed_usd}]: the site, each day, this day, the
   accounts and projects that have a cap. A hundred of them behind the first `after`; *next is `after` for those
   that follow, 0 where none do. */
bool budget_list(struct db *db, struct arena *a, int64_t after, struct value **out, int64_t *next,
		 struct err *e);

/* Kinds: site, day, account (`name` is its name), project (`name` is its number). A negative cap lifts it.
   ERR_NOT_FOUND where there is no such account or project. */
bool budget_set_by(struct db *db, struct arena *a, const char *kind, const char *name, int64_t cap_micro,
		   int64_t account, struct err *e);

/* "12.500000"; NULL for a negative amount. */
const char *micro_text(struct arena *a, int64_t micro);

#endif
