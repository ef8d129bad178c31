/* SPDX-License-Identifier: MIT */
/* The parameter "owner" of statements: null is for those who see everybody's. */
#ifndef MODEL_OWNER_H
#define MODEL_OWNER_H

#include "db/db.h"

static inline struct param p_owner(int64_t owner)
{
	return owner ? p_int(owner) : p_null();
}

#endif
