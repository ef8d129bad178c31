/* SPDX-License-Identifier: MIT */
/*
 * Answers to requests that carried an Idempotency-Key. A key is an account's; the hash says which
 * request it belongs to.
 */
#ifndef MODEL_IDEMPOTENCY_H
#define MODEL_IDEMPOTENCY_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;

struct idempotency {
	int64_t account;
	const char *key;
	uint8_t hash[32];
	/* what idempotency_begin() found */
	bool ours;        /* nobody has answered it yet: do the work, then store or forget */
	int64_t status;   /* otherwise: the stored answer */
	const char *body;
};
/* ERR_CONFLICT while the first request is in flight, ERR_INVALID for another request's key. */
bool idempotency_begin(struct db *db, struct arena *a, struct idempotency *i, struct err *e);
bool idempotency_store(struct db *db, const struct idempotency *i, int64_t status, const char *body, struct err *e);
bool idempotency_forget(struct db *db, const struct idempotency *i, struct err *e);

#endif
