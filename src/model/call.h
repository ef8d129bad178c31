/* SPDX-License-Identifier: MIT */
/* Paid calls: nothing is spent that was not held before, and nothing is paid twice. */
#ifndef MODEL_CALL_H
#define MODEL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct db;
struct err;
struct lease;

/* An answer to this very request for this very revision that is stored and unused;
   *response has s NULL when there is none. In the arena. */
bool call_stored(struct db *db, struct arena *a, const struct lease *l, const uint8_t hash[32], int64_t *call,
		 struct str *response, struct err *e);

enum call_verdict { CALL_GO, CALL_OVER, CALL_PRICE_UNKNOWN };
/* Stores the intent and holds worst_usd (a decimal; NULL: the price is unknown). CALL_GO fills
   *call; CALL_OVER fills *need_usd: by how much a cap would be passed. */
bool call_begin(struct db *db, struct arena *a, const char *owner, const struct lease *l,
		const char *provider, const char *model, const uint8_t hash[32], const char *worst_usd,
		enum call_verdict *verdict, int64_t *call, const char **need_usd, struct err *e);

struct call_outcome {
	bool answered;
	struct str response;  /* s NULL: none */
	const char *error;    /* NULL: none */
	int64_t http_status;  /* 0: none came */
	int64_t input, output; /* tokens; -1: unknown */
	const char *cost_usd; /* NULL: unknown, and the hold counts in full */
};
bool call_end(struct db *db, int64_t call, const struct call_outcome *o, struct err *e);
/* The answer is of no use; call_stored() never gives it again. */
bool call_refuse(struct db *db, int64_t call, const char *why, struct err *e);

#endif
