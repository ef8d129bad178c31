/* SPDX-License-Identifier: MIT */
/* Idempotency-Key on a JSON POST: the same request with the same key gets the same answer. */
#ifndef WEB_IDEMPOTENCY_H
#define WEB_IDEMPOTENCY_H

#include <stdbool.h>

#include "model/idempotency.h"

struct exchange;

struct idempotency_mark {
	bool active;   /* we hold the key, and must close it */
	bool answered; /* the stored answer is already in x->res */
	struct idempotency i;
};
bool idempotency_open(struct exchange *x, struct idempotency_mark *m, struct err *e);
/* Stores the answer; one that may be another next time is forgotten. */
void idempotency_close(struct exchange *x, struct idempotency_mark *m);

#endif
