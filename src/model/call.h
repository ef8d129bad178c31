/* SPDX-License-Identifier: MIT */
/* Paid calls: nothing is spent that was not held before, and nothing is paid twice. */
#ifndef MODEL_CALL_H
#define MODEL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/lease.h"

struct arena;
struct db;
struct err;

enum call_verdict { CALL_GO, CALL_STORED, CALL_FENCED, CALL_OVER, CALL_PRICE_UNKNOWN, CALL_BUSY };

struct call_request {
	const struct lease *lease;
	const char *provider, *model;
	const uint8_t *hash;   /* SHA-256 of what is asked */
	const char *worst_usd; /* a decimal; NULL: the price is unknown */

	/* Filled in, in the arena. */
	enum call_verdict verdict;
	int64_t call;          /* CALL_GO, CALL_STORED */
	struct str response;   /* CALL_STORED: an answer to this very request that nobody has used */
	const char *need_usd;  /* CALL_OVER: by how much a cap would be passed at most */
	const char *budgets;   /* CALL_OVER: JSON, the caps in the way */
	double wait_s;         /* CALL_BUSY: ask again then */
};
/* Stores intents and holds the worst cases, all in one transaction. */
bool calls_begin(struct db *db, struct arena *a, const char *owner, struct call_request *requests, size_t n,
		 struct err *e);

struct call_outcome {
	int64_t call;
	bool answered;
	struct str response;   /* s NULL: none; UTF-8 without a NUL */
	const char *error;     /* NULL: none. Of an answer: it is of no use, and never given again */
	int64_t http_status;   /* 0: none came */
	int64_t input, output; /* tokens; -1: unknown */
	const char *cost_usd;  /* NULL: unknown, and the hold counts in full */
};
/* Each call ends once; what is sent again changes nothing. */
bool calls_end(struct db *db, const struct call_outcome *outcomes, size_t n, struct err *e);
/* The calls of a runner that have not ended, as the database sees it. In the arena. */
bool calls_mine(struct db *db, struct arena *a, const char *owner, int64_t **out, size_t *count,
		struct err *e);
/* A stored answer is of no use; calls_begin() never gives it again. */
bool call_refuse(struct db *db, int64_t call, const char *why, struct err *e);

#endif
